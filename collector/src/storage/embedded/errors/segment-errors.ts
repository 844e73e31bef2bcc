import { ErrorLimits } from '../../errors/error-limits.ts';
import { ErrorSet } from '../../errors/error-set.ts';
import { ErrorSum } from '../../errors/error-sum.ts';
import type { ErrorsRequest, ErrorsResult, OtherErrors } from '../../errors/errors.ts';
import type { OpenSegments } from '../segments/open-segments.ts';
import { DamagedSegmentError, type Segment } from '../segments/segment.ts';
import { type SegmentName, segmentFileName } from '../segments/segment-index.ts';
import { readErrors, removeErrors, tidyErrorFiles, writeErrors } from './error-file.ts';
import { SegmentErrorReader } from './segment-error-reader.ts';

/** Errors of segments that are not in files: what a start has to work out again. */
const OPEN_ERRORS = 100_000;
/** Files' content that is kept. */
const CACHE_BYTES = 64 * 1024 * 1024;

interface Known {
  readonly segment: SegmentName;
  readonly id: number;
  /** Undefined once they are in a file. */
  set: ErrorSet | undefined;
}

/**
 * The errors of each segment of logs and spans, worked out as segments come and kept with them: errors are exactly of the records that are there,
 * whatever was written again, merged, given up or cut off by an end of the process. For one thread, which sees each change of the segments in order.
 */
export class SegmentErrors {
  readonly #directory: string;
  readonly #segments: OpenSegments;
  readonly #openErrors: number;
  readonly #reader = new SegmentErrorReader();
  readonly #limits: ErrorLimits;
  /** Segments that have no error are not among them. */
  readonly #known = new Map<string, Known>();
  readonly #cache = new Map<string, ErrorSet>();
  #cacheBytes = 0;

  constructor(directory: string, segments: OpenSegments, { openErrors = OPEN_ERRORS, limits = new ErrorLimits() } = {}) {
    this.#directory = directory;
    this.#segments = segments;
    this.#openErrors = openErrors;
    this.#limits = limits;
  }

  /** Takes up what there is at a start: knows the files, reads the segments that have none. */
  load(names: readonly SegmentName[]): void {
    const inFiles = tidyErrorFiles(this.#directory, names);
    for (const name of names) {
      if (inFiles.has(segmentFileName(name))) this.#keep(name, undefined);
      else this.#look(name);
    }
    this.#settle();
  }

  /** Those that are dropped can still be read. */
  change(added: readonly SegmentName[], dropped: readonly SegmentName[]): void {
    const gone = new Set(dropped.map(segmentFileName));
    for (const name of added) {
      const segment = this.#segments.segment(name);
      if (!segment) continue;
      const replaced = segment.index.replaces.map((id) => ({ table: name.table, id }));
      // What a merge has is what its segments had; one that is not there any more may have had something.
      if (replaced.length > 0 && replaced.every((other) => gone.has(segmentFileName(other)))) this.#merge(name, replaced);
      else this.#look(name);
    }
    for (const name of dropped) this.#drop(name);
    this.#settle();
  }

  read(request: ErrorsRequest, tenant: string, check: () => void): ErrorsResult {
    const sum = new ErrorSum(request);
    // The newest first: then there are examples soon, and older records need not be looked into.
    for (const known of [...this.#known.values()].reverse()) {
      check();
      sum.add(this.#setOf(known), tenant);
    }
    return sum.result();
  }

  others(): OtherErrors[] {
    return this.#limits.others();
  }

  #look(name: SegmentName): void {
    const segment = this.#segments.segment(name);
    const set = segment && this.#visit(segment);
    if (set && set.count > 0) this.#keep(name, set);
  }

  #visit(segment: Segment): ErrorSet {
    const set = new ErrorSet();
    for (const group of segment.groups) {
      try {
        this.#reader.visit(group, (record) =>
          set.add({ ...record, fingerprint: this.#limits.bound(record.tenant, record.service, record) }),
        );
      } catch (error) {
        // Its other rows are read by nobody either.
        if (!(error instanceof DamagedSegmentError)) throw error;
        this.#segments.noteDamage(error);
      }
    }
    return set;
  }

  #merge(name: SegmentName, replaced: readonly SegmentName[]): void {
    const merged = new ErrorSet();
    for (const other of replaced) {
      const known = this.#known.get(segmentFileName(other));
      if (known) merged.merge(this.#setOf(known));
    }
    if (merged.count === 0) return;
    // Merged ones are there for long.
    const known = this.#keep(name, merged);
    this.#write(known);
  }

  #drop(name: SegmentName): void {
    const id = segmentFileName(name);
    const known = this.#known.get(id);
    if (!known) return;
    this.#known.delete(id);
    // Also where a damaged one was made again.
    removeErrors(this.#directory, name);
    this.#forget(id);
  }

  /** The oldest beyond the bound go into files. */
  #settle(): void {
    let open = 0;
    for (const { set } of this.#known.values()) open += set?.count ?? 0;
    if (open <= this.#openErrors) return;
    for (const known of [...this.#known.values()].sort((left, right) => left.id - right.id)) {
      if (open <= this.#openErrors) return;
      open -= known.set?.count ?? 0;
      if (!this.#write(known)) return;
    }
  }

  /** False where it cannot be, as on a full disk: it stays in memory, and is tried again with the next change. */
  #write(known: Known): boolean {
    const { set, segment } = known;
    if (!set) return true;
    try {
      writeErrors(this.#directory, segment, set);
    } catch {
      return false;
    }
    known.set = undefined;
    this.#remember(segmentFileName(segment), set);
    return true;
  }

  #keep(segment: SegmentName, set: ErrorSet | undefined): Known {
    const { table, id } = segment;
    const known = { segment: { table, id }, id, set };
    this.#known.set(segmentFileName(segment), known);
    return known;
  }

  #setOf(known: Known): ErrorSet {
    if (known.set) return known.set;
    const id = segmentFileName(known.segment);
    const cached = this.#cache.get(id);
    if (cached) {
      // The last that was used is the last to go.
      this.#cache.delete(id);
      this.#cache.set(id, cached);
      return cached;
    }
    const read = readErrors(this.#directory, known.segment);
    if (read) return this.#remember(id, read);
    // Lost or damaged.
    const segment = this.#segments.segment(known.segment);
    known.set = segment ? this.#visit(segment) : new ErrorSet();
    return known.set;
  }

  #remember(id: string, set: ErrorSet): ErrorSet {
    this.#forget(id);
    this.#cache.set(id, set);
    this.#cacheBytes += set.bytes;
    for (const oldest of this.#cache.keys()) {
      if (this.#cacheBytes <= CACHE_BYTES || oldest === id) break;
      this.#forget(oldest);
    }
    return set;
  }

  #forget(id: string): void {
    this.#cacheBytes -= this.#cache.get(id)?.bytes ?? 0;
    this.#cache.delete(id);
  }
}
