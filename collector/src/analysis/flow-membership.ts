import type { Span } from '../api/index.ts';
import { parentName, spanName } from './span-causes.ts';
import { stringAttribute } from './typed-attributes.ts';

/** Whose spans a flow's own ones are. */
export interface FlowIdentity {
  readonly correlationId: string;
  /** The traces in which something carries the id. */
  readonly traceIds: ReadonlySet<string>;
}

/** The span's `correlation.id`, when it is a string. */
function correlationIdOf(span: Pick<Span, 'attributes'>): string | undefined {
  return stringAttribute(span.attributes, 'correlation.id');
}

/** A span of the flow itself: with its id, or of one of its traces without any. What is not is in the flow only if a link joins it. */
export function isOwnSpan(span: Span, { correlationId, traceIds }: FlowIdentity): boolean {
  const id = correlationIdOf(span);
  return id === undefined ? traceIds.has(span.traceId) : id === correlationId;
}

/**
 * Whether a span that links into a flow stands for one message, so that what happened below it belongs to the flow too. A span with more
 * links is a batch's, and one with an id of its own is of another flow: these join as one node.
 */
export function isOneMessage(span: Span): boolean {
  return span.links?.length === 1 && correlationIdOf(span) === undefined;
}

/** The spans of `candidates` that are below one of `tops` by parent, without the tops; a span with an id of its own ends its branch. */
export function descendantsOf<S extends Span>(tops: readonly Span[], candidates: readonly S[]): S[] {
  const byParent = Map.groupBy(candidates, parentName);
  const found = new Map<string, S>();
  const names = tops.map(spanName);
  const topNames = new Set(names);
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    for (const child of byParent.get(name) ?? []) {
      const childName = spanName(child);
      if (found.has(childName) || topNames.has(childName) || correlationIdOf(child) !== undefined) continue;
      found.set(childName, child);
      names.push(childName);
    }
  }
  return [...found.values()];
}
