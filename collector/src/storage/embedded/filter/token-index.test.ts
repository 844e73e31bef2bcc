import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderTokens } from './ordered-tokens.ts';
import { wordToken } from './token-hash.ts';
import { type CopiedTokens, type NewTokens, type TokenIndex, type TokenSource, writeTokenIndex } from './token-index.ts';
import { TokenLookup } from './token-lookup.ts';

/** Words page by page. */
type Words = readonly (readonly string[])[];

const hashes = (words: readonly string[]): Uint32Array =>
  Uint32Array.from(words.flatMap((word) => [wordToken(word).high, wordToken(word).low]));
const newTokens = (group: number, words: Words, isSmall = false): NewTokens => ({ group, tokens: orderTokens(words.map(hashes)), isSmall });

interface Written {
  readonly index: TokenIndex;
  readonly bytes: Buffer;
}

/** It begins somewhere in a file. */
const AT = 77;

async function write(copied: readonly CopiedTokens[], fresh: readonly NewTokens[]): Promise<Written> {
  const parts: Buffer[] = [Buffer.alloc(AT)];
  const index = await writeTokenIndex(AT, copied, fresh, async (bytes) => void parts.push(Buffer.from(bytes)));
  if (!index) throw new Error('nothing was written');
  return { index, bytes: Buffer.concat(parts) };
}

function sourceOf({ index, bytes }: Written): TokenSource {
  const read = (at: number, length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('it is too short');
    return bytes.subarray(at, at + length);
  };
  return { index, read, damaged: () => new Error('it is damaged') };
}

function lookupOf(written: Written, groupCount: number, onDamage = (): void => expect.fail('damaged')): TokenLookup {
  return new TokenLookup(sourceOf(written), { groupCount, onDamage });
}

const manyWords = (name: string, count: number, pages: number): string[][] =>
  Array.from({ length: pages }, (_, page) => Array.from({ length: count / pages }, (_unused, index) => `${name} ${page} ${index}`));

function expectAll(lookup: TokenLookup, groups: readonly Words[]): void {
  for (const [group, pages] of groups.entries())
    for (const [page, words] of pages.entries())
      expect(words.filter((word) => ((lookup.pagesOf(wordToken(word))[group] ?? 0) & (1 << page)) === 0)).toEqual([]);
}

/** How many row groups are taken for ones that have a token which none has. */
function takenFor(lookup: TokenLookup, asked: number): number {
  let taken = 0;
  for (let index = 0; index < asked; index += 1)
    for (const pages of lookup.pagesOf(wordToken(`unknown ${index}`))) if (pages !== 0) taken += 1;
  return taken;
}

const PAGES = fc.array(fc.array(fc.string(), { maxLength: 40 }), { minLength: 1, maxLength: 32 });

describe('writeTokenIndex', () => {
  it('never denies a page that has the token', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(PAGES, fc.boolean()), { minLength: 1, maxLength: 3 }), async (groups) => {
        const written = await write(
          [],
          groups.map(([words, isSmall], group) => newTokens(group, words, isSmall)),
        );
        expectAll(
          lookupOf(written, groups.length),
          groups.map(([words]) => words),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('takes few unknown tokens for known ones, in large row groups and in small ones', async () => {
    const large = lookupOf(await write([], [newTokens(0, manyWords('large', 320_000, 32))]), 1);
    expect(takenFor(large, 20_000)).toBeLessThan(60);
    const small = lookupOf(await write([], [newTokens(0, manyWords('small', 2_000, 2), true)]), 1);
    expect(takenFor(small, 20_000)).toBeLessThan(3);
  });

  it('takes little more room than the tokens need', async () => {
    const bytesFor = async (tokens: number, isSmall: boolean) =>
      (await write([], [newTokens(0, manyWords('word', tokens, 8), isSmall)])).index.bytes / tokens;
    expect(await bytesFor(320_000, false)).toBeLessThan(2.2);
    expect(await bytesFor(160_000, false)).toBeLessThan(2.3);
    expect(await bytesFor(20_000, true)).toBeLessThan(4);
    expect(await bytesFor(200, true)).toBeLessThan(5);
  });

  it('copies row groups of other segments beside new ones, and leaves out those that are not copied', async () => {
    const [a, b, c, e] = [manyWords('a', 6_000, 3), manyWords('b', 300, 2), manyWords('c', 5_000, 1), manyWords('e', 4_000, 4)];
    const d = [['frequent'], ['frequent']];
    const first = await write([], [newTokens(0, a), newTokens(1, b, true), newTokens(2, c)]);
    const second = await write([], [newTokens(0, d)]);
    const merged = await write(
      [
        {
          source: sourceOf(first),
          groups: new Map([
            [0, 0],
            [2, 1],
          ]),
        },
        { source: sourceOf(second), groups: new Map([[0, 2]]) },
      ],
      [newTokens(3, e)],
    );
    const lookup = lookupOf(merged, 4);
    expectAll(lookup, [a, c, d, e]);
    expect(b.flat().filter((word) => lookup.pagesOf(wordToken(word)).some((pages) => pages !== 0)).length).toBeLessThan(5);
    const again = await write(
      [
        {
          source: sourceOf(merged),
          groups: new Map([
            [3, 0],
            [0, 1],
          ]),
        },
      ],
      [],
    );
    expectAll(lookupOf(again, 2), [e, a]);
    expect(again.index.bytes).toBeLessThan(merged.index.bytes);
  });

  it('gives the hashes of a small row group back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(PAGES, PAGES, async (words, others) => {
        const written = await write([], [newTokens(0, others, true), newTokens(1, words, true)]);
        const found = lookupOf(written, 2).hashesOf(1, words.length);
        const highs = (pages: readonly Uint32Array[]) => pages.map((page) => [...page.filter((_, index) => index % 2 === 0)].sort());
        expect(highs(found)).toEqual(highs(words.map(hashes)));
        expect(found.flatMap((page) => [...page.filter((_, index) => index % 2 === 1)]).every((low) => low === 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('tells a flipped bit wherever it is: then each page may have what is looked for there, and no copy is made', async () => {
    const words = [['a', 'b'], ['c']];
    const good = await write([], [newTokens(0, words, true)]);
    for (let bit = AT * 8; bit < good.bytes.length * 8; bit += 1) {
      const bytes = Buffer.from(good.bytes);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let damage = 0;
      const lookup = lookupOf({ ...good, bytes }, 1, () => {
        damage += 1;
      });
      const found = ['a', 'b', 'c', 'd'].map((word) => lookup.pagesOf(wordToken(word))[0]);
      expect([damage, found]).toEqual([1, [-1, -1, -1, -1]]);
      await expect(write([{ source: sourceOf({ ...good, bytes }), groups: new Map([[0, 0]]) }], [])).rejects.toThrow('it is damaged');
    }
  });
});
