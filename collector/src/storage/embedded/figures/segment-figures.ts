import { FigureCache } from '../../figures/figure-cache.ts';
import { CountedSpans, FigureCounter } from '../../figures/figure-counter.ts';
import { FigureLimits } from '../../figures/figure-limits.ts';
import { type FigureSet, FigureSum } from '../../figures/figure-set.ts';
import type { FiguresRequest, FiguresResult } from '../../figures/figures.ts';
import type { TableName } from '../layout.ts';
import type { OpenSegments } from '../segments/open-segments.ts';
import { DamagedSegmentError, type Segment } from '../segments/segment.ts';
import { type SegmentName, segmentFileName } from '../segments/segment-index.ts';
import { readFigures, removeFigures, removeStrayFigures, writeFigures } from './figure-file.ts';
import { LogReader } from './log-reader.ts';
import { SpanReader } from './segment-spans.ts';

/**
 * Figures of the newest spans are in memory, where calls that are found later are added to them, and those of as many logs; those of older segments
 * are in a file each.
 */
const OPEN_ROWS = 1_000_000;
const TABLES: readonly TableName[] = ['spans', 'logs'];
/** At a start so many spans of settled segments are looked at again: those whose callers they may be stand in newer ones. */
const PRIMING_SPANS = 250_000;
/** Files' content that is kept unpacked, as JSON. */
const CACHE_BYTES = 32 * 1024 * 1024;

interface Known {
  readonly segment: SegmentName;
  readonly rows: number;
  /** When its last rows were written, Unix milliseconds. */
  readonly to: number;
  /** Undefined once they are in a file. */
  counted: CountedSpans | undefined;
}

/**
 * The figures of each segment, worked out as segments come and kept with them: figures are exactly of the records that are there, whatever
 * was written again, merged, given up or cut off by an end of the process. For one thread, which sees each change of the segments in order.
 */
export class SegmentFigures {
  readonly #directory: string;
  readonly #segments: OpenSegments;
  readonly #openRows: number;
  readonly #spans = new SpanReader();
  readonly #logs = new LogReader();
  readonly #limits = new FigureLimits();
  readonly #counter = new FigureCounter({ limits: this.#limits });
  readonly #known = new Map<string, Known>();
  readonly #cache = new FigureCache<FigureSet>(CACHE_BYTES);

  constructor(directory: string, segments: OpenSegments, { openRows = OPEN_ROWS } = {}) {
    this.#directory = directory;
    this.#segments = segments;
    this.#openRows = openRows;
  }

  /** Takes up what there is at a start: reads the files, counts the records of segments that have none. */
  load(names: readonly SegmentName[]): void {
    removeStrayFigures(this.#directory, names);
    const opened = names.flatMap((name) => this.#segments.segment(name) ?? []);
    opened.sort((left, right) => left.index.to - right.index.to || left.id - right.id);
    const settled = new Set(opened.filter((segment) => this.#cached(segment) !== undefined));
    const primed = newestOf(
      [...settled].filter(({ table }) => table === 'spans'),
      PRIMING_SPANS,
    );
    for (const segment of opened) {
      if (!settled.has(segment)) this.#count(segment);
      else {
        this.#keep(segment, undefined);
        if (primed.has(segment)) this.#visit(segment, closedSpans());
      }
    }
    this.#settle();
  }

  /** Those that are dropped can still be read. */
  change(added: readonly SegmentName[], dropped: readonly SegmentName[]): void {
    for (const name of added) {
      const segment = this.#segments.segment(name);
      if (!segment) continue;
      const replaced = segment.index.replaces.map((id) => this.#known.get(segmentFileName({ table: name.table, id })));
      if (replaced.length > 0 && replaced.every((known) => known !== undefined)) this.#merge(segment, replaced);
      else this.#count(segment);
    }
    for (const name of dropped) this.#drop(name);
    this.#settle();
  }

  read(request: FiguresRequest, tenant: string, check: () => void): FiguresResult {
    const sum = new FigureSum(request);
    const limits = new FigureLimits();
    const wanted = new Set(request.types.map((type) => (type === 'logs' ? 'logs' : 'spans')));
    for (const known of this.#known.values()) {
      if (!wanted.has(known.segment.table)) continue;
      check();
      sum.add(this.#figuresOf(known), tenant, (key) => limits.bound(tenant, key));
    }
    return { figures: sum.figures() };
  }

  #count(segment: Segment): void {
    const counted = new CountedSpans();
    this.#visit(segment, counted);
    counted.close();
    this.#keep(segment, counted);
  }

  #visit(segment: Segment, counted: CountedSpans): void {
    for (const group of segment.groups) {
      try {
        if (segment.table === 'logs')
          this.#logs.visit(group, (source, minute, counts) => this.#counter.addLogs(source, { minute, counts }, counted));
        else this.#spans.visit(group, (span) => this.#counter.add(span, counted));
      } catch (error) {
        // Its other rows are read by nobody either.
        if (!(error instanceof DamagedSegmentError)) throw error;
        this.#segments.noteDamage(error);
      }
    }
  }

  #merge(segment: Segment, replaced: readonly Known[]): void {
    const merged = new CountedSpans();
    for (const known of replaced) {
      if (known.counted) known.counted.moveTo(merged);
      else merged.set.merge(this.#figuresOf(known));
    }
    merged.close();
    this.#keep(segment, merged);
  }

  #drop(name: SegmentName): void {
    const id = segmentFileName(name);
    const known = this.#known.get(id);
    if (!known) return;
    this.#known.delete(id);
    if (known.counted) known.counted.isOver = true;
    else removeFigures(this.#directory, name);
    this.#cache.delete(id);
  }

  /** The oldest of each table beyond the bound go into files. */
  #settle(): void {
    for (const table of TABLES) this.#settleTable(table);
  }

  #settleTable(table: TableName): void {
    const open = [...this.#known.values()].filter(({ segment, counted }) => segment.table === table && counted !== undefined);
    let rows = open.reduce((sum, known) => sum + known.rows, 0);
    if (rows <= this.#openRows) return;
    open.sort((left, right) => left.to - right.to || left.segment.id - right.segment.id);
    for (const known of open) {
      if (rows <= this.#openRows) return;
      rows -= known.rows;
      if (!known.counted) continue;
      try {
        writeFigures(this.#directory, known.segment, known.counted.set);
      } catch {
        // As on a full disk: it stays in memory, and is tried again with the next change.
        return;
      }
      known.counted.isOver = true;
      known.counted = undefined;
    }
  }

  #keep({ table, id, index }: Segment, counted: CountedSpans | undefined): void {
    const segment = { table, id };
    this.#known.set(segmentFileName(segment), { segment, rows: index.rows, to: index.to, counted });
  }

  #figuresOf(known: Known): FigureSet {
    if (known.counted) return known.counted.set;
    const cached = this.#cached(known.segment);
    if (cached) return cached;
    // The file was lost while the process ran.
    const segment = this.#segments.segment(known.segment);
    const counted = new CountedSpans();
    if (segment) this.#visit(segment, counted);
    counted.close();
    return counted.set;
  }

  #cached(name: SegmentName): FigureSet | undefined {
    const id = segmentFileName(name);
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const read = readFigures(this.#directory, name);
    if (read) this.#cache.set(id, read.figures, read.bytes);
    return read?.figures;
  }
}

/** Counts what nobody asks for. */
function closedSpans(): CountedSpans {
  const counted = new CountedSpans();
  counted.isOver = true;
  return counted;
}

/** The newest, until they have so many rows. */
function newestOf(segments: readonly Segment[], rows: number): ReadonlySet<Segment> {
  const newest = new Set<Segment>();
  let left = rows;
  for (const segment of segments.toReversed()) {
    if (left <= 0) break;
    newest.add(segment);
    left -= segment.index.rows;
  }
  return newest;
}
