import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink } from './byte-sink.ts';
import { TextBuffer } from './column-buffer.ts';
import { readByteDictionary, readTextPage, textAt } from './decode-column.ts';
import { encodeColumn } from './encode-column.ts';
import { MemoryPool } from './memory-pool.ts';
import { decompressPage } from './page-codec.ts';
import { readTailPage, type TailKind } from './text-tails.ts';

const memory = new MemoryPool();

/** What comes back, page by page, and what the texts were found to end in. */
async function roundTrip(
  texts: readonly string[],
  ends: readonly number[],
  isOurs = true,
): Promise<{ readonly back: string[]; readonly tails: TailKind | undefined; readonly bytes: number }> {
  const buffer = new TextBuffer(memory);
  buffer.append(texts, 0, texts.length);
  const sink = new ByteSink();
  const index = await encodeColumn(sink, buffer.data(), { ends, compresses: true, memory, isOurs });
  buffer.release();
  const file = sink.view();
  const contents: Buffer[] = [];
  let at = index.at;
  for (const [header, stored, raw] of index.dictionary ? [index.dictionary, ...index.pages] : index.pages) {
    const content = file.subarray(at + header, at + header + stored);
    contents.push(index.isCompressed && stored > 0 ? decompressPage(content, raw) : content);
    at += header + stored;
  }
  if (index.encoding === 'dictionary') return { back: [...texts], tails: index.tails, bytes: index.bytes };
  const heads = index.tails && readByteDictionary(contents.shift() ?? Buffer.alloc(0), index.distinct ?? 0);
  const back = contents.flatMap((content, page) => {
    const rows = (ends[page] ?? 0) - (ends[page - 1] ?? 0);
    if (rows === 0) return [];
    const read = index.tails && heads ? readTailPage(content, rows, { kind: index.tails, heads }) : readTextPage(content);
    return Array.from({ length: rows }, (_, row) => textAt(read, row));
  });
  return { back, tails: index.tails, bytes: index.bytes };
}

const numbered = (count: number, text: (number: number) => string): string[] => Array.from({ length: count }, (_, number) => text(number));
const uuidOf = (number: number): string => {
  const hex = (number * 2_654_435_761 + 12_345).toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

describe('texts of heads and tails', () => {
  const head = fc.constantFrom('', '/orders/', 'user-', 'é-', '0', '00', '주문 ');
  const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 7, 10, 999_999_999_999_999)).map(String);
  const tail = fc.oneof({ weight: 30, arbitrary: number }, { weight: 1, arbitrary: fc.constantFrom('00', '007', '12345678901234567890') });
  const uuid = fc.oneof({ weight: 60, arbitrary: fc.uuid() }, { weight: 1, arbitrary: fc.uuid().map((text) => text.toUpperCase()) });
  const other = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
  const rowOf = (end: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 30, arbitrary: fc.tuple(head, end).map(([first, last]) => first + last) }, { weight: 1, arbitrary: other });

  it.each([
    ['numbers', rowOf(tail)],
    ['UUIDs', rowOf(uuid)],
  ])('come back as they were, in pages of any length: %s', async (_, row) => {
    let tailed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 300, maxLength: 700 }), fc.array(fc.nat(), { maxLength: 3 }), async (texts, places) => {
        const ends = [...places.map((place) => place % (texts.length + 1)), texts.length].sort((left, right) => left - right);
        const { back, tails } = await roundTrip(texts, ends);
        if (tails) tailed += 1;
        expect(back).toEqual(texts);
      }),
      { numRuns: 60 },
    );
    expect(tailed).toBeGreaterThan(5);
  });

  it.each<[string, TailKind | undefined, (number: number) => string]>([
    ['numbers behind a few heads', 'number', (at) => `/api/${at % 7}/items/${at * 31}`],
    ['bare numbers', 'number', (at) => String(at)],
    ['numbers filled up with zeros', 'number', (at) => `A${String(at).padStart(9, '0')}`],
    ['bare UUIDs', 'uuid', uuidOf],
    ['UUIDs behind a head', 'uuid', (at) => `order-${uuidOf(at)}`],
    ['one of twenty without a number', 'number', (at) => (at % 20 === 19 ? 'unknown' : `u${at}`)],
    ['one of three without a number', undefined, (at) => (at % 3 === 2 ? `unknown ${at} x` : `u${at}`)],
    ['as many heads as texts', undefined, (at) => `${uuidOf(at)}/1`],
    ['UUIDs in upper case', undefined, (at) => `${uuidOf(at).toUpperCase()}A`],
    ['words', undefined, (at) => `${at} bottles`],
  ])('are told by their form: %s', async (_, kind, text) => {
    const texts = numbered(2_000, text);
    const { back, tails } = await roundTrip(texts, [1_024, 2_000]);
    expect(tails).toBe(kind);
    expect(back).toEqual(texts);
  });

  it('take less than the compressed texts', async () => {
    const random = (at: number): number => (at * 7_919 + 13) % 99_991;
    for (const text of [(at: number) => `/api/v1/orders/${at % 20}/items/${random(at)}`, (at: number) => `u${random(at)}`]) {
      const texts = numbered(4_096, text);
      const ends = [1_024, 2_048, 3_072, 4_096];
      expect((await roundTrip(texts, ends)).bytes).toBeLessThan((await roundTrip(texts, ends, false)).bytes * 0.8);
    }
  });

  it('are in no column that other programs read', async () => {
    expect((await roundTrip(numbered(2_000, uuidOf), [1_024, 2_000], false)).tails).toBeUndefined();
  });
});
