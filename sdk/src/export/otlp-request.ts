import type { Resource, Scope } from '../traces/span-types.ts';

/** OTLP's SpanFlags: that the next bit means something, and that the parent is in another process. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** A span or a log record, as far as a request groups it. */
export interface RequestItem {
  readonly resource: Resource;
  readonly instrumentationScope: Scope;
}

/** Items as a request groups them, in whatever encoding: by resource, then by scope, each in the order in which it came first. */
export function groupItems<One extends RequestItem>(items: readonly One[]): Map<Resource, Map<Scope, One[]>> {
  const resources = new Map<Resource, Map<Scope, One[]>>();
  for (const item of items) {
    let scopes = resources.get(item.resource);
    if (scopes === undefined) {
      scopes = new Map();
      resources.set(item.resource, scopes);
    }
    const scoped = scopes.get(item.instrumentationScope);
    if (scoped === undefined) scopes.set(item.instrumentationScope, [item]);
    else scoped.push(item);
  }
  return resources;
}

/** The field `flags` of a span or a link. */
export function spanFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}
