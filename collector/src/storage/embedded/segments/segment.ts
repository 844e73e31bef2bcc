import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { blockBytes, blockPlace, pagesWith } from '../filter/page-filter.ts';
import type { Probe } from '../filter/query-probe.ts';
import type { TokenHash } from '../filter/token-hash.ts';
import type { TokenSource } from '../filter/token-index.ts';
import { TokenLookup } from '../filter/token-lookup.ts';
import type { TableName } from '../layout.ts';
import type { ChunkIndex } from '../parquet/column-chunk.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';
import { decompressPage } from '../parquet/page-codec.ts';
import type { TypedClass } from '../rows/attribute-columns.ts';
import {
  type AttributeColumnIndex,
  decodeGroupIndex,
  decodeIndex,
  type GroupIndex,
  type GroupPlace,
  INDEX_TAIL_BYTES,
  indexBytes,
  PARQUET_TAIL_BYTES,
  type SegmentIndex,
  type SegmentName,
  segmentFileName,
} from './segment-index.ts';

/** What was written is not what is there. */
export class DamagedSegmentError extends Error {
  override readonly name = 'DamagedSegmentError';
  readonly segment: SegmentName;
  /** Undefined: all of it. */
  readonly group: number | undefined;

  constructor(segment: SegmentName, group: number | undefined, reason: string) {
    super(`${segmentFileName(segment)}: ${reason}`);
    this.segment = segment;
    this.group = group;
  }
}

/** The file was removed. */
export class MissingSegmentError extends DamagedSegmentError {
  constructor(segment: SegmentName) {
    super(segment, undefined, 'it is gone');
  }
}

export type DamageListener = (error: DamagedSegmentError) => void;

/** A segment's open file. All reading is at once: who reads has a thread for it, and what is read is mostly in the system's memory. */
export class Segment implements SegmentName {
  readonly table: TableName;
  readonly id: number;
  readonly path: string;
  readonly bytes: number;
  readonly index: SegmentIndex;
  readonly groups: readonly RowGroup[];
  /** Undefined where all row groups have filters of their own. */
  readonly tokens: TokenLookup | undefined;
  readonly #file: number;
  #asked: { readonly tokens: readonly TokenHash[]; readonly pages: readonly Int32Array[] } | undefined;

  private constructor(name: SegmentName, path: string, file: number, onDamage: DamageListener) {
    this.table = name.table;
    this.id = name.id;
    this.path = path;
    this.#file = file;
    this.bytes = fstatSync(file).size;
    this.index = this.#readIndex();
    this.groups = this.index.groups.map((group, number) => new RowGroup(this, group, number));
    const source = this.tokenSource;
    this.tokens =
      source && new TokenLookup(source, { groupCount: this.groups.length, onDamage: () => onDamage(this.#damaged('its token index')) });
  }

  /**
   * Throws `DamagedSegmentError` when the file is not what was written, `MissingSegmentError` when it is gone. `onDamage` is told what was found damaged later and costs no record: without
   * the token index a search takes longer.
   */
  static open(directory: string, name: SegmentName, onDamage: DamageListener = () => undefined): Segment {
    const path = join(directory, segmentFileName(name));
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new MissingSegmentError(name);
      throw error;
    }
    try {
      return new Segment(name, path, file, onDamage);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** What merges copy. */
  get tokenSource(): TokenSource | undefined {
    const { tokens } = this.index;
    return tokens && { index: tokens, read: (at, length) => this.read(at, length), damaged: () => this.#damaged('its token index') };
  }

  /** Of each token, of each row group that has its tokens in the segment's index, the pages that may have it. */
  pagesOfEach(tokens: readonly TokenHash[]): readonly Int32Array[] {
    const { tokens: lookup } = this;
    if (!lookup) return [];
    // All row groups are asked for the same ones, one after the other.
    if (this.#asked?.tokens !== tokens) this.#asked = { tokens, pages: tokens.map((token) => lookup.pagesOf(token)) };
    return this.#asked.pages;
  }

  read(at: number, length: number, group?: number): Buffer {
    const buffer = Buffer.allocUnsafe(length);
    if (this.readInto(buffer, at) < length) throw new DamagedSegmentError(this, group, 'it is shorter than it was');
    return buffer;
  }

  /** Gives how many bytes there were. */
  readInto(buffer: Buffer, at: number): number {
    return readSync(this.#file, buffer, 0, buffer.length, at);
  }

  #damaged(reason: string): DamagedSegmentError {
    return new DamagedSegmentError(this, undefined, reason);
  }

  #readIndex(): SegmentIndex {
    const damaged = (reason: string): DamagedSegmentError => this.#damaged(reason);
    if (this.bytes < INDEX_TAIL_BYTES + PARQUET_TAIL_BYTES) throw damaged('it is shorter than it was');
    const footer = this.read(this.bytes - PARQUET_TAIL_BYTES, PARQUET_TAIL_BYTES);
    const end = this.bytes - PARQUET_TAIL_BYTES - footer.readUInt32LE(0) - INDEX_TAIL_BYTES;
    if (end < 0) throw damaged('its footer is damaged');
    const tail = this.read(end, INDEX_TAIL_BYTES);
    const length = indexBytes(tail);
    if (length === undefined || length > end) throw damaged('its index is not where it was');
    const index = decodeIndex(this.read(end - length, length), tail);
    if (!index) throw damaged('its index is damaged');
    return index;
  }
}

/** About so many bytes are read in the time that a read takes to begin. */
const BYTES_A_READ = 8_192;

/** Of decimal numbers. */
export function boundsOf(times: readonly string[]): { readonly least: bigint; readonly greatest: bigint } {
  const ordered = BigInt64Array.from(times, BigInt).sort();
  return { least: ordered[0] ?? 0n, greatest: ordered.at(-1) ?? 0n };
}

const NO_ATTRIBUTES: readonly AttributeColumnIndex[] = [];

/** A row group of a segment. Each part is checked before it is used: a damaged one is a `DamagedSegmentError`. */
export class RowGroup {
  readonly segment: Segment;
  readonly number: number;
  readonly rows: number;
  readonly pages: number;
  /** Least and greatest time of all rows. */
  readonly least: bigint;
  readonly greatest: bigint;
  /** Of all its rows; undefined where there may be several. */
  readonly tenant: string | undefined;
  readonly #place: GroupPlace | undefined;
  /** Where columns are that are not compressed, whose bytes were found to be what was written; compressed pages have a checksum each. */
  readonly #checked = new Set<number>();
  #index: GroupIndex | undefined;
  #pageTimes: BigInt64Array | undefined;
  #attributes: Map<string, AttributeColumnIndex[]> | undefined;

  constructor(segment: Segment, index: GroupPlace | GroupIndex, number: number) {
    this.segment = segment;
    this.number = number;
    this.rows = index.rows;
    this.pages = Math.ceil(index.rows / PAGE_ROWS);
    if ('index' in index) {
      this.#place = index;
      this.least = BigInt(index.least);
      this.greatest = BigInt(index.greatest);
      this.tenant = index.tenant;
      return;
    }
    this.#index = index;
    const { least, greatest } = boundsOf(index.pageTimes);
    this.least = least;
    this.greatest = greatest;
  }

  /** Read when it is first needed: most row groups are told by their tokens or times alone. */
  get index(): GroupIndex {
    this.#index ??= this.#readIndex();
    return this.#index;
  }

  /** It is merged into a larger one. */
  get isSmall(): boolean {
    return this.#place ? this.#place.isSmall === true : this.index.hashes !== undefined;
  }

  get attributes(): readonly AttributeColumnIndex[] {
    return this.index.attributes ?? NO_ATTRIBUTES;
  }

  /** Columns of attributes of the key, one for each kind of value. */
  attributesOf(key: string): readonly AttributeColumnIndex[] {
    this.#attributes ??= Map.groupBy(this.attributes, (column) => column.key);
    return this.#attributes.get(key) ?? NO_ATTRIBUTES;
  }

  /** All pages, as bits: up to 32. */
  get allPages(): number {
    return this.pages === 32 ? -1 : 2 ** this.pages - 1;
  }

  pageLeast(page: number): bigint {
    return this.#timesOfPages()[page * 2] ?? 0n;
  }

  pageGreatest(page: number): bigint {
    return this.#timesOfPages()[page * 2 + 1] ?? 0n;
  }

  pageRows(page: number): number {
    return Math.min(PAGE_ROWS, this.rows - page * PAGE_ROWS);
  }

  chunk(column: number): ChunkIndex {
    const chunk = this.index.chunks[column];
    if (!chunk) throw this.damaged(`its index lacks column ${column}`);
    return chunk;
  }

  /** The content of a column's page; `dictionary`: of the one with its distinct values. */
  page(column: number, page: number | 'dictionary'): Buffer {
    return this.chunkPage(this.chunk(column), page);
  }

  /** The same of any chunk of the row group. */
  chunkPage(chunk: ChunkIndex, page: number | 'dictionary'): Buffer {
    if (!chunk.isCompressed) this.#check(chunk);
    let at = this.index.at + chunk.at;
    const [first, ...others] = chunk.dictionary ? [chunk.dictionary, ...chunk.pages] : chunk.pages;
    let [header, stored, raw] = first ?? [0, 0, 0];
    const wanted = page === 'dictionary' ? 0 : page + (chunk.dictionary ? 1 : 0);
    for (let number = 0; number < wanted; number += 1) {
      at += header + stored;
      [header, stored, raw] = others[number] ?? [0, 0, 0];
    }
    const bytes = this.segment.read(at + header, stored, this.number);
    if (!chunk.isCompressed) return bytes;
    try {
      return decompressPage(bytes, raw);
    } catch (error) {
      throw this.damaged(
        `the column at ${chunk.at} of row group ${this.number}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** All bytes of a part, for a copy; `hashes` are left out where there are none. */
  part(offset: number, length: number): Buffer {
    return this.segment.read(this.index.at + offset, length, this.number);
  }

  /** The pages that may have a row for the probe, as bits. */
  probe(probe: Probe, pages = this.allPages): number {
    switch (probe.type) {
      case 'any':
        return pages;
      case 'never':
        return 0;
      case 'token':
        return pages === 0 ? 0 : pages & this.#pagesWith(probe.token);
      case 'column':
        return pages & this.#pagesOfColumn(probe.key, probe.leafClass);
      case 'all':
        return probe.probes.reduce((left, next) => (left === 0 ? 0 : this.probe(next, left)), pages);
      case 'some':
        return probe.probes.reduce((found, next) => found | this.probe(next, pages & ~found), 0);
    }
  }

  /** The pages that may have each of the tokens, as bits. Row groups of one segment are to be asked with the same list. */
  pagesWithEach(tokens: readonly TokenHash[]): number[] {
    const { number, segment } = this;
    if (segment.tokens?.has(number)) return segment.pagesOfEach(tokens).map((pages) => pages[number] ?? 0);
    return this.#filteredPages(tokens);
  }

  /** The token hashes of each page, each with its halves in turn; only small row groups have them. */
  hashes(): Uint32Array[] {
    const { number, segment } = this;
    if (segment.tokens?.has(number)) return segment.tokens.hashesOf(number, this.pages);
    const { hashes } = this.index;
    if (!hashes) return [];
    const bytes = this.part(
      hashes.at,
      hashes.counts.reduce((sum, count) => sum + count * 8, 0),
    );
    if (crc32(bytes) !== hashes.crc) throw this.damaged(`the token hashes of row group ${this.number}`);
    let at = 0;
    return hashes.counts.map((count) => {
      const start = bytes.byteOffset + at;
      at += count * 8;
      return new Uint32Array(bytes.buffer.slice(start, start + count * 8));
    });
  }

  damaged(reason: string): DamagedSegmentError {
    return new DamagedSegmentError(this.segment, this.number, reason);
  }

  #check({ at, bytes, crc }: ChunkIndex): void {
    if (this.#checked.has(at)) return;
    if (crc32(this.part(at, bytes)) !== crc) throw this.damaged(`the column at ${at} of row group ${this.number}`);
    this.#checked.add(at);
  }

  #pagesOfColumn(key: string, leafClass: TypedClass): number {
    let found = 0;
    for (const column of this.attributesOf(key)) {
      if (column.leafClass !== leafClass) continue;
      for (let page = 0; page < this.pages; page += 1) if ((column.counts[page] ?? 0) > 0) found |= 1 << page;
    }
    return found;
  }

  #pagesWith(token: TokenHash): number {
    const { number, segment } = this;
    if (segment.tokens?.has(number)) return segment.tokens.pagesOf(token)[number] ?? 0;
    const { at, filter } = this.index;
    if (!filter) throw this.damaged(`row group ${number} has no tokens`);
    const place = blockPlace(token, { blocks: filter.blocks, pages: this.pages });
    const unit = unitBuffer(place.bytes);
    if (segment.readInto(unit, at + filter.at + place.offset) < place.bytes) throw this.damaged('it is shorter than it was');
    return this.#checkedPages(pagesWith(token, unit, this.pages));
  }

  /** Of many tokens the filter is read as a whole: a read for each would cost more than all that is in it. */
  #filteredPages(tokens: readonly TokenHash[]): number[] {
    const { filter } = this.index;
    const bytes = (filter?.blocks ?? 0) * blockBytes(this.pages);
    if (!filter || bytes > tokens.length * BYTES_A_READ) return tokens.map((token) => this.#pagesWith(token));
    const whole = this.part(filter.at, bytes);
    return tokens.map((token) => {
      const place = blockPlace(token, { blocks: filter.blocks, pages: this.pages });
      return this.#checkedPages(pagesWith(token, whole.subarray(place.offset, place.offset + place.bytes), this.pages));
    });
  }

  #checkedPages(found: number | undefined): number {
    if (found === undefined) throw this.damaged(`the filter of row group ${this.number}`);
    return found;
  }

  #timesOfPages(): BigInt64Array {
    this.#pageTimes ??= BigInt64Array.from(this.index.pageTimes, BigInt);
    return this.#pageTimes;
  }

  #readIndex(): GroupIndex {
    const place = this.#place?.index;
    const index = place && decodeGroupIndex(this.segment.read(place.at, place.bytes, this.number), place.crc);
    if (!index) throw this.damaged(`the index of row group ${this.number}`);
    return index;
  }
}

const units: Buffer[] = [];

/** One buffer for each size, used again and again: a query asks thousands of filters. */
function unitBuffer(bytes: number): Buffer {
  const known = units.find((unit) => unit.length === bytes);
  if (known) return known;
  const made = Buffer.alloc(bytes);
  units.push(made);
  return made;
}
