import { LEVELS } from '@threadline/query-language';
import { templateOfShape } from '../../patterns/shape-text.ts';
import { NO_TEMPLATE, type TemplateText } from '../../patterns/template-text.ts';
import { MAX_PATTERN_SERVICES } from '../../storage.ts';
import type { RowMask } from '../matching/row-mask.ts';
import { longAt } from '../parquet/decode-column.ts';
import type { RowGroup } from '../segments/segment.ts';
import { textOf } from './column-values.ts';
import type { Page } from './page.ts';

/** A pattern's buckets are kept as a list of all once it has so many: most have few, and there may be many patterns. */
const MAX_SPARSE_BUCKETS = 16;
/** Before all times. */
const NO_TIME = -1n;

/** What was counted of the records of one template. */
export interface CountedPattern {
  readonly template: TemplateText;
  readonly count: number;
  /** By the level's number. */
  readonly levels: Float64Array;
  readonly buckets: () => { readonly bucket: bigint; readonly count: number }[];
  readonly services: () => { readonly name: string; readonly count: number }[];
  readonly example: { readonly page: Page; readonly row: number };
}

interface Cell {
  readonly template: TemplateText;
  readonly levels: Float64Array;
  readonly services: Map<string, number>;
  readonly sparse: Map<number, number>;
  dense: Float64Array | undefined;
  example: { readonly page: Page; readonly row: number };
  /** Of the example. */
  timeNanos: bigint;
}

/** Counts rows by template, level, service and time, page by page. */
export class PatternCounter {
  readonly #rootOf: (text: TemplateText) => TemplateText;
  readonly #firstBucket: bigint;
  readonly #widthNanos: bigint;
  readonly #cells = new Map<TemplateText, Cell>();
  #group: RowGroup | undefined;
  #groupCells: (Cell | undefined)[] = [];

  /** Buckets count from the first. */
  constructor(rootOf: (text: TemplateText) => TemplateText, times: { readonly firstBucket: bigint; readonly widthNanos: bigint }) {
    this.#rootOf = rootOf;
    this.#firstBucket = times.firstBucket;
    this.#widthNanos = times.widthNanos;
  }

  add(page: Page, rows: RowMask): void {
    const templates = page.templates() ?? { entries: [NO_TEMPLATE], indexes: new Int32Array(rows.length) };
    if (page.group !== this.#group) {
      this.#group = page.group;
      this.#groupCells = new Array(templates.entries.length);
    }
    const cells = this.#groupCells;
    const { indexes } = templates;
    const levels = page.codes('level');
    const bucketAt = this.#bucketReader(page);
    const services = new ServiceCounts(page, templates.entries.length);
    for (let row = 0; row < rows.length; row += 1) {
      if (rows[row] === 0) continue;
      const entry = indexes[row] ?? 0;
      let cell = cells[entry];
      if (!cell) {
        cell = this.#cell(templateOfShape(templates.entries[entry] ?? NO_TEMPLATE), page, row);
        cells[entry] = cell;
      }
      const level = levels.entries[levels.indexes[row] ?? 0] ?? 0;
      cell.levels[level] = (cell.levels[level] ?? 0) + 1;
      const bucket = bucketAt(row);
      const { dense } = cell;
      if (dense && bucket < dense.length) dense[bucket] = (dense[bucket] ?? 0) + 1;
      else addBucket(cell, bucket);
      services.add(entry, row);
    }
    takeExamples(page, rows, { cells, indexes });
    services.finish((entry, service, count) => {
      const own = cells[entry]?.services;
      own?.set(service, (own.get(service) ?? 0) + count);
    });
  }

  finish(): CountedPattern[] {
    return Array.from(this.#cells.values(), ({ template, levels, services, sparse, dense, example }) => ({
      template,
      count: levels.reduce((sum, count) => sum + count, 0),
      levels,
      buckets: () =>
        [...(dense ?? []).entries(), ...sparse].flatMap(([number, count]) =>
          count === 0 ? [] : [{ bucket: this.#firstBucket + BigInt(number), count }],
        ),
      services: () =>
        Array.from(services, ([name, count]) => ({ name, count }))
          .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1))
          .slice(0, MAX_PATTERN_SERVICES),
      example,
    }));
  }

  #cell(text: TemplateText, page: Page, row: number): Cell {
    const template = this.#rootOf(text);
    const known = this.#cells.get(template);
    if (known) return known;
    const made = {
      template,
      levels: new Float64Array(LEVELS.length),
      services: new Map(),
      sparse: new Map(),
      dense: undefined,
      example: { page, row },
      timeNanos: NO_TIME,
    };
    this.#cells.set(template, made);
    return made;
  }

  /** What gives the number of a row's bucket. */
  #bucketReader(page: Page): (row: number) => number {
    const width = this.#widthNanos;
    const numberOf = (time: bigint): number => Number(time / width - this.#firstBucket);
    const first = numberOf(page.least);
    if (first === numberOf(page.greatest)) return () => first;
    const times = page.longs('time_nanos');
    if (times.wide || !Number.isSafeInteger(Number(width))) return (row) => numberOf(longAt(times, row));
    // Whole numbers below 2^53 divide and round down exactly.
    const { offsets, base } = times;
    const into = Number(base % width);
    const baseNumber = numberOf(base);
    const divisor = Number(width);
    return (row) => baseNumber + Math.floor((into + (offsets[row] ?? 0)) / divisor);
  }
}

/** Pages come newest first: few have a row that is newer than the examples before. */
function takeExamples(
  page: Page,
  rows: RowMask,
  { cells, indexes }: { readonly cells: readonly (Cell | undefined)[]; readonly indexes: Int32Array },
): void {
  if (!cells.some((cell) => cell && cell.timeNanos < page.greatest)) return;
  const times = page.longs('time_nanos');
  for (let row = 0; row < rows.length; row += 1) {
    const cell = rows[row] === 0 ? undefined : cells[indexes[row] ?? 0];
    if (!cell || cell.timeNanos >= page.greatest) continue;
    const timeNanos = longAt(times, row);
    if (timeNanos <= cell.timeNanos) continue;
    cell.timeNanos = timeNanos;
    cell.example = { page, row };
  }
}

function addBucket(cell: Cell, bucket: number): void {
  cell.sparse.set(bucket, (cell.sparse.get(bucket) ?? 0) + 1);
  if (cell.dense || cell.sparse.size <= MAX_SPARSE_BUCKETS) return;
  const dense = new Float64Array(Math.max(...cell.sparse.keys()) * 2 + 1);
  for (const [number, count] of cell.sparse) dense[number] = count;
  cell.sparse.clear();
  cell.dense = dense;
}

/** Counts rows of a page by template and service: as numbers where the services are few. */
class ServiceCounts {
  readonly #texts: ReturnType<Page['texts']>;
  readonly #templates: number;
  readonly #counts: Int32Array | undefined;
  readonly #byName = new Map<string, number>();

  constructor(page: Page, templates: number) {
    this.#texts = page.texts('service');
    this.#templates = templates;
    const { entries } = this.#texts;
    if (entries && entries.length * templates <= MAX_PAIRS) this.#counts = new Int32Array(entries.length * templates);
  }

  add(template: number, row: number): void {
    const { entries } = this.#texts;
    if (this.#counts && entries) {
      const place = (this.#texts.indexes[row] ?? 0) * this.#templates + template;
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
      return;
    }
    const key = `${template} ${textOf(this.#texts, row)}`;
    this.#byName.set(key, (this.#byName.get(key) ?? 0) + 1);
  }

  /** Records that name no service are in none. */
  finish(visit: (template: number, service: string, count: number) => void): void {
    const { entries } = this.#texts;
    for (const [place, count] of this.#counts?.entries() ?? []) {
      const name = entries?.[Math.floor(place / this.#templates)] ?? '';
      if (count > 0 && name !== '') visit(place % this.#templates, name, count);
    }
    for (const [key, count] of this.#byName) {
      const space = key.indexOf(' ');
      if (space + 1 < key.length) visit(Number(key.slice(0, space)), key.slice(space + 1), count);
    }
  }
}

/** Cells of the table of a page's templates and services: more are slower to go through than names are. */
const MAX_PAIRS = 16_384;
