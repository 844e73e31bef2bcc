/**
 * A browser's time to break a paragraph into lines grows with the square of its length where its fonts have to be found letter by letter: 32,768 characters of
 * Korean take it 1.4 s, 131,072 take it 26 s. In blocks of this many nobody waits.
 */
const BLOCK_CHARACTERS = 2_048;
/** A block ends at a line's end, or between words, where there is one in this last part of it. */
const SEARCHED_CHARACTERS = 1_024;

/** A text in parts that can be laid out one by one; together they are the text, and no character is taken apart. */
export function textBlocks(text: string): string[] {
  const blocks: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = blockEnd(text, start);
    blocks.push(text.slice(start, end));
    start = end;
  }
  return blocks;
}

function blockEnd(text: string, start: number): number {
  const most = start + BLOCK_CHARACTERS;
  if (most >= text.length) return text.length;
  const least = most - SEARCHED_CHARACTERS;
  for (const boundary of ['\n', ' ']) {
    const at = text.lastIndexOf(boundary, most - 1);
    if (at >= least) return at + 1;
  }
  const isPair = (text.codePointAt(most - 1) ?? 0) > 0xffff;
  return isPair ? most - 1 : most;
}
