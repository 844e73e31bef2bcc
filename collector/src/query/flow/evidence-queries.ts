import type { QueryNode } from '@threadline/query-language';
import { keysOf } from '../../analysis/propagation/span-facts.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { TimeRange } from '../../storage/storage.ts';
import { equals, or } from '../query-nodes.ts';

/** Calls, messages and processes of a flow that are looked into one by one, each with searches of its own. */
export const MAX_LOOKED_INTO = 20;
/** Spans that one of those searches reads. */
export const MAX_CANDIDATES = 200;
export const HOUR_NANOS = 3_600_000_000_000n;

/** That one of the attributes which may say it does. */
export function saying(name: Parameters<typeof keysOf>[0], value: string): QueryNode {
  return or(...keysOf(name).map((key) => equals({ type: 'attribute', place: 'attributes', key }, value)));
}

/** That one of the attributes which may say it begins so. */
export function beginning(name: Parameters<typeof keysOf>[0], text: string): QueryNode {
  const pattern = [{ type: 'literal', text }, { type: 'any' }] as const;
  return or(...keysOf(name).map((key) => ({ type: 'pattern', field: { type: 'attribute', place: 'attributes', key }, pattern }) as const));
}

/** Storages know no instant before 1970 and none beyond the index's last. */
export function clampRange({ fromNanos, toNanos }: { readonly fromNanos: bigint; readonly toNanos: bigint }): Required<TimeRange> {
  return { fromNanos: fromNanos < 0n ? 0n : fromNanos, toNanos: toNanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : toNanos + 1n };
}
