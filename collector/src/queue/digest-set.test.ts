import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { DigestSet } from './digest-set.ts';

const digestOf = (number: number): Uint8Array => createHash('sha256').update(String(number)).digest();

it('has exactly what was added, as it grows', () => {
  const set = new DigestSet();
  for (let number = 0; number < 20_000; number += 1) {
    expect(set.add(digestOf(number))).toBe(true);
    if (number % 100 === 0) expect(set.add(digestOf(number))).toBe(false);
  }
  expect(set.size).toBe(20_000);
  for (let number = 0; number < 20_000; number += 1) expect(set.has(digestOf(number))).toBe(true);
  for (let number = 20_000; number < 40_000; number += 1) expect(set.has(digestOf(number))).toBe(false);
});

it('has a digest that begins with zeros', () => {
  const set = new DigestSet();
  expect(set.add(new Uint8Array(32))).toBe(true);
  expect(set.has(new Uint8Array(32))).toBe(true);
});
