import type { FigureLimits } from './figure-limits.ts';
import type { FigureSet } from './figure-set.ts';
import { type IdBytes, idText } from './span-hash.ts';
import type { Protocol } from './span-meaning.ts';

/** A counted span one of whose causes is not known yet: whatever a call is counted by once it is. */
export interface WaitingSpan {
  /** By `spanName`. */
  readonly causes: readonly string[];
  readonly service: string;
  /** Absent where a version before this has written it. */
  readonly environment?: string;
  readonly protocol: Protocol;
  /** Of its start, since 1970. */
  readonly minute: number;
  /** Of its duration. */
  readonly bucket: number;
  readonly weight: number;
  readonly isError: boolean;
  /** It counts among those that its service was called by. */
  readonly isEntry: boolean;
}

/** Who a span is of that caused others. */
export interface CausingSpan {
  readonly service: string;
  /** Where it says that it calls; empty where it does not. */
  readonly host: string;
}

/** A span's ids as one text. */
export function spanName(traceId: IdBytes, spanId: IdBytes): string {
  return `${idText(traceId)} ${idText(spanId)}`;
}

/** Adds the calls of those whose cause is among `causes`; what it gives still waits for others. */
export function countCalls(waiting: readonly WaitingSpan[], { causes, set, tenant, limits }: CallsCount): WaitingSpan[] {
  const left: WaitingSpan[] = [];
  for (const span of waiting) {
    const { service, environment = '', protocol, minute, bucket, weight, isError } = span;
    const missing: string[] = [];
    let { isEntry } = span;
    for (const name of span.causes) {
      const caller = causes.get(name);
      if (!caller) missing.push(name);
      if (!caller || caller.service === '' || caller.service === service) continue;
      const time = set.bucketOf(minute);
      const call = limits.bound(tenant, { type: 'call', service, caller: caller.service, protocol, host: caller.host });
      set.of(tenant, call, environment).cell(time).add(bucket, weight, isError);
      if (isEntry) continue;
      isEntry = true;
      set
        .of(tenant, limits.bound(tenant, { type: 'service', service }), environment)
        .cell(time)
        .add(bucket, weight, isError);
    }
    if (missing.length > 0) left.push({ ...span, causes: missing, isEntry });
  }
  return left;
}

export interface CallsCount {
  readonly causes: ReadonlyMap<string, CausingSpan>;
  /** What is added to. */
  readonly set: FigureSet;
  readonly tenant: string;
  readonly limits: FigureLimits;
}
