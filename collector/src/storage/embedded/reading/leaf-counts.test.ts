import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLeaves, escapeText } from '../leaf-text.ts';
import { ValueCounter } from './distinct-values.ts';
import { LeafKeys } from './leaf-keys.ts';

type Row = readonly (readonly [key: string, value: string])[];

const row: fc.Arbitrary<Row> = fc.array(fc.tuple(fc.constantFrom('a', 'ab', 'a.b', '키', 'x\u001ey', ''), fc.string({ maxLength: 4 })), {
  maxLength: 5,
});

function leavesOf(entries: Row): Buffer {
  return Buffer.from(encodeLeaves(entries.map(([key, value]) => ({ key, value: { type: 'string', value } }))));
}

function whole(bytes: Buffer) {
  return { start: 0, end: bytes.length, count: 1 };
}

/** The values of the leaves that stand one behind the other in a text whose keys are all `k`. */
function count(counter: ValueCounter, values: readonly string[]): void {
  const bytes = leavesOf(values.map((value) => ['k', value]));
  const start = Buffer.from('\u001ek\u001f');
  counter.beginText();
  for (let at = bytes.indexOf(start); at !== -1; ) at = bytes.indexOf(start, counter.add(bytes, at + start.length, 1));
}

describe('LeafKeys', () => {
  it('counts the rows that have each key, whatever stands before or behind it', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const keys = new LeafKeys();
        const expected = new Map<string, number>();
        for (const entries of rows) {
          const bytes = leavesOf(entries);
          keys.add(bytes, whole(bytes));
          for (const key of new Set(entries.map(([name]) => name))) expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        expect(new Map(keys.counts().map((entry) => [entry.key, entry.count]))).toEqual(expected);
      }),
    );
  });

  it('keeps no more than ten thousand keys and says so', () => {
    const keys = new LeafKeys();
    for (let index = 0; index <= 10_000; index += 1) {
      const bytes = leavesOf([[`key ${index}`, 'v']]);
      keys.add(bytes, whole(bytes));
      if (index === 9_999) expect(keys.isFull).toBe(false);
    }
    const last = leavesOf([
      ['key 3', 'v'],
      ['one more', 'v'],
      ['key 4', 'v'],
    ]);
    keys.add(last, whole(last));
    expect(keys.isFull).toBe(true);
    expect(keys.counts()).toHaveLength(10_000);
    expect(keys.counts()).toContainEqual({ key: 'key 4', count: 2, hasNumbers: false });
  });

  it('keeps no key that is too long for any list, counts what stands behind it and says so', () => {
    const keys = new LeafKeys();
    const longest = leavesOf([['주'.repeat(512), 'v']]);
    keys.add(longest, whole(longest));
    expect(keys.isFull).toBe(false);
    const tooLong = leavesOf([
      ['k'.repeat(1_537), 'v'],
      ['short', 'v'],
    ]);
    keys.add(tooLong, whole(tooLong));
    expect(keys.isFull).toBe(true);
    expect(keys.counts().map(({ key }) => key.length)).toEqual([512, 5]);
  });
});

describe('ValueCounter', () => {
  it('counts each value once a row, of those that start with the prefix', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\u001e', '\u001d', '주'), maxLength: 3 }), { maxLength: 4 })),
        fc.string({ unit: fc.constantFrom('a', '\u001e', '\u001d', '주'), maxLength: 2 }),
        (rows, prefix) => {
          const counter = new ValueCounter(escapeText(prefix));
          const expected = new Map<string, number>();
          for (const values of rows) {
            count(counter, values);
            for (const value of new Set(values)) if (value.startsWith(prefix)) expected.set(value, (expected.get(value) ?? 0) + 1);
          }
          const { values, ...rest } = counter.result(200_000);
          expect(new Map(values.map((entry) => [entry.value, entry.count]))).toEqual(expected);
          expect(rest).toEqual({ otherCount: 0, isCapped: false });
        },
      ),
    );
  });

  it('counts the texts of a page, of the rows of a mask that start with the prefix', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b', '\u001e', '\u001d', '주'), maxLength: 9 }), fc.boolean())),
        fc.string({ unit: fc.constantFrom('a', '\u001e', '\u001d', '주'), maxLength: 2 }),
        (rows, prefix) => {
          const counter = new ValueCounter(escapeText(prefix));
          const texts = rows.map(([text]) => Buffer.from(text));
          const starts = Int32Array.from([0, ...texts].keys(), (row) => texts.slice(0, row).reduce((sum, { length }) => sum + length, 0));
          const mask = Uint8Array.from(rows, ([, isMeant]) => (isMeant ? 1 : 0));
          counter.addTexts({ bytes: Buffer.concat(texts), starts }, mask, 's');
          const expected = new Map<string, number>();
          for (const [text, isMeant] of rows) if (isMeant && text.startsWith(prefix)) expected.set(text, (expected.get(text) ?? 0) + 1);
          const { values, ...rest } = counter.result(200_000);
          expect(new Map(values.map((entry) => [entry.value, entry.count]))).toEqual(expected);
          expect(rest).toEqual({ otherCount: 0, isCapped: false });
        },
      ),
    );
  });

  it('counts the numbers of a page, whole ones and others, of the rows of a mask that start with the prefix', () => {
    const doubles = fc.oneof(fc.constantFrom(0, -0, 1, 12, 0.5, -1, 1e21), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(doubles, fc.oneof(fc.integer({ min: -20, max: 20 }), fc.nat(2 ** 40)), fc.boolean()), { maxLength: 50 }),
        fc.integer({ min: -5, max: 2 ** 51 }),
        fc.constantFrom('', '1', '-', '12', '0.', 'x'),
        (rows, base, prefix) => {
          const counter = new ValueCounter(escapeText(prefix));
          const mask = Uint8Array.from(rows, ([, , isMeant]) => (isMeant ? 1 : 0));
          const offsets = Float64Array.from(rows, ([, offset]) => offset);
          counter.addDoubles(
            Float64Array.from(rows, ([double]) => double),
            mask,
          );
          // Twice: what the first page left behind would be in the second.
          for (let page = 0; page < 2; page += 1) counter.addInts({ base, offsets }, mask);
          const expected = new Map<string, number>();
          for (const [double, offset, isMeant] of rows)
            for (const text of [double, base + offset, base + offset].map(String))
              if (isMeant && text.startsWith(prefix)) expected.set(text, (expected.get(text) ?? 0) + 1);
          const { values, ...rest } = counter.result(200_000);
          expect(new Map(values.map((entry) => [entry.value, entry.count]))).toEqual(expected);
          expect(rest).toEqual({ otherCount: 0, isCapped: false });
          const { values: first, otherCount } = counter.result(3);
          const most = [...expected].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 3);
          expect(first.map(({ count: times }) => times)).toEqual(most.map(([, times]) => times));
          const all = [...expected.values()].reduce((sum, times) => sum + times, 0);
          expect(otherCount).toBe(all - most.reduce((sum, [, times]) => sum + times, 0));
        },
      ),
    );
  });

  it('keeps a hundred thousand numbers apart, counts the others together and says so', () => {
    const counter = new ValueCounter('');
    for (let page = 0; page < 101; page += 1) {
      const doubles = Float64Array.from({ length: 1_000 }, (_, row) => (page * 1_000 + row) / 8);
      counter.addDoubles(doubles, new Uint8Array(1_000).fill(1));
    }
    counter.addInts({ base: 7, offsets: Float64Array.from([0, 2 ** 40]) }, Uint8Array.from([1, 1]));
    const { values, otherCount, isCapped } = counter.result(200_000);
    expect(values).toHaveLength(100_000);
    expect(values[0]).toEqual({ value: '7', count: 2 });
    expect([otherCount, isCapped]).toEqual([1_001, true]);
  });

  it('keeps the numbers apart that start with the prefix, though all together are more than have room', () => {
    const counter = new ValueCounter('99');
    for (let page = 0; page < 150; page += 1) {
      const doubles = Float64Array.from({ length: 1_000 }, (_, row) => page * 1_000 + row + 0.5);
      counter.addDoubles(doubles, new Uint8Array(1_000).fill(1));
    }
    const { values, ...rest } = counter.result(200_000);
    const expected = Array.from({ length: 150_000 }, (_, number) => `${number + 0.5}`).filter((text) => text.startsWith('99'));
    expect(values.map(({ value }) => value).toSorted()).toEqual(expected.toSorted());
    expect(rest).toEqual({ otherCount: 0, isCapped: false });
  });

  it('keeps a hundred thousand values apart, counts the others together and says so', () => {
    const counter = new ValueCounter('');
    for (let index = 0; index < 100_010; index += 1) count(counter, [`value ${index}`]);
    for (let times = 0; times < 5; times += 1) count(counter, ['value 7', 'value 100005']);
    const { values, otherCount, isCapped } = counter.result(200_000);
    expect(values).toHaveLength(100_000);
    expect(values).toContainEqual({ value: 'value 7', count: 6 });
    expect([otherCount, isCapped]).toEqual([15, true]);
  });
});
