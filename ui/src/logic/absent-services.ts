import type { BreakCause, FlowBreak, Span } from '@threadline/collector/api';
import { ownText, serviceOf } from './any-value.ts';
import type { FlowItem } from './causal-order.ts';

/** Causes of a break for which whoever was called has no span in the flow. */
const ABSENCES = [
  'sampled_out',
  'spans_not_sent',
  'not_instrumented',
  'id_without_trace',
  'sdk_dropped',
  'refused',
  'loaded_before_sdk',
  'library_not_followed',
] as const satisfies readonly BreakCause[];
/** `unknown`: nothing says why. */
export type Absence = (typeof ABSENCES)[number] | 'unknown';

/** OTLP's number of the kind: the address of what serves is its own. */
const CLIENT = 3;

/** Names that are given out inside of a cluster or a network of one's own: of these the first part is the service. */
const OWN_NAME = /\.(?:svc(?:\.cluster\.local)?|internal|local)$/;

export interface AbsentServices {
  /** Who answered a call that no span here continues, where it is a service of one's own. */
  calledBy(span: Span): string | undefined;
  whyOf(service: string): Absence;
}

/**
 * Services that were called and have no span of it here: those that a break names at the call or at another one to the same address, and those whose name the caller
 * says (`peer.service`, the host's name), where they are known: by their spans or records in the flow, or by the collector.
 */
export function absentServices(
  items: readonly FlowItem[],
  { breaks, services }: { readonly breaks: readonly FlowBreak[]; readonly services: readonly string[] },
): AbsentServices {
  const known = new Set([...services, ...items.map((item) => serviceOf(item.type === 'span' ? item.span : item.log))]);
  known.delete('');
  const whyOf = new Map<string, Absence>();
  const atSpan = new Map<string, string>();
  for (const { cause, to, anchor } of breaks) {
    const absence = ABSENCES.find((one) => one === cause);
    if (absence === undefined || to.service === '') continue;
    if (!whyOf.has(to.service)) whyOf.set(to.service, absence);
    if (anchor?.side === 'after') atSpan.set(`${anchor.traceId}/${anchor.spanId}`, to.service);
  }
  const atAddress = new Map<string, string>();
  for (const item of items) {
    if (item.type !== 'span' || item.span.kind !== CLIENT) continue;
    const address = addressOf(item.span);
    const service = atSpan.get(`${item.span.traceId}/${item.span.spanId}`);
    if (address !== '' && service !== undefined) atAddress.set(address, service);
  }
  return {
    calledBy(span) {
      return (
        atSpan.get(`${span.traceId}/${span.spanId}`) ?? atAddress.get(addressOf(span)) ?? namesOf(span).find((name) => known.has(name))
      );
    },
    whyOf: (service) => whyOf.get(service) ?? 'unknown',
  };
}

/** What a caller says whom it calls, the surest first. */
function namesOf(span: Span): string[] {
  const host = hostOf(span);
  return [
    ownText(span, 'service.peer.name'),
    ownText(span, 'peer.service'),
    host,
    ...(OWN_NAME.test(host) ? [host.split('.')[0] ?? ''] : []),
  ];
}

function hostOf(span: Span): string {
  return ownText(span, 'server.address') || ownText(span, 'net.peer.name');
}

/** Whom a call asks, by host and port as far as it says; empty where it does not. */
export function addressOf(span: Span): string {
  const host = hostOf(span);
  const port = ownText(span, 'server.port');
  return host === '' || port === '' ? host : `${host}:${port}`;
}
