import { DurationHistogram } from './duration-histogram.ts';
import { type Figure, type FigureCounts, type FigureKey, type FiguresRequest, isOfProcess, type ProcessNames } from './figures.ts';

/** A set of more buckets is told in wider ones, so that what is old and spread stays small. */
const MAX_BUCKETS = 240;
const WIDTHS_MINUTES = [1, 5, 15, 60, 360, 1_440, 43_200, 525_600];
const NANOS_A_MINUTE = 60_000_000_000n;

/** Figures of one key in one bucket of time. */
export class Cell implements FigureCounts {
  spans: number;
  count: number;
  errors: number;
  readonly durations: DurationHistogram;

  constructor({ spans, count, errors, durations }: FigureCounts = NOTHING) {
    this.spans = spans;
    this.count = count;
    this.errors = errors;
    this.durations = new DurationHistogram(durations);
  }

  add(bucket: number, weight: number, isError: boolean): void {
    this.spans += 1;
    this.count += weight;
    if (isError) this.errors += weight;
    this.durations.add(bucket, weight);
  }

  merge({ spans, count, errors, durations }: FigureCounts): void {
    this.spans += spans;
    this.count += count;
    this.errors += errors;
    this.durations.merge(durations);
  }

  /** Without the class, as it goes to other threads. */
  plain(): FigureCounts {
    const { buckets, counts } = this.durations;
    return { spans: this.spans, count: this.count, errors: this.errors, durations: { buckets, counts } };
  }
}

const NOTHING: FigureCounts = { spans: 0, count: 0, errors: 0, durations: { buckets: [], counts: [] } };

/** What was counted over time. */
export class Series {
  /** By the bucket's first minute since 1970. */
  readonly cells = new Map<number, Cell>();
  #total: Cell | undefined;
  #lastMinute = Number.NaN;
  #last: Cell | undefined;

  /** For more of the same minute. */
  cell(minute: number): Cell {
    this.#total = undefined;
    if (minute === this.#lastMinute && this.#last) return this.#last;
    let cell = this.cells.get(minute);
    if (!cell) {
      cell = new Cell();
      this.cells.set(minute, cell);
    }
    this.#lastMinute = minute;
    this.#last = cell;
    return cell;
  }

  /** What was counted of a minute elsewhere. */
  add(minute: number, counts: FigureCounts): void {
    const cell = this.cells.get(minute);
    if (cell) cell.merge(counts);
    // Arrays that are copied whole have no room to spare: most of what is restored is never counted on.
    else this.cells.set(minute, new Cell(counts));
    this.#total = undefined;
  }

  /** The sum of all cells. */
  get total(): FigureCounts {
    if (this.#total) return this.#total;
    const total = new Cell();
    for (const cell of this.cells.values()) total.merge(cell);
    this.#total = total;
    return total;
  }
}

/** Figures of one key over time. */
export class KeySeries extends Series {
  readonly tenant: string;
  readonly key: FigureKey;
  /** Where its spans are from; empty where they do not say. */
  readonly environment: string;

  constructor({ tenant, key, environment }: Pick<KeySeries, 'tenant' | 'key' | 'environment'>) {
    super();
    this.tenant = tenant;
    this.key = key;
    this.environment = environment;
  }
}

/** As a file has them: columns of numbers, which are small when packed. */
interface StoredSeries {
  readonly tenant: string;
  readonly key: FigureKey;
  /** Absent where a version before this has written it. */
  readonly environment?: string;
  readonly cells: readonly (readonly [
    minute: number,
    spans: number,
    count: number,
    errors: number,
    buckets: readonly number[],
    counts: readonly number[],
  ])[];
}

export interface StoredFigures {
  readonly widthMinutes: number;
  readonly series: readonly StoredSeries[];
}

/** How many buckets of a width have something. */
function countOf(minutes: ReadonlySet<number>, widthMinutes: number): number {
  return widthMinutes === 1 ? minutes.size : new Set(Array.from(minutes, (minute) => Math.floor(minute / widthMinutes))).size;
}

/** Figures by key and time. Sums of sets are sets: what was counted once stays counted once, whatever is merged. */
export class FigureSet {
  readonly #series = new Map<string, KeySeries>();
  #widthMinutes = 1;

  get widthMinutes(): number {
    return this.#widthMinutes;
  }

  series(): Iterable<KeySeries> {
    return this.#series.values();
  }

  /** The series of each type by themselves: the same ones, so that neither set may be counted on any more. */
  byType(): ReadonlyMap<FigureKey['type'], FigureSet> {
    const sets = new Map<FigureKey['type'], FigureSet>();
    for (const [id, series] of this.#series) {
      const { type } = series.key;
      let set = sets.get(type);
      if (!set) {
        set = new FigureSet();
        set.#widthMinutes = this.#widthMinutes;
        sets.set(type, set);
      }
      set.#series.set(id, series);
    }
    return sets;
  }

  /** The series of a key, to count on; made if it is not there. */
  of(tenant: string, key: FigureKey, environment: string): KeySeries {
    const id = `${tenant}\n${environment}\n${keyId(key)}`;
    let series = this.#series.get(id);
    if (!series) {
      series = new KeySeries({ tenant, key, environment });
      this.#series.set(id, series);
    }
    return series;
  }

  /** The first minute of the bucket that a minute falls into. */
  bucketOf(minute: number): number {
    return Math.floor(minute / this.#widthMinutes) * this.#widthMinutes;
  }

  merge(other: FigureSet): void {
    this.widen(other.#widthMinutes);
    for (const { tenant, key, environment, cells } of other.#series.values()) {
      const series = this.of(tenant, key, environment);
      for (const [minute, cell] of cells) series.add(this.bucketOf(minute), cell);
    }
  }

  /** Makes the buckets as wide as their number asks for: those that have something, so that a few clocks that are years off cost the others nothing. */
  tidy(): void {
    const buckets = new Set<number>();
    for (const { cells } of this.#series.values()) for (const minute of cells.keys()) buckets.add(minute);
    // Of what is spread over centuries there may be more: then the widest has to do.
    const width = WIDTHS_MINUTES.find((minutes) => countOf(buckets, minutes) < MAX_BUCKETS) ?? WIDTHS_MINUTES.at(-1) ?? 1;
    this.widen(width);
  }

  widen(widthMinutes: number): void {
    if (widthMinutes <= this.#widthMinutes) return;
    this.#widthMinutes = widthMinutes;
    for (const [id, series] of this.#series) {
      const wider = new KeySeries(series);
      for (const [minute, cell] of series.cells) wider.add(this.bucketOf(minute), cell);
      this.#series.set(id, wider);
    }
  }

  stored(): StoredFigures {
    return {
      widthMinutes: this.#widthMinutes,
      series: Array.from(this.#series.values(), ({ tenant, key, environment, cells }) => ({
        tenant,
        key,
        environment,
        cells: Array.from(cells, ([minute, { spans, count, errors, durations }]) => [
          minute,
          spans,
          count,
          errors,
          durations.buckets,
          durations.counts,
        ]),
      })),
    };
  }

  static restore({ widthMinutes, series }: StoredFigures): FigureSet {
    const set = new FigureSet();
    set.#widthMinutes = widthMinutes;
    for (const { tenant, key, environment: from = '', cells } of series) {
      // What was stored before knows no environment, and then no namespace.
      const { environment = '', namespace = '' }: Partial<ProcessNames> = key.type === 'instance' ? key : {};
      const restored = set.of(tenant, key.type === 'instance' ? { ...key, environment, namespace } : key, from);
      for (const [minute, spans, count, errors, buckets, counts] of cells)
        restored.add(minute, { spans, count, errors, durations: { buckets, counts } });
    }
    return set;
  }
}

interface Sum {
  readonly key: FigureKey;
  readonly total: Cell;
  readonly recent: Cell;
  first: number;
  last: number;
  bucketMinutes: number;
  readonly points: Map<number, Cell>;
}

/** Sums what sets have of a range. */
export class FigureSum {
  readonly #request: FiguresRequest;
  readonly #types: ReadonlySet<string>;
  readonly #from: number;
  readonly #to: number;
  readonly #sums = new Map<string, Sum>();

  constructor(request: FiguresRequest) {
    this.#request = request;
    this.#types = new Set(request.types);
    const { fromNanos, toNanos } = request.range;
    this.#from = fromNanos === undefined ? Number.NEGATIVE_INFINITY : Number(fromNanos / NANOS_A_MINUTE);
    // The end is exclusive, of the range and here.
    this.#to = toNanos === undefined ? Number.POSITIVE_INFINITY : Number((toNanos + NANOS_A_MINUTE - 1n) / NANOS_A_MINUTE);
  }

  /** `boundKey` gives the key that a key is counted under. */
  add(set: FigureSet, tenant: string, boundKey: (key: FigureKey) => FigureKey): void {
    for (const series of set.series()) {
      if (series.tenant !== tenant || !this.#wants(series)) continue;
      this.#addSeries(series, set.widthMinutes, boundKey);
    }
  }

  figures(): Figure[] {
    return Array.from(this.#sums.values(), ({ key, total, recent, first, last, bucketMinutes, points }) => ({
      key,
      counts: total.plain(),
      recent: recent.plain(),
      firstMinute: first,
      lastMinute: last,
      bucketMinutes,
      points: [...points].sort(([left], [right]) => left - right).map(([minute, cell]) => ({ minute, counts: cell.plain() })),
    }));
  }

  #wants({ key, environment }: KeySeries): boolean {
    const { service, environment: wanted } = this.#request;
    if (!this.#types.has(key.type)) return false;
    if (wanted !== undefined && environment !== wanted && !isOfProcess(key)) return false;
    return service === undefined || key.service === service || (key.type === 'call' && key.caller === service);
  }

  #addSeries(series: KeySeries, widthMinutes: number, boundKey: (key: FigureKey) => FigureKey): void {
    const { stepMinutes, recentFromMinute = Number.POSITIVE_INFINITY } = this.#request;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    const inRange: [number, Cell][] = [];
    for (const [minute, cell] of series.cells) {
      if (minute >= this.#to || minute + widthMinutes <= this.#from) continue;
      inRange.push([minute, cell]);
      if (minute < first) first = minute;
      if (minute > last) last = minute;
    }
    if (inRange.length === 0) return;
    const sum = this.#sumOf(boundKey(series.key));
    sum.first = Math.min(sum.first, first);
    sum.last = Math.max(sum.last, last + widthMinutes - 1);
    sum.bucketMinutes = Math.max(sum.bucketMinutes, widthMinutes);
    if (inRange.length === series.cells.size) sum.total.merge(series.total);
    else for (const [, cell] of inRange) sum.total.merge(cell);
    for (const [minute, cell] of inRange) if (minute + widthMinutes > recentFromMinute) sum.recent.merge(cell);
    if (stepMinutes === undefined || this.#request.pointsOf?.includes(series.key.type) === false) return;
    for (const [minute, cell] of inRange) {
      const step = Math.floor(minute / stepMinutes) * stepMinutes;
      const point = sum.points.get(step) ?? new Cell();
      sum.points.set(step, point);
      point.merge(cell);
    }
  }

  #sumOf(key: FigureKey): Sum {
    const id = keyId(key);
    let sum = this.#sums.get(id);
    if (!sum) {
      sum = {
        key,
        total: new Cell(),
        recent: new Cell(),
        first: Number.POSITIVE_INFINITY,
        last: Number.NEGATIVE_INFINITY,
        bucketMinutes: 1,
        points: new Map(),
      };
      this.#sums.set(id, sum);
    }
    return sum;
  }
}

/** Unlike for unlike keys. */
export function keyId(key: FigureKey): string {
  switch (key.type) {
    case 'service':
      return JSON.stringify([key.type, key.service]);
    case 'operation':
      return JSON.stringify([key.type, key.service, key.name, key.kind]);
    case 'call':
      return JSON.stringify([key.type, key.service, key.caller, key.protocol, key.host]);
    case 'peer':
      return JSON.stringify([key.type, key.service, key.peerType, key.peer, key.protocol, key.isSource]);
    case 'instance':
    case 'entry':
    case 'logs':
      return JSON.stringify([key.type, key.service, key.namespace, key.version, key.environment, key.instance]);
  }
}

/** What of the whole is not in the part. */
export function differenceOf(whole: FigureCounts, part: FigureCounts): FigureCounts {
  const durations = new DurationHistogram(whole.durations);
  durations.merge({ buckets: part.durations.buckets, counts: part.durations.counts.map((count) => -count) });
  return {
    spans: whole.spans - part.spans,
    count: whole.count - part.count,
    errors: whole.errors - part.errors,
    durations,
  };
}
