import { freeBytes } from '../../../free-bytes.ts';

/** Enough for the largest number of shards (see `token-index.ts`), and about a token a slot. */
const MIN_ORDER_BITS = 14;
const MAX_ORDER_BITS = 22;

/** The tokens of a row group, each once for each page that has it, in the order of their first bits. */
export interface OrderedTokens {
  /** Of each the high half of its hash. */
  readonly hashes: Uint32Array;
  readonly pages: Uint8Array;
}

/** So many first bits tell about as many tokens apart as there are. */
export function orderBits(tokens: number): number {
  return Math.min(Math.max(Math.round(Math.log2(Math.max(tokens, 1))), MIN_ORDER_BITS), MAX_ORDER_BITS);
}

/** Of pages with the hashes of their tokens, each with its halves in turn. */
export function orderTokens(pageTokens: readonly Uint32Array[]): OrderedTokens {
  const count = pageTokens.reduce((sum, page) => sum + page.length / 2, 0);
  const shift = 32 - orderBits(count);
  const ends = new Uint32Array(2 ** (32 - shift));
  for (const page of pageTokens) countPlaces(ends, page, shift);
  addUp(ends);
  const tokens = { hashes: new Uint32Array(count), pages: new Uint8Array(count) };
  for (const [number, page] of pageTokens.entries()) place(tokens, ends, page, { number, shift });
  freeBytes(ends);
  return tokens;
}

/** A function of its own, as the next two: in the loops of one V8 would leave what it compiled again at each end of an inner loop. */
function countPlaces(counts: Uint32Array, page: Uint32Array, shift: number): void {
  for (let at = 0; at < page.length; at += 2) {
    const place = (page[at] ?? 0) >>> shift;
    counts[place] = (counts[place] ?? 0) + 1;
  }
}

/** Makes of how many each place has where it ends. */
function addUp(counts: Uint32Array): void {
  let end = 0;
  for (let place = 0; place < counts.length; place += 1) {
    end += counts[place] ?? 0;
    counts[place] = end;
  }
}

/** Puts a page's tokens before the ends of their places, and the ends before them. */
function place(
  { hashes, pages }: OrderedTokens,
  ends: Uint32Array,
  page: Uint32Array,
  { number, shift }: { readonly number: number; readonly shift: number },
): void {
  for (let at = 0; at < page.length; at += 2) {
    const hash = page[at] ?? 0;
    const index = (ends[hash >>> shift] ?? 0) - 1;
    ends[hash >>> shift] = index;
    hashes[index] = hash;
    pages[index] = number;
  }
}
