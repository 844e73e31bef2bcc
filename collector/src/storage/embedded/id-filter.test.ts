import { describe, expect, it } from 'vitest';
import { IdFilter } from './id-filter.ts';
import { hashNumber, hashRecord } from './record-hash.ts';

describe('IdFilter', () => {
  it('knows every id it was given, and hardly any other', () => {
    const filter = new IdFilter();
    for (let index = 0; index < 200_000; index += 1) filter.add(hashRecord('default', `id-${index}`));
    let unknown = 0;
    let taken = 0;
    for (let index = 0; index < 200_000; index += 1) {
      if (!filter.mayHave(hashRecord('default', `id-${index}`))) unknown += 1;
      if (filter.mayHave(hashRecord('default', `other-${index}`))) taken += 1;
    }
    expect(unknown).toBe(0);
    expect(taken).toBeLessThan(20);
  });

  it('knows none at first', () => {
    expect(new IdFilter().mayHave(hashRecord('default', 'a'))).toBe(false);
  });
});

describe('hashRecord', () => {
  it('is what it always was: it is on disk', () => {
    expect(hashNumber(hashRecord('default', 'a-1'))).toMatchInlineSnapshot(`6414049655929722701n`);
  });

  it('has no two equal among many ids that differ little', () => {
    const hashes = new Set<bigint>();
    for (let index = 0; index < 100_000; index += 1) hashes.add(hashNumber(hashRecord('default', `7c9e6679-${index}`)));
    for (let index = 0; index < 100_000; index += 1) hashes.add(hashNumber(hashRecord('other', `7c9e6679-${index}`)));
    expect(hashes.size).toBe(200_000);
  });

  it('fits an unsigned 64-bit integer', () => {
    for (const id of ['', 'a', '주문', 'x'.repeat(10_000)])
      expect(BigInt.asUintN(64, hashNumber(hashRecord('t', id)))).toBe(hashNumber(hashRecord('t', id)));
  });
});
