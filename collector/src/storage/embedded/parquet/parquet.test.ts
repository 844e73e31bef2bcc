import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink, ByteSource } from './byte-sink.ts';
import { createColumnBuffer, DoubleBuffer } from './column-buffer.ts';
import type { ChunkIndex, ColumnSpec, ColumnType, ColumnValue } from './column-chunk.ts';
import { longAt, readDoublePage, readLongPage, readTextPage, sumOf, textAt } from './decode-column.ts';
import { readDeltas, writeDeltas } from './delta-binary.ts';
import { readIndexes, writeIndexes } from './dictionary-indexes.ts';
import { encodeColumn, PAGE_ROWS } from './encode-column.ts';
import { fileFooter, MAGIC, type RowGroupIndex } from './file-footer.ts';
import { MemoryPool } from './memory-pool.ts';
import { decompressPage } from './page-codec.ts';

const SPECS: readonly ColumnSpec[] = [
  { name: 'few', type: 'text' },
  { name: 'many', type: 'text' },
  { name: 'level', type: 'code' },
  { name: 'place', type: 'int' },
  { name: 'time', type: 'long' },
  { name: 'wild', type: 'long' },
];

/** One for all columns of all tests: each is made in what another left. */
const memory = new MemoryPool();

/** In two goes, as calls come in. */
async function encodeValues(sink: ByteSink, type: ColumnType, values: readonly ColumnValue[]): ReturnType<typeof encodeColumn> {
  const buffer = createColumnBuffer(type, memory);
  const middle = Math.floor(values.length / 3);
  buffer.append(values, 0, middle);
  buffer.append(values, middle, values.length);
  const encoded = await encodeColumn(sink, buffer.data(), { compresses: true, memory });
  buffer.release();
  return encoded;
}

/** Of a column without a dictionary. */
function contentOf(sink: ByteSink, { at, pages, isCompressed }: ChunkIndex, number: number): Buffer {
  const before = pages.slice(0, number).reduce((sum, [header, stored]) => sum + header + stored, at);
  const [header, stored, raw] = pages[number] ?? [0, 0, 0];
  const content = sink.view().subarray(before + header, before + header + stored);
  return isCompressed ? decompressPage(content, raw) : content;
}

async function encodedTimes(times: readonly bigint[]) {
  const sink = new ByteSink();
  const index = await encodeValues(sink, 'long', times);
  return { index, content: contentOf(sink, index, 0) };
}

function plainBytes(values: BigInt64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

async function writeParquet(path: string, groups: readonly (readonly (readonly ColumnValue[])[])[]): Promise<void> {
  const parts: Buffer[] = [MAGIC];
  const indexes: RowGroupIndex[] = [];
  let at = MAGIC.length;
  for (const group of groups) {
    const sink = new ByteSink();
    const chunks = [];
    for (const [number, spec] of SPECS.entries()) chunks.push(await encodeValues(sink, spec.type, group[number] ?? []));
    indexes.push({ at, rows: group[0]?.length ?? 0, chunks });
    parts.push(sink.view());
    at += sink.length;
  }
  await writeFile(path, Buffer.concat([...parts, fileFooter(SPECS, indexes)]));
}

describe('doubles', () => {
  const decimal = fc
    .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.constantFrom(1, 10, 100, 10_000))
    .map(([whole, scale]) => whole / scale);
  const any = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
  const values = fc.oneof(
    fc.array(decimal, { minLength: 1 }),
    fc.array(any, { minLength: 1 }),
    fc.array(fc.oneof(decimal, any), { minLength: 1 }),
  );

  async function expectBack(doubles: readonly number[], ends: readonly number[]): Promise<number | undefined> {
    const buffer = new DoubleBuffer(memory);
    for (const value of doubles) buffer.add(value);
    const sink = new ByteSink();
    const index = await encodeColumn(sink, buffer.data(), { ends, compresses: true, memory });
    buffer.release();
    const file = sink.view();
    let at = 0;
    let start = 0;
    for (const [page, [header, stored, raw]] of index.pages.entries()) {
      const end = ends[page] ?? 0;
      const content = file.subarray(at + header, at + header + stored);
      const read =
        end > start ? readDoublePage(index.isCompressed ? decompressPage(content, raw) : content, index.exponent, end - start) : [];
      expect([...read]).toEqual(doubles.slice(start, end));
      at += header + stored;
      start = end;
    }
    return index.exponent;
  }

  it('come back bit by bit, whatever they are, in pages of any length', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.array(fc.nat(), { maxLength: 3 }), async (doubles, places) => {
        const cuts = places.map((place) => place % (doubles.length + 1)).sort((left, right) => left - right);
        await expectBack(doubles, [...cuts, doubles.length]);
      }),
    );
  });

  it('are whole numbers and a power of ten where all of them are such', async () => {
    expect(await expectBack([1, 2.5, 1_000_000.25], [3])).toBe(2);
    expect(await expectBack([0.1, 0.2, 0.3], [3])).toBe(1);
    expect(await expectBack([0.1 + 0.2, 0.5], [2])).toBeUndefined();
    expect(await expectBack([1e300, 0.5], [2])).toBeUndefined();
  });
});

describe('bits, deltas and indexes', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 53 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))),
        (runs) => {
          const sink = new ByteSink();
          const values = runs.map(([width, share]) => [width, Math.floor(share * 2 ** width)] as const);
          for (const [width, value] of values) sink.bits(value, width);
          sink.endBits();
          const source = new ByteSource(Buffer.from(sink.view()));
          for (const [width, value] of values) expect(source.bits(width)).toBe(value);
        },
      ),
    );
  });

  it('deltas come back, of any length and spread that is allowed', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        fc.array(fc.integer({ min: 0, max: 2 ** 51 - 1 }), { minLength: 1, maxLength: 400 }),
        (first, raw) => {
          const sink = new ByteSink();
          writeDeltas(sink, first, Float64Array.from(raw));
          sink.append(Buffer.from('end'));
          const read = readDeltas(Buffer.from(sink.view()));
          expect(read.first).toBe(first);
          expect([...read.offsets]).toEqual(raw.map((value) => value - (raw[0] ?? 0)));
          expect(sink.view().toString('latin1', read.end)).toBe('end');
        },
      ),
    );
  });

  it('indexes come back, in runs and not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70_000 }),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 60 })), { minLength: 1 }),
        (distinct, runs) => {
          const indexes = Int32Array.from(runs.flatMap(([value, length]) => Array.from({ length }, () => value % distinct)));
          const sink = new ByteSink();
          writeIndexes(sink, indexes, distinct);
          expect(readIndexes(Buffer.from(sink.view()), indexes.length)).toEqual(indexes);
        },
      ),
    );
  });
});

describe('compression of a column', () => {
  const shopText = (number: number): string => `${'shop '.repeat(200)}${number}`;

  it('is left where only its dictionary would become smaller, for small pages that are dear to make and to read', async () => {
    const sink = new ByteSink();
    const rows = Array.from({ length: 8 * PAGE_ROWS }, () => shopText(1));
    const { encoding, isCompressed, pages } = await encodeValues(sink, 'text', rows);
    expect({ encoding, isCompressed, pages: pages.length }).toEqual({ encoding: 'dictionary', isCompressed: false, pages: 8 });
  });

  it('is done where the dictionary alone is worth it, and where the pages are', async () => {
    const dictionary = await encodeValues(
      new ByteSink(),
      'text',
      Array.from({ length: 2 * PAGE_ROWS }, (_, row) => shopText(row % 16)),
    );
    expect([dictionary.encoding, dictionary.isCompressed]).toEqual(['dictionary', true]);
    const texts = await encodeValues(
      new ByteSink(),
      'text',
      Array.from({ length: 2 * PAGE_ROWS }, (_, row) => `order ${row} of ${row * 7} was paid`),
    );
    expect([texts.encoding, texts.isCompressed]).toEqual(['deltaLength', true]);
  });
});

describe('a file of ours', () => {
  it('is read by DuckDB, every value and with its ranges', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'threadline-parquet-'));
    const path = join(directory, 'a.parquet');
    const group = (rows: number, seed: number): (readonly ColumnValue[])[] => [
      Array.from({ length: rows }, (_, row) => ['GET', 'PUT', '주문', ''][(row * seed) % 4] ?? ''),
      Array.from({ length: rows }, (_, row) => `text ${seed} ${row * 7_919} ${row % 100 === 0 ? '서울 \u{1f680}' : ''}`),
      Array.from({ length: rows }, (_, row) => (row % 7) - 1),
      Array.from({ length: rows }, (_, row) => (row % 500) - 1),
      Array.from({ length: rows }, (_, row) => 1_795_168_800_000_000_000n + BigInt(row * 1_000_003) - BigInt((row % 3) * 5_000_000_000)),
      Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? -(2n ** 63n) : 2n ** 63n - 1n)),
    ];
    const groups = [group(PAGE_ROWS * 2 + 17, 3), group(1, 5), group(PAGE_ROWS, 7)];
    await writeParquet(path, groups);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = await (await connection.run(`SELECT * FROM read_parquet('${path}')`)).getRows();
    const expected = groups.flatMap((columns) => (columns[0] ?? []).map((_, row) => columns.map((column) => column[row])));
    expect(rows).toEqual(expected);
    const least = await (
      await connection.run(`SELECT min(stats_min_value) FROM parquet_metadata('${path}') WHERE path_in_schema = 'level'`)
    ).getRows();
    expect(least).toEqual([['-1']]);
    connection.closeSync();
    instance.closeSync();
    await rm(directory, { recursive: true });
  });

  it('has pages that give their rows back', async () => {
    const texts = Array.from({ length: 5_000 }, (_, row) => `${row} ${'é'.repeat(row % 9)}`);
    const sink = new ByteSink();
    const index = await encodeValues(sink, 'text', texts);
    expect(textAt(readTextPage(contentOf(sink, index, 1)), 903)).toBe(texts[PAGE_ROWS + 903]);
    const times = Array.from({ length: 300 }, (_, row) => BigInt(row) * 10n ** 15n);
    const long = await encodeValues(sink, 'long', times);
    expect(long.at).toBe(index.bytes);
    expect(longAt(readLongPage(contentOf(sink, long, 0), long.encoding, 300), 299)).toBe(times[299]);
    expect(long.encoding).toBe('plain');
    expect(index.encoding).toBe('deltaLength');
  });

  it('has times that lie behind others as how far they do, where none is too far away', async () => {
    const near = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 15n });
    const far = fc.constantFrom(-(2n ** 62n), 2n ** 62n, 2n ** 50n, -(2n ** 50n), 2n ** 50n - 1n, 1n - 2n ** 50n);
    const pair = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.oneof({ weight: 50, arbitrary: near }, { weight: 1, arbitrary: far }));
    let behind = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 40 }), async (pairs) => {
        const base = BigInt64Array.from(pairs, ([time]) => time);
        const values = BigInt64Array.from(pairs, ([time, difference]) => time + difference);
        const sink = new ByteSink();
        const index = await encodeColumn(sink, { kind: 'longs', values }, { compresses: true, memory, isOurs: true, behind: base });
        const read = readLongPage(contentOf(sink, index, 0), index.encoding, pairs.length);
        if (index.isBehind) behind += 1;
        const back = index.isBehind ? sumOf(readLongPage(plainBytes(base), 'plain', pairs.length), read, pairs.length) : read;
        expect(pairs.map((_, row) => longAt(back, row))).toEqual([...values]);
      }),
    );
    expect(behind).toBeGreaterThan(10);
    const nearTimes = await encodedTimes([10n ** 18n, 10n ** 18n + 7n]);
    const differences = readLongPage(nearTimes.content, nearTimes.index.encoding, 2);
    const sums = sumOf(differences, { base: 5n, offsets: Float64Array.of(0, 2) }, 2);
    expect([longAt(sums, 0), longAt(sums, 1)]).toEqual([10n ** 18n + 5n, 10n ** 18n + 14n]);
  });

  it('has a part of other bytes behind its own, a short one and one that is longer than the sink', () => {
    const source = Buffer.from(Array.from({ length: 9_000 }, (_, at) => at % 251));
    const sink = new ByteSink();
    sink.byte(7);
    sink.appendPart(source, 5, 5);
    sink.appendPart(source, 3, 40);
    sink.appendPart(source, 40, 8_990);
    expect(Buffer.compare(sink.view(), Buffer.concat([Buffer.of(7), source.subarray(3, 8_990)]))).toBe(0);
  });
});
