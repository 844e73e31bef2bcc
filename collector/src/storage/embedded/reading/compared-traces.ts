import { ascending } from '../../../model/ascending.ts';
import type { SlowestPosition, SlowestSearch } from '../../slowest-traces.ts';
import type { PartialRead, TimeRange } from '../../storage.ts';
import { rowsBetween } from '../matching/match-columns.ts';
import { isEmpty, type RowMask, without } from '../matching/row-mask.ts';
import { type LongPage, longAt } from '../parquet/decode-column.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { Page } from './page.ts';
import { PageCache } from './page-cache.ts';
import type { ReadScope } from './read-scope.ts';
import { pagesOf, rowsOfTenant, Scan } from './scan.ts';
import { OUT_OF_TIME, StoppedError } from './stop.ts';
import { type TimeWindow, windowOfRange } from './time-window.ts';
import { epochOf, type PageSpans, sinceEpoch, TraceExtents } from './trace-extents.ts';
import { allConditions } from './trace-search.ts';
import { boundsReader } from './trace-summaries.ts';

/** Most traces have more. */
const LIKELY_SPANS = 4;
/** Each page is read once: it takes no room from what is read again and again. */
const CACHE_BYTES = 1024 * 1024;

const ALL = { type: 'all' } as const;

export interface ComparingLimits {
  /** So many are told apart at once. */
  readonly maxTraces: number;
  /** Before the range and after it so many spans are looked at. */
  readonly maxRowsBeyond: number;
}

/** What of a search decides which traces are compared. */
export type Compared = Pick<SlowestSearch, 'query' | 'with' | 'range'>;

/** How far a comparison got; neither: all was looked at. See `SlowestPage`. */
export interface Reach {
  readonly partial?: PartialRead;
  readonly compared?: TimeRange;
}

/** Which rows of a page are taken. */
interface Taking {
  /** Traces that are not known yet too. */
  readonly adds: boolean;
  readonly rows: RowMask;
  /** Of each condition the rows that fulfil it. */
  readonly matching: readonly RowMask[];
}

/**
 * All traces with a span in the range, from when to when each lasts and what it fulfils: from columns, in one pass over them. What comes later is added to it.
 */
export class ComparedTraces {
  readonly #search: Compared;
  readonly #limits: ComparingLimits;
  readonly #window: TimeWindow;
  readonly #added = new Set<RowGroup>();
  #extents: TraceExtents;
  /** What of the time outside of the range was looked at; undefined: all. */
  #compared: TimeRange | undefined;

  constructor(search: Compared, limits: ComparingLimits) {
    this.#search = search;
    this.#limits = limits;
    this.#window = windowOfRange(search.range);
    this.#extents = new TraceExtents({ maxTraces: limits.maxTraces });
  }

  /** Adds the row groups that it does not have yet. After a read that was stopped, or whose answer is `partial`, it is of no use to another. */
  add(scope: ReadScope): Reach {
    const own = { ...scope, cache: new PageCache(CACHE_BYTES) };
    const groups = scope.groups('spans');
    if (this.#hasLost(groups)) this.#begin(groups);
    const known = this.#extents.size;
    const partial = this.#addRange(own);
    if (partial !== undefined) return { partial };
    const { min, max } = this.#window;
    const outside = groups.filter((group) => group.least < min || group.greatest > max);
    // Of a trace that is new what lies outside of the range may have been there before.
    if (this.#extents.size > known) this.#compared = this.#addBeyond(own, outside);
    else
      this.#addBeyond(
        own,
        outside.filter((group) => !this.#added.has(group)),
      );
    for (const group of groups) this.#added.add(group);
    return this.#compared === undefined ? {} : { compared: this.#compared };
  }

  /** Whether some of what it has is not kept any more, for another reason than that it was merged. */
  #hasLost(groups: readonly RowGroup[]): boolean {
    const there = new Set(groups);
    const replaced = new Set(groups.flatMap(({ segment }) => segment.index.replaces));
    for (const group of this.#added) {
      if (there.has(group)) continue;
      if (!replaced.has(group.segment.id)) return true;
      this.#added.delete(group);
    }
    return this.#added.size === 0;
  }

  #begin(groups: readonly RowGroup[]): void {
    const { min, max } = this.#window;
    const rows = groups.reduce((sum, group) => sum + (group.greatest >= min && group.least <= max ? group.rows : 0), 0);
    this.#added.clear();
    this.#compared = undefined;
    this.#extents = new TraceExtents({ maxTraces: this.#limits.maxTraces, likelyTraces: rows / LIKELY_SPANS });
  }

  /** The spans of the range, newest first. Gives how far it got where that is not all of them. */
  #addRange(scope: ReadScope): PartialRead | undefined {
    const { maxTraces } = this.#limits;
    const options = { table: 'spans', window: this.#window, leavesOut: (group: RowGroup) => this.#added.has(group) } as const;
    const scans = [this.#search.query, ...(this.#search.with ?? [])].map((query) => new Scan(scope, { ...options, query }));
    let fullFrom: bigint | undefined;
    const reached = new Scan(scope, { ...options, query: ALL }).visitWithinTime(
      (page, rows) => {
        this.#addPage(page, { adds: true, rows, matching: scans.map((scan) => scan.rowsOf(page, rows)) });
        if (this.#extents.isFull) fullFrom ??= page.greatest;
      },
      () => this.#extents.isFull,
    );
    if (fullFrom !== undefined)
      return {
        searchedFromNanos: fullFrom + 1n,
        reason: `there are more than the ${maxTraces} traces that are compared at once: narrow the time range`,
      };
    return reached === undefined ? undefined : { searchedFromNanos: reached + 1n, reason: OUT_OF_TIME };
  }

  /** Spans of the same traces before the range and after it, the nearest first. Gives how far it got where that is not all of them. */
  #addBeyond(scope: ReadScope, outside: readonly RowGroup[]): TimeRange | undefined {
    const { max } = this.#window;
    const after = this.#addSide(scope, outside.filter(({ greatest }) => greatest > max).sort(bySooner));
    const before = this.#addSide(scope, outside.filter(({ greatest }) => greatest <= max).sort(byLater));
    if (after === undefined && before === undefined) return undefined;
    return { ...(before && { fromNanos: before.greatest + 1n }), ...(after && { toNanos: after.least }) };
  }

  /** Calls with each trace that fulfils everything, of a duration that may be wanted. */
  visit(mayTake: (durationNanos: number) => boolean, take: (position: SlowestPosition) => void): void {
    const all = allConditions(1 + (this.#search.with?.length ?? 0));
    const extents = this.#extents;
    for (let number = 0; number < extents.size; number += 1) {
      const duration = extents.durationNanos(number);
      if (!mayTake(duration) || extents.fulfilled(number) !== all) continue;
      take({ traceId: extents.traceId(number), startNanos: extents.startNanos(number), durationNanos: BigInt(duration) });
    }
  }

  /** The row group that it did not come to. */
  #addSide(scope: ReadScope, groups: readonly RowGroup[]): RowGroup | undefined {
    let rows = 0;
    for (const group of groups) {
      if (rows >= this.#limits.maxRowsBeyond) return group;
      rows += group.rows;
      try {
        scope.check();
      } catch (error) {
        if (error instanceof StoppedError && error.reason === 'deadline') return group;
        throw error;
      }
      this.#addOutside(scope, group);
    }
    return undefined;
  }

  #addOutside(scope: ReadScope, group: RowGroup): void {
    const { min, max } = this.#window;
    if (group.tenant !== undefined && group.tenant !== scope.tenant) return;
    for (const page of pagesOf(scope, group, group.allPages)) {
      if (page.least >= min && page.greatest <= max) continue;
      const own = rowsOfTenant(scope, page);
      const isApart = page.greatest < min || page.least > max;
      const rows = isApart ? own : without(own, rowsBetween(page.longs('time_nanos'), min, max, own));
      if (!isEmpty(rows)) this.#addPage(page, { adds: false, rows, matching: [] });
    }
  }

  #addPage(page: Page, { adds, rows, matching }: Taking): void {
    spans.fulfilled.fill(0);
    for (const [condition, mask] of matching.entries()) {
      for (let row = 0; row < rows.length; row += 1) spans.fulfilled[row] = (spans.fulfilled[row] ?? 0) | ((mask[row] ?? 0) << condition);
    }
    for (const [epoch, own] of epochsOf(page, rows)) {
      const numbers = this.#extents.numbers(page.texts('trace_id'), own, { adds, epoch });
      readSpans(page, epoch, this.#window.max);
      this.#extents.addSpans(numbers.subarray(0, own.length), spans, epoch);
    }
  }
}

/** The rows by the epoch that their times are counted from. Nearly always all have one. */
function epochsOf(page: Page, rows: RowMask): Map<number, RowMask> {
  const epoch = epochOf(page.least);
  if (epochOf(page.greatest) === epoch) return new Map([[epoch, rows]]);
  const times = page.longs('time_nanos');
  const byEpoch = new Map<number, RowMask>();
  for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
    const own = epochOf(longAt(times, row));
    const mask = byEpoch.get(own) ?? new Uint8Array(rows.length);
    mask[row] = 1;
    byEpoch.set(own, mask);
  }
  return byEpoch;
}

/** Of the page at hand. */
const spans = {
  keys: new Float64Array(PAGE_ROWS),
  starts: new Float64Array(PAGE_ROWS),
  ends: new Float64Array(PAGE_ROWS),
  roots: new Uint8Array(PAGE_ROWS),
  fulfilled: new Uint16Array(PAGE_ROWS),
} satisfies PageSpans;

/** `max`: the end of the range, beyond which a root's start is no key. */
function readSpans(page: Page, epoch: number, max: bigint): void {
  const { keys, starts, ends, roots } = spans;
  const { entries, indexes } = page.codes('is_root');
  readLongs(page.longs('time_nanos'), epoch, keys);
  readLongs(page.longs('duration_nanos'), 0, ends);
  const lastKey = sinceEpoch(epoch, max);
  const boundsAt = page.onlyText('exact_bounds') === '' ? undefined : boundsReader(page);
  for (let row = 0; row < page.rows; row += 1) {
    const key = keys[row] ?? 0;
    roots[row] = key <= lastKey ? (entries[indexes[row] ?? 0] ?? 0) : 0;
    starts[row] = key;
    ends[row] = (ends[row] ?? 0) + key;
    if (boundsAt === undefined) continue;
    const { start, end } = boundsAt(row);
    starts[row] = sinceEpoch(epoch, start);
    ends[row] = sinceEpoch(epoch, end);
  }
}

function readLongs(longs: LongPage, epoch: number, into: Float64Array): void {
  const { wide } = longs;
  if (wide) {
    for (let row = 0; row < wide.length; row += 1) into[row] = sinceEpoch(epoch, wide[row] ?? 0n);
    return;
  }
  const base = sinceEpoch(epoch, longs.base);
  const { offsets } = longs;
  for (let row = 0; row < offsets.length; row += 1) into[row] = base + (offsets[row] ?? 0);
}

function bySooner(left: RowGroup, right: RowGroup): number {
  return ascending(left.least, right.least);
}

function byLater(left: RowGroup, right: RowGroup): number {
  return ascending(right.greatest, left.greatest);
}
