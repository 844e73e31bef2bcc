import type { FlowBreak, FlowSummary } from '@threadline/collector/api';
import type { FlowItem } from './causal-order.ts';

/** The breaks of a flow by the item that each is shown at; of several at one item the first. What has no place is left out. */
export function breaksByItem(items: readonly FlowItem[], breaks: readonly FlowBreak[]): ReadonlyMap<number, FlowBreak> {
  const byAnchor = new Map<string, FlowBreak>();
  for (const found of breaks) {
    const key = found.anchor === undefined ? undefined : `${found.anchor.traceId}/${found.anchor.spanId}`;
    if (key !== undefined && !byAnchor.has(key)) byAnchor.set(key, found);
  }
  const byItem = new Map<number, FlowBreak>();
  if (byAnchor.size === 0) return byItem;
  items.forEach((item, index) => {
    const found = item.type === 'span' ? byAnchor.get(`${item.span.traceId}/${item.span.spanId}`) : undefined;
    if (found !== undefined) byItem.set(index, found);
  });
  return byItem;
}

/** What is missing of a flow, but for messages that a break says who took: nobody is missed there, the thread is. */
export function trulyMissing(missing: FlowSummary['missing'], breaks: readonly FlowBreak[]): FlowSummary['missing'] {
  const taken = new Set(
    breaks.flatMap(({ cause, anchor }) => (cause === 'message_context_lost' && anchor ? [`${anchor.traceId}/${anchor.spanId}`] : [])),
  );
  return missing.filter(({ reason, traceId, spanId }) => reason !== 'consumer_missing' || !taken.has(`${traceId}/${spanId}`));
}

/** The services of a flow, with those at the ends of its breaks, which may have nothing in it. */
export function servicesOfFlow(summary: Pick<FlowSummary, 'services'> | undefined, breaks: readonly FlowBreak[]): string[] {
  const ends = breaks.flatMap(({ from, to }) => [from.service, to.service]).filter((service) => service !== '');
  return [...new Set([...(summary?.services.map(({ name }) => name) ?? []), ...ends])];
}

/** Which advice a break has: its cause's own, or of a queue that nothing is known to take from one that a consumer may be missing altogether. */
export function adviceOn({ cause, evidence }: FlowBreak): FlowBreak['cause'] | 'queue_silent' {
  const isOfQueue = evidence.some(({ fact }) => fact === 'destination_silent');
  return cause === 'not_instrumented' && isOfQueue ? 'queue_silent' : cause;
}
