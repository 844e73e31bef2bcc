import { expect, it } from 'vitest';
import { textBlocks } from './text-blocks.ts';

it.each([
  ['nothing', ''],
  ['a short text', 'a\nb\n'],
  ['words', '가나다 abc '.repeat(5_000)],
  ['lines', 'one line\n'.repeat(5_000)],
  ['one long word', 'x'.repeat(10_001)],
  ['characters of two units', `a${'🚆'.repeat(9_000)}`],
])('cuts %s into short parts that are the text together', (_, text) => {
  const blocks = textBlocks(text);
  expect(blocks.join('')).toBe(text);
  for (const block of blocks) {
    expect(block.length).toBeLessThanOrEqual(2_048);
    expect(block.isWellFormed()).toBe(true);
  }
});

it('ends a part where a line ends, or else a word', () => {
  expect(textBlocks(`${'a b '.repeat(400)}\n${'c d '.repeat(400)}`)[0]).toMatch(/\n$/);
  expect(textBlocks('word '.repeat(1_000))[0]).toMatch(/ $/);
});
