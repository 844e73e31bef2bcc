import { crc32 } from 'node:zlib';
import { freeBytes } from '../../../free-bytes.ts';
import { ByteSink } from './byte-sink.ts';
import type { ColumnData } from './column-buffer.ts';
import type { ChunkEncoding, ChunkIndex, PageIndex } from './column-chunk.ts';
import { MAX_DELTA_SPREAD, writeDeltas } from './delta-binary.ts';
import { writeIndexes } from './dictionary-indexes.ts';
import { halvesOf, longRange } from './long-range.ts';
import type { MemoryPool } from './memory-pool.ts';
import { appendCompressed, compressPage, ENCODINGS, pageHeader } from './page-codec.ts';
import { releaseTails, splitTails, type TailedTexts, type TailKind, TailWriter } from './text-tails.ts';

/** Rows of a page. Pages of all columns hold the same rows, so that a page's number is enough to find a row everywhere. */
export const PAGE_ROWS = 1_024;
/** A longer value is no help in a range of least and greatest. */
const MAX_RANGE_BYTES = 64;
/** Columns whose pages are all smaller are left as they are. */
const MIN_COMPRESSED_BYTES = 512;
/** What compression has to save of each page and altogether. */
const MIN_SAVED_PAGE_BYTES = 256;
const MIN_SAVED_PART = 0.1;
/** Decimals of more digits behind the point are kept as they are; whole numbers lie so close together that their differences are exact. */
const MAX_EXPONENT = 9;
const MAX_WHOLE = MAX_DELTA_SPREAD / 2;
const NO_BYTES = Buffer.alloc(0);
/** A UUID or less, and the number of a head. */
const LIKELY_TAIL_BYTES = 17;

interface RawPage {
  readonly content: Buffer;
  readonly values: number;
}

/** How the values are parted, the memory for the parts, and whether a form of our own will do. */
interface Layout {
  readonly ends: readonly number[];
  readonly memory: MemoryPool;
  readonly allowsTails: boolean;
  readonly behind: BigInt64Array | undefined;
}

/** Pages of a column before they are compressed. */
interface RawChunk {
  readonly encoding: ChunkEncoding;
  readonly dictionary?: { readonly content: Buffer; readonly distinct: number };
  readonly pages: readonly RawPage[];
  /** What the pages stand in. */
  readonly sink: ByteSink;
  readonly exponent?: number;
  readonly isBehind?: true;
  readonly tails?: TailKind;
  readonly range?: readonly [Buffer, Buffer];
}

export interface EncodeOptions {
  /** Where in the values each page ends; by default each page has `PAGE_ROWS`. */
  readonly ends?: readonly number[];
  /** Pages are compressed where that makes them smaller; else they stay as they are. */
  readonly compresses: boolean;
  /** What pages are made in before they are compressed. */
  readonly memory: MemoryPool;
  /** No footer names the column: other programs need not read it. */
  readonly isOurs?: boolean;
  /** Of a column of longs that is ours: values of another one that they lie near, row by row. */
  readonly behind?: BigInt64Array | undefined;
}

/** Encodes all values of a column of one row group, at least one, behind what the sink has: the row group up to there. */
export async function encodeColumn(
  sink: ByteSink,
  data: ColumnData,
  { ends = fullPages(data), compresses, memory, isOurs = false, behind }: EncodeOptions,
): Promise<ChunkIndex> {
  const at = sink.length;
  const raw = rawChunk(data, { ends, memory, allowsTails: isOurs && compresses, behind });
  const tried = compresses ? await tryCompression(raw) : undefined;
  const isCompressed = tried !== undefined;
  const add = async (kind: 'data' | 'dictionary', content: Buffer, count: number): Promise<PageIndex> => {
    if (count === 0) return [0, 0, 0];
    const compressed = tried && (tried.get(content) ?? (await compressPage(content)));
    const stored = (compressed ?? content).length;
    const encoding = ENCODINGS[raw.encoding];
    const header = pageHeader({ kind, rawBytes: content.length, storedBytes: stored, values: count, encoding });
    sink.append(header);
    if (compressed) appendCompressed(sink, compressed, content);
    else sink.append(content);
    return [header.length, stored, content.length];
  };
  const dictionary = raw.dictionary && (await add('dictionary', raw.dictionary.content, raw.dictionary.distinct));
  const pages: PageIndex[] = [];
  for (const page of raw.pages) pages.push(await add('data', page.content, page.values));
  raw.sink.release();
  return {
    at,
    bytes: sink.length - at,
    crc: crc32(sink.view().subarray(at)),
    encoding: raw.encoding,
    isCompressed,
    ...(raw.isBehind && { isBehind: raw.isBehind }),
    ...(raw.tails && { tails: raw.tails }),
    ...(raw.exponent !== undefined && { exponent: raw.exponent }),
    ...(raw.dictionary && dictionary && { dictionary, distinct: raw.dictionary.distinct }),
    pages,
    ...(raw.range && { range: [raw.range[0].toString('base64'), raw.range[1].toString('base64')] as const }),
  };
}

/**
 * The dictionary and the largest page compressed, where those say that it is worth the work of the writer and of every reader: packed numbers mostly do not
 * become smaller, and each small page costs some 50 µs all the same.
 */
async function tryCompression({ dictionary, pages }: RawChunk): Promise<ReadonlyMap<Buffer, Buffer> | undefined> {
  const tried = new Map<Buffer, Buffer>();
  const savedOf = async (content: Buffer): Promise<number> => {
    if (content.length < MIN_COMPRESSED_BYTES) return 0;
    const compressed = await compressPage(content);
    tried.set(content, compressed);
    return content.length - compressed.length;
  };
  const largest = pages.reduce<Buffer>((most, { content }) => (content.length > most.length ? content : most), NO_BYTES);
  const pageBytes = pages.reduce((sum, { content }) => sum + content.length, 0);
  const ofPages = ((await savedOf(largest)) * pageBytes) / Math.max(largest.length, 1);
  const ofDictionary = dictionary ? await savedOf(dictionary.content) : 0;
  const saved = ofPages + ofDictionary;
  const bytes = pageBytes + (dictionary?.content.length ?? 0);
  return saved >= pages.length * MIN_SAVED_PAGE_BYTES && saved > bytes * MIN_SAVED_PART ? tried : undefined;
}

function fullPages(data: ColumnData): number[] {
  const count = data.kind === 'texts' ? data.lengths.length : data.kind === 'dictionary' ? data.indexes.length : data.values.length;
  return Array.from({ length: Math.ceil(count / PAGE_ROWS) }, (_, page) => Math.min((page + 1) * PAGE_ROWS, count));
}

function rawChunk(data: ColumnData, layout: Layout): RawChunk {
  switch (data.kind) {
    case 'texts': {
      const tailed = layout.allowsTails ? splitTails(data.bytes, data.lengths, layout.memory) : undefined;
      return tailed ? tailChunk(tailed, data, layout) : textChunk(data.bytes, data.lengths, layout);
    }
    case 'dictionary':
      return textDictionary(data.entries, data.indexes, layout);
    case 'codes':
      return codeChunk(data.values, layout);
    case 'ints':
      return intChunk(data.values, layout);
    case 'longs':
      return longChunk(data.values, layout);
    case 'doubles':
      return doubleChunk(data.values, layout);
  }
}

/** All lengths of a page, then all texts: a text is found without looking at those before it. */
function textChunk(bytes: Buffer, lengths: Int32Array, layout: Layout): RawChunk {
  let at = 0;
  return {
    encoding: 'deltaLength',
    ...pagesOf(layout, bytes.length + lengths.length * 2, (sink, start, end) => {
      writeDeltas(sink, BigInt(lengths[start] ?? 0), lengths.subarray(start, end));
      let length = 0;
      for (let row = start; row < end; row += 1) length += lengths[row] ?? 0;
      sink.append(bytes.subarray(at, at + length));
      at += length;
    }),
  };
}

function tailChunk(texts: TailedTexts, data: { readonly bytes: Buffer; readonly lengths: Int32Array }, layout: Layout): RawChunk {
  const { kind, heads } = texts;
  const writer = new TailWriter(texts, data, layout.memory);
  const pages = pagesOf(layout, data.lengths.length * LIKELY_TAIL_BYTES, (sink, _, end) => writer.write(sink, end));
  writer.release();
  releaseTails(texts, layout.memory);
  return { encoding: 'tails', tails: kind, dictionary: dictionaryOf(heads), ...pages };
}

function textDictionary(texts: readonly string[], indexes: Int32Array, layout: Layout): RawChunk {
  const entries = texts.map((text) => Buffer.from(text));
  const range = entries.every((entry) => entry.length <= MAX_RANGE_BYTES) ? rangeOf(entries) : undefined;
  return dictionaryChunk({ indexes, layout }, dictionaryOf(entries), range);
}

function dictionaryOf(entries: readonly Buffer[]): { readonly content: Buffer; readonly distinct: number } {
  const sink = new ByteSink();
  for (const entry of entries) {
    sink.int32(entry.length);
    sink.append(entry);
  }
  return { content: Buffer.from(sink.view()), distinct: entries.length };
}

function codeChunk(values: Int32Array, layout: Layout): RawChunk {
  const numbers = new Map<number, number>();
  const indexes = new Int32Array(values.length);
  let last: number | undefined;
  let number = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? 0;
    if (value !== last) {
      number = numbers.get(value) ?? numbers.size;
      if (number === numbers.size) numbers.set(value, number);
      last = value;
    }
    indexes[row] = number;
  }
  const sink = new ByteSink();
  for (const value of numbers.keys()) sink.int32(value);
  const int32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };
  const sorted = [...numbers.keys()].sort((left, right) => left - right);
  const range = [int32(sorted[0] ?? 0), int32(sorted.at(-1) ?? 0)] as const;
  const chunk = dictionaryChunk({ indexes, layout }, { content: Buffer.from(sink.view()), distinct: numbers.size }, range);
  freeBytes(indexes);
  return chunk;
}

function intChunk(values: Int32Array, layout: Layout): RawChunk {
  return {
    encoding: 'delta',
    ...pagesOf(layout, values.length, (sink, start, end) => writeDeltas(sink, BigInt(values[start] ?? 0), values.subarray(start, end))),
  };
}

function longChunk(values: BigInt64Array, layout: Layout): RawChunk {
  const differences = layout.behind && differencesTo(layout.behind, values);
  if (differences) {
    const pages = pagesOf(layout, values.length, (sink, start, end) =>
      writeDeltas(sink, BigInt(differences[start] ?? 0), differences.subarray(start, end)),
    );
    freeBytes(differences);
    return { encoding: 'delta', isBehind: true, ...pages };
  }
  const { least, greatest } = longRange(values);
  const int64 = (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  };
  const range = [int64(least), int64(greatest)] as const;
  if (greatest - least >= BigInt(MAX_DELTA_SPREAD)) {
    return { encoding: 'plain', ...plainPages(values, layout), range };
  }
  const offsets = offsetsTo(values, least);
  const pages = pagesOf(layout, values.length * 2, (sink, start, end) =>
    writeDeltas(sink, values[start] ?? 0n, offsets.subarray(start, end)),
  );
  freeBytes(offsets);
  return { encoding: 'delta', ...pages, range };
}

function offsetsTo(values: BigInt64Array, base: bigint): Float64Array {
  const halves = halvesOf(values);
  const bases = halvesOf(BigInt64Array.of(base));
  const offsets = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) offsets[index] = differenceOf(halves, index, bases, 0);
  return offsets;
}

/** As `offsetsTo`, each to a base of its own; undefined where one is too far away. */
function differencesTo(base: BigInt64Array, values: BigInt64Array): Float64Array | undefined {
  const halves = halvesOf(values);
  const bases = halvesOf(base);
  const differences = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const difference = differenceOf(halves, index, bases, index);
    if (Math.abs(difference) >= MAX_WHOLE) {
      freeBytes(differences);
      return undefined;
    }
    differences[index] = difference;
  }
  return differences;
}

/** Through the halves of both numbers: a subtraction of bigints costs as much as all the rest of the encoding. */
function differenceOf(halves: Int32Array, index: number, bases: Int32Array, base: number): number {
  const low = ((halves[2 * index] ?? 0) >>> 0) - ((bases[2 * base] ?? 0) >>> 0);
  return ((halves[2 * index + 1] ?? 0) - (bases[2 * base + 1] ?? 0)) * 2 ** 32 + low;
}

/** Decimals as whole numbers where all of them are such; else the 64 bits of each. */
function doubleChunk(values: Float64Array, layout: Layout): RawChunk {
  const exponent = decimalExponent(values);
  if (exponent === undefined) {
    return { encoding: 'plain', ...plainPages(values, layout) };
  }
  const scale = 10 ** exponent;
  const wholes = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) wholes[index] = Math.round((values[index] ?? 0) * scale);
  const pages = pagesOf(layout, wholes.length * 2, (sink, start, end) =>
    writeDeltas(sink, BigInt(wholes[start] ?? 0), wholes.subarray(start, end)),
  );
  freeBytes(wholes);
  return { encoding: 'delta', exponent, ...pages };
}

/** The least power of ten that makes a whole number of each of them, from which a division gives the very same double again; undefined when none does. */
function decimalExponent(values: Float64Array): number | undefined {
  let exponent = 0;
  let scale = 1;
  // A round with each scale: one of the first may be beyond what its later scale allows.
  for (let index = 0; index < values.length; index += 1) {
    if (isDecimal(values[index] ?? 0, scale)) continue;
    exponent += 1;
    if (exponent > MAX_EXPONENT) return undefined;
    scale = 10 ** exponent;
    index = -1;
  }
  return exponent;
}

function isDecimal(value: number, scale: number): boolean {
  const whole = Math.round(value * scale);
  return Math.abs(whole) < MAX_WHOLE && whole / scale === value && !Object.is(value, -0);
}

function dictionaryChunk(
  { indexes, layout }: { readonly indexes: Int32Array; readonly layout: Layout },
  dictionary: { readonly content: Buffer; readonly distinct: number },
  range: readonly [Buffer, Buffer] | undefined,
): RawChunk {
  return {
    encoding: 'dictionary',
    dictionary,
    ...pagesOf(layout, indexes.length, (sink, start, end) => writeIndexes(sink, indexes.subarray(start, end), dictionary.distinct)),
    ...(range && { range }),
  };
}

/** All pages go into one memory, of about so many bytes: one for each would be thousands a second. */
function pagesOf(
  { ends, memory }: Layout,
  likelyBytes: number,
  write: (sink: ByteSink, start: number, end: number) => void,
): Pick<RawChunk, 'pages' | 'sink'> {
  const sink = new ByteSink({ likelyBytes, memory });
  let start = 0;
  const pages = ends.map((end) => {
    const values = end - start;
    if (values > 0) write(sink, start, end);
    start = end;
    return { values, end: sink.length };
  });
  const bytes = sink.view();
  return { sink, pages: pages.map(({ values, end }, page) => ({ values, content: bytes.subarray(pages[page - 1]?.end ?? 0, end) })) };
}

function plainPages(values: BigInt64Array | Float64Array, layout: Layout) {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return pagesOf(layout, bytes.length, (sink, start, end) => sink.append(bytes.subarray(start * 8, end * 8)));
}

function rangeOf(entries: readonly Buffer[]): [Buffer, Buffer] | undefined {
  const [first] = entries;
  if (!first) return undefined;
  let least = first;
  let greatest = first;
  for (const entry of entries) {
    if (Buffer.compare(entry, least) < 0) least = entry;
    if (Buffer.compare(entry, greatest) > 0) greatest = entry;
  }
  return [least, greatest];
}
