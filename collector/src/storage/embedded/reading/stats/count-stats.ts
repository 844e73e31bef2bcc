import { ThreadlineError } from '../../../../errors.ts';
import { compareGroups, type StatsRequest, type StatsResult } from '../../../stats/stats.ts';
import type { PartialRead } from '../../../storage.ts';
import { countRows, type RowMask } from '../../matching/row-mask.ts';
import type { Page } from '../page.ts';
import type { ReadScope } from '../read-scope.ts';
import { Scan } from '../scan.ts';
import { OUT_OF_TIME } from '../stop.ts';
import { windowOfRange } from '../time-window.ts';
import { type GroupKey, GroupNumbers, OTHERS } from './group-numbers.ts';
import { type GroupValues, groupValues } from './group-values.ts';
import { CellsFullError } from './number-cells.ts';
import { NO_GROUP, type RowGroups, rowGroups } from './row-groups.ts';
import { rowNumbers } from './row-numbers.ts';
import { StatsCells } from './stats-cells.ts';

/** A group by number. */
interface Counted {
  readonly number: number;
  readonly key: readonly (string | undefined)[];
  readonly count: number;
}

/**
 * Figures of matching records by group and time. One pass over them, where all groups and time buckets find room in memory; else it counts the groups,
 * and a second pass measures those that are asked for.
 */
export function countStats(scope: ReadScope, request: StatsRequest): StatsResult {
  const fields = request.groupBy.map((field) => groupValues(field, request.target));
  const first = new StatsPass(scope, request, fields);
  first.run();
  const chosen = first.largest();
  // Records that are in several groups cannot be added up to others.
  if (first.isWhole && (first.groups.size <= request.limit || !first.hasOverlap)) return first.result(chosen);
  if (first.reached !== undefined)
    throw new ThreadlineError(
      'deadline_exceeded',
      'The groups were not counted in time. Try a smaller range, or fields with fewer values.',
    );
  const second = new StatsPass(
    scope,
    request,
    fields,
    chosen.map(({ number }) => first.groups.key(number)),
  );
  second.run();
  if (!second.isWhole)
    throw new ThreadlineError(
      'unsupported_query',
      'These are more figures than the storage keeps in memory: ask for fewer groups or buckets.',
      {
        field: 'limit',
      },
    );
  return { ...second.result(second.largest()), isCapped: first.isCapped };
}

class StatsPass {
  readonly groups: GroupNumbers;
  readonly #scope: ReadScope;
  readonly #request: StatsRequest;
  readonly #fields: readonly GroupValues[];
  #cells: StatsCells | undefined;
  #counts = new Float64Array(1_024);
  #total = 0;
  #hasOverlap = false;
  #reached: bigint | undefined;

  /** `only`: the groups that are told apart; else all. */
  constructor(scope: ReadScope, request: StatsRequest, fields: readonly GroupValues[], only?: readonly GroupKey[]) {
    const { measure, target, widthNanos, percentiles } = request;
    this.#scope = scope;
    this.#request = request;
    this.#fields = fields;
    this.groups = new GroupNumbers(only);
    this.#cells = new StatsCells({
      widthNanos,
      measure: measure && rowNumbers(measure, target),
      hasPercentiles: percentiles.length > 0,
    });
  }

  /** Nothing was given up for want of room. */
  get isWhole(): boolean {
    return this.#cells !== undefined;
  }

  get hasOverlap(): boolean {
    return this.#hasOverlap;
  }

  get isCapped(): boolean {
    return this.groups.isFull || this.#fields.some(({ texts }) => texts.isFull);
  }

  /** Where the time was over; undefined: all was seen. */
  get reached(): bigint | undefined {
    return this.#reached;
  }

  run(): void {
    const { target, query, range } = this.#request;
    this.#reached = new Scan(this.#scope, { table: target, query, window: windowOfRange(range) }).visitWithinTime((page, rows) => {
      this.#total += countRows(rows);
      const groups = rowGroups(
        this.#fields.map((field) => field.of(page, rows)),
        rows,
        this.groups,
      );
      if (groups.more.size > 0) this.#hasOverlap = true;
      if (!this.#addToCells(page, rows, groups)) this.#countGroups(groups);
    });
    for (let number = OTHERS; this.#cells && number <= this.groups.size; number += 1) this.#addCount(number, this.#cells.count(number));
  }

  /** Gives false where there is no room for the figures any more: then only groups are counted. */
  #addToCells(page: Page, rows: RowMask, groups: RowGroups): boolean {
    const cells = this.#cells;
    if (!cells) return false;
    try {
      cells.add(page, rows, groups);
      return true;
    } catch (error) {
      if (!(error instanceof CellsFullError)) throw error;
      for (let number = OTHERS; number <= this.groups.size; number += 1) this.#addCount(number, cells.count(number));
      this.#cells = undefined;
      return false;
    }
  }

  /** The largest groups, as many as are asked for. */
  largest(): Counted[] {
    const found: Counted[] = [];
    const least = this.#leastCount();
    for (let number = OTHERS + 1; number <= this.groups.size; number += 1) {
      const count = this.#counts[number] ?? 0;
      if (count >= least) found.push({ number, key: this.#textsOf(number), count });
    }
    return found.sort(compareGroups).slice(0, this.#request.limit);
  }

  result(listed: readonly Counted[]): StatsResult {
    const { percentiles, widthNanos } = this.#request;
    const cells = this.#cells;
    if (!cells) throw new Error('the figures were given up');
    // Of the bucket that it came to there may be more.
    const firstBucket = this.#reached === undefined || widthNanos === undefined ? undefined : this.#reached / widthNanos + 1n;
    const isListed = new Set(listed.map(({ number }) => number));
    const others: number[] = [];
    for (let number = OTHERS; number <= this.groups.size; number += 1) if (!isListed.has(number)) others.push(number);
    const other = cells.series(others, percentiles, firstBucket);
    const groups = listed
      .filter(({ count }) => count > 0)
      .map(({ number, key }) => ({ key, ...cells.series([number], percentiles, firstBucket) }));
    const partial: PartialRead | undefined =
      this.#reached === undefined ? undefined : { searchedFromNanos: this.#reached + 1n, reason: OUT_OF_TIME };
    return {
      total: this.#total,
      groups: this.#fields.length === 0 && groups.length === 0 ? [{ key: [], count: 0, points: [] }] : groups,
      ...(other.count > 0 && { other }),
      isCapped: this.isCapped,
      unmeasuredCount: 0,
      ...(partial && { partial }),
    };
  }

  #countGroups({ numbers, more }: RowGroups): void {
    for (const number of numbers) if (number !== NO_GROUP) this.#addCount(number, 1);
    for (const others of more.values()) for (const number of others) this.#addCount(number, 1);
  }

  #addCount(number: number, count: number): void {
    if (number >= this.#counts.length) {
      const larger = new Float64Array(Math.max(number + 1, this.#counts.length * 2));
      larger.set(this.#counts);
      this.#counts = larger;
    }
    this.#counts[number] = (this.#counts[number] ?? 0) + count;
  }

  /** The count that as many as are asked for are not below. */
  #leastCount(): number {
    const { limit } = this.#request;
    if (this.groups.size <= limit) return 0;
    const sorted = this.#counts.slice(OTHERS + 1, this.groups.size + 1).sort();
    return sorted[sorted.length - limit] ?? 0;
  }

  #textsOf(number: number): (string | undefined)[] {
    const { first, second } = this.groups.key(number);
    return this.#fields.map(({ texts }, index) => texts.text(index === 0 ? first : second));
  }
}
