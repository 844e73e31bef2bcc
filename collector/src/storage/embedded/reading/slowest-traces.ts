import { compareSlowest, type SlowestPage, type SlowestPosition, type SlowestSearch } from '../../slowest-traces.ts';
import { ComparedTraces, type ComparingLimits } from './compared-traces.ts';
import type { ReadScope } from './read-scope.ts';
import { keysOf, tracesByMatch } from './trace-search.ts';
import { TraceSummaries } from './trace-summaries.ts';

export interface SlowestLimits extends ComparingLimits {
  /** Up to so many matching traces are looked at by themselves. */
  readonly maxByMatch?: number;
}

/** So many are told apart at once, in some 110 MB; a million spans outside of the range are looked through in less than half a second. */
const LIMITS: SlowestLimits = { maxTraces: 2_000_000, maxRowsBeyond: 1_000_000 };

/** Of a page of the slowest what puts it in order; the traces' summaries are somebody else's. */
export interface SlowestKeys extends Omit<SlowestPage, 'traces'> {
  readonly keys: readonly SlowestPosition[];
}

/**
 * As `SlowestPage` says. Where few traces match, these are looked at. Else from when to when each trace lasts is read from the columns of all spans of the range,
 * and of those near it: a trace can be long though none of its spans is, so no span can be left out.
 */
export function slowestTraces(scope: ReadScope, search: SlowestSearch, limits = LIMITS): SlowestKeys {
  const slowest = new FirstSlowest(search);
  const few = tracesByMatch(scope, search, limits.maxByMatch);
  if (few) {
    const summaries = new TraceSummaries();
    for (const key of keysOf(scope, few.traceIds, search, { fulfilled: few.fulfilled, summaries })) {
      const summary = summaries.summary(key.traceId);
      if (summary) slowest.add({ ...key, durationNanos: BigInt(summary.durationNano) });
    }
    return slowest.page();
  }
  const { compared, reach } = compare(scope, search, limits);
  compared.visit(
    (durationNanos) => slowest.mayTake(durationNanos),
    (position) => slowest.add(position),
  );
  return { ...slowest.page(), ...reach };
}

function compare(scope: ReadScope, search: SlowestSearch, limits: SlowestLimits) {
  if (scope.comparison) return scope.comparison.compare(scope, search, limits);
  const compared = new ComparedTraces(search, limits);
  return { compared, reach: compared.add(scope) };
}

/** The first of a page, of all that are given in whatever order. */
class FirstSlowest {
  readonly #limit: number;
  readonly #after: SlowestPosition | undefined;
  #positions: SlowestPosition[] = [];
  #least: number;
  readonly #greatest: number;

  constructor({ limit, after, traceDuration: { minNanos = 0n, maxNanos } = {} }: SlowestSearch) {
    // One more, which tells that there are more.
    this.#limit = limit + 1;
    this.#after = after;
    this.#least = Number(minNanos);
    const bounds = [after?.durationNanos, maxNanos].flatMap((nanos) => (nanos === undefined ? [] : [Number(nanos)]));
    this.#greatest = Math.min(Number.POSITIVE_INFINITY, ...bounds);
  }

  /** Whether one of this duration may be of the page: of most it is known without more. */
  mayTake(durationNanos: number): boolean {
    return durationNanos >= this.#least && durationNanos <= this.#greatest;
  }

  add(position: SlowestPosition): void {
    if (this.#after !== undefined && compareSlowest(position, this.#after) <= 0) return;
    this.#positions.push(position);
    if (this.#positions.length >= 2 * this.#limit) this.#trim();
  }

  page(): { readonly keys: readonly SlowestPosition[]; readonly hasMore: boolean } {
    this.#trim();
    return { keys: this.#positions.slice(0, this.#limit - 1), hasMore: this.#positions.length === this.#limit };
  }

  #trim(): void {
    this.#positions.sort(compareSlowest);
    if (this.#positions.length < this.#limit) return;
    this.#positions.length = this.#limit;
    this.#least = Math.max(this.#least, Number(this.#positions.at(-1)?.durationNanos ?? 0n));
  }
}
