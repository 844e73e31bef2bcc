import { expect, it } from 'vitest';
import { BodyBytes } from './body-bytes.ts';

function bodyOf(pieces: readonly Buffer[]): BodyBytes {
  const body = new BodyBytes();
  for (const piece of pieces) body.add(piece);
  return body;
}

/** Pieces of these lengths, with bytes that tell where they belong. */
function piecesOf(lengths: readonly number[]): Buffer[] {
  let next = 0;
  return lengths.map((length) => Buffer.from(Array.from({ length }, () => next++ % 251)));
}

it.each([
  ['none', []],
  ['one', [10]],
  ['some small ones', [1, 0, 3]],
  ['more small ones than are kept as they come', Array.from({ length: 200 }, (_, index) => index % 7)],
  ['small ones beyond a block', Array.from({ length: 70 }, () => 4_000)],
  ['small ones between large ones', Array.from({ length: 100 }, (_, index) => (index % 10 === 9 ? 5_000 : 30))],
])('gives the bytes of all pieces in order: %s', (_caption, lengths) => {
  const pieces = piecesOf(lengths);
  const expected = Buffer.concat(pieces);
  const body = bodyOf(pieces);
  expect(body.length).toBe(expected.length);
  expect(body.take().equals(expected)).toBe(true);
});

it('holds about as many bytes as come, also when they come one by one', () => {
  const before = process.memoryUsage.rss();
  const body = new BodyBytes();
  for (let index = 0; index < 2_000_000; index += 1) body.add(Buffer.alloc(1, index));
  // As pieces of one byte each they would be some hundred megabytes.
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
  const bytes = body.take();
  expect([bytes.length, bytes[0], bytes[1_999_999]]).toEqual([2_000_000, 0, 1_999_999 % 256]);
});

it('holds about as many bytes as come, also where small pieces stand between larger ones', () => {
  const before = process.memoryUsage().arrayBuffers;
  const body = new BodyBytes();
  for (let index = 0; index < 5_000; index += 1) {
    body.add(Buffer.alloc(1, index));
    body.add(Buffer.alloc(4_096, index));
  }
  // 20 MB; a block for each small one would be 300 MB more.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 1024 * 1024);
  const bytes = body.take();
  expect([bytes.length, bytes[4_097], bytes.at(-1)]).toEqual([5_000 * 4_097, 1, 4_999 % 256]);
});
