import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { blockBytes, blockPlace, pagesWith } from '../filter/page-filter.ts';
import type { Probe } from '../filter/query-probe.ts';
import type { TokenHash } from '../filter/token-hash.ts';
import type { TableName } from '../layout.ts';
import type { ChunkIndex } from '../parquet/column-chunk.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';
import { decompressPage } from '../parquet/page-codec.ts';
import type { TypedClass } from '../rows/attribute-columns.ts';
import {
  type AttributeColumnIndex,
  decodeIndex,
  type GroupIndex,
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

/** A segment's open file. All reading is at once: who reads has a thread for it, and what is read is mostly in the system's memory. */
export class Segment implements SegmentName {
  readonly table: TableName;
  readonly id: number;
  readonly path: string;
  readonly bytes: number;
  readonly index: SegmentIndex;
  readonly groups: readonly RowGroup[];
  readonly #file: number;

  private constructor(name: SegmentName, path: string, file: number) {
    this.table = name.table;
    this.id = name.id;
    this.path = path;
    this.#file = file;
    this.bytes = fstatSync(file).size;
    this.index = this.#readIndex();
    this.groups = this.index.groups.map((group, number) => new RowGroup(this, group, number));
  }

  /** Throws `DamagedSegmentError` when the file is not what was written, or gone. */
  static open(directory: string, name: SegmentName): Segment {
    const path = join(directory, segmentFileName(name));
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        throw new DamagedSegmentError(name, undefined, 'it is gone');
      throw error;
    }
    try {
      return new Segment(name, path, file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
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

  #readIndex(): SegmentIndex {
    const damaged = (reason: string): DamagedSegmentError => new DamagedSegmentError(this, undefined, reason);
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

const NO_ATTRIBUTES: readonly AttributeColumnIndex[] = [];

/** A row group of a segment. Each part is checked before it is used: a damaged one is a `DamagedSegmentError`. */
export class RowGroup {
  readonly segment: Segment;
  readonly index: GroupIndex;
  readonly number: number;
  readonly pages: number;
  /** Least and greatest time of all rows, and of each page's. */
  readonly least: bigint;
  readonly greatest: bigint;
  readonly #pageTimes: BigInt64Array;
  /** Where columns are that are not compressed, whose bytes were found to be what was written; compressed pages have a checksum each. */
  readonly #checked = new Set<number>();
  #attributes: Map<string, AttributeColumnIndex[]> | undefined;

  constructor(segment: Segment, index: GroupIndex, number: number) {
    this.segment = segment;
    this.index = index;
    this.number = number;
    this.#pageTimes = BigInt64Array.from(index.pageTimes, BigInt);
    this.pages = index.pageTimes.length / 2;
    let least = this.pageLeast(0);
    let greatest = this.pageGreatest(0);
    for (let page = 1; page < this.pages; page += 1) {
      if (this.pageLeast(page) < least) least = this.pageLeast(page);
      if (this.pageGreatest(page) > greatest) greatest = this.pageGreatest(page);
    }
    this.least = least;
    this.greatest = greatest;
  }

  get rows(): number {
    return this.index.rows;
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
    return this.#pageTimes[page * 2] ?? 0n;
  }

  pageGreatest(page: number): bigint {
    return this.#pageTimes[page * 2 + 1] ?? 0n;
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

  /** The pages that may have each of the tokens, as bits. Of many tokens the filter is read as a whole: a read for each would cost more than all that is in it. */
  pagesWithEach(tokens: readonly TokenHash[]): number[] {
    const { at, blocks } = this.index.filter;
    const size = { blocks, pages: this.pages };
    const bytes = blocks * blockBytes(this.pages);
    if (bytes > tokens.length * BYTES_A_READ) return tokens.map((token) => this.#pagesWith(token));
    const filter = this.part(at, bytes);
    return tokens.map((token) => {
      const place = blockPlace(token, size);
      return this.#checkedPages(pagesWith(token, filter.subarray(place.offset, place.offset + place.bytes), this.pages));
    });
  }

  /** The token hashes of each page; only small row groups have them. */
  hashes(): Uint32Array[] {
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
    const { at, filter } = this.index;
    const place = blockPlace(token, { blocks: filter.blocks, pages: this.pages });
    const unit = unitBuffer(place.bytes);
    if (this.segment.readInto(unit, at + filter.at + place.offset) < place.bytes) throw this.damaged('it is shorter than it was');
    return this.#checkedPages(pagesWith(token, unit, this.pages));
  }

  #checkedPages(found: number | undefined): number {
    if (found === undefined) throw this.damaged(`the filter of row group ${this.number}`);
    return found;
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
