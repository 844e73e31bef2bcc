import { LOWER_CASE_RUNS } from './word-break.generated.ts';

const BLOCK_BITS = 8;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;

/** For each block of 256 code points what is added to each; undefined for a block without capitals. Made at first use. */
let additions: (Int32Array | undefined)[] | undefined;

/**
 * The lower case of one code point: its simple mapping, as Java's `Character.toLowerCase(int)`, which never makes two of one
 * (İ is i) and knows no context (Σ is σ everywhere). Capitals newer than Unicode 12.1 stay: the tokenizer has them in no word.
 */
function lowerCodePoint(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
  additions ??= readAdditions();
  return codePoint + (additions[codePoint >> BLOCK_BITS]?.[codePoint & BLOCK_MASK] ?? 0);
}

/** The text with each code point lower-cased alone; surrogates without their other half stay. */
export function lowerCase(text: string): string {
  let lower = '';
  let copied = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index) ?? 0;
    const length = codePoint > 0xffff ? 2 : 1;
    const lowered = lowerCodePoint(codePoint);
    if (lowered !== codePoint) {
      lower += text.slice(copied, index) + String.fromCodePoint(lowered);
      copied = index + length;
    }
    index += length;
  }
  return copied === 0 ? text : lower + text.slice(copied);
}

function readAdditions(): (Int32Array | undefined)[] {
  const blocks: (Int32Array | undefined)[] = [];
  const numbers = LOWER_CASE_RUNS.split('.').map((part) => Number.parseInt(part, 36));
  let first = 0;
  for (let index = 0; index < numbers.length; index += 4) {
    const [gap = 0, count = 0, stride = 0, added = 0] = numbers.slice(index, index + 4);
    first += gap;
    for (let step = 0; step < count; step++) {
      const codePoint = first + step * stride;
      blocks[codePoint >> BLOCK_BITS] ??= new Int32Array(1 << BLOCK_BITS);
      const block = blocks[codePoint >> BLOCK_BITS];
      if (block) block[codePoint & BLOCK_MASK] = added;
    }
  }
  return blocks;
}
