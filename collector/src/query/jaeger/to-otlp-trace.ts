import type { Resource, Scope, Span } from '../../api/index.ts';

interface ScopeSpans {
  readonly scope: Scope;
  readonly schemaUrl?: string;
  readonly spans: object[];
}

interface ResourceSpans {
  readonly resource: Resource;
  readonly schemaUrl?: string;
  readonly scopeSpans: ScopeSpans[];
}

/** Spans as OTLP/JSON has them, put together by resource and scope in the order that these are met; what the collector added is left out. */
export function toOtlpTrace(spans: readonly Span[]): { readonly resourceSpans: readonly ResourceSpans[] } {
  const resources = new Map<string, ResourceSpans>();
  const scopes = new Map<string, ScopeSpans>();
  for (const { id: _id, arrivalTimeUnixNano: _arrival, truncations: _truncations, resource, scope, ...span } of spans) {
    const resourceKey = JSON.stringify(resource);
    const ofResource = resources.get(resourceKey) ?? newResource(resource);
    resources.set(resourceKey, ofResource);
    const scopeKey = `${resourceKey}\n${JSON.stringify(scope)}`;
    const known = scopes.get(scopeKey);
    const ofScope = known ?? newScope(scope);
    if (known === undefined) ofResource.scopeSpans.push(ofScope);
    scopes.set(scopeKey, ofScope);
    ofScope.spans.push(span);
  }
  return { resourceSpans: [...resources.values()] };
}

function newResource({ schemaUrl, ...resource }: Resource): ResourceSpans {
  return { resource, ...beside(schemaUrl), scopeSpans: [] };
}

function newScope({ schemaUrl, ...scope }: Scope): ScopeSpans {
  return { scope, ...beside(schemaUrl), spans: [] };
}

/** In OTLP the schema's URL stands beside the resource or the scope. */
function beside(schemaUrl: string | undefined): { readonly schemaUrl?: string } {
  return schemaUrl === undefined ? {} : { schemaUrl };
}
