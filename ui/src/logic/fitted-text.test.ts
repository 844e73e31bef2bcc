import { describe, expect, it } from 'vitest';
import { fittedName, fittedText } from './fitted-text.ts';

/** A wide letter takes twice the room of others. */
const measure = (text: string): number =>
  Array.from(text, (character) => (character === 'W' ? 2 : 1)).reduce((sum, width) => sum + width, 0);

describe('a text in little room', () => {
  it('is whole where it fits', () => {
    expect(fittedText('orders', 6, measure)).toBe('orders');
  });

  it('is cut by its width, not by the number of its letters', () => {
    expect(fittedText('iiiiiiii', 6, measure)).toBe('iiiii…');
    expect(fittedText('WWWWWWWW', 6, measure)).toBe('WW…');
  });

  it('has no half of a character at its end, and no space before the ellipsis', () => {
    expect(fittedText('ab👨‍👩‍👧cdef', 6, measure)).toBe('ab…');
    expect(fittedText('ab cdef', 4, measure)).toBe('ab…');
  });

  it('is nothing where no letter fits', () => {
    expect(fittedText('WW', 2, measure)).toBe('');
  });

  it('is cut soon however long it is', () => {
    expect(fittedText('n'.repeat(1e6), 10, measure)).toBe(`${'n'.repeat(9)}…`);
  });
});

describe('a name in little room', () => {
  it('is whole where it fits', () => {
    expect(fittedName('orders', 6, measure)).toBe('orders');
  });

  it('has its beginning and its end, by which it is told from others', () => {
    expect(fittedName('rabbitmq refunds:refunds.dead', 13, measure)).toBe('rabbit…s.dead');
    expect(fittedName('rabbitmq refunds:refunds.wait', 13, measure)).toBe('rabbit…s.wait');
    expect(fittedName('WWWWWWWW', 7, measure)).toBe('WW…W');
  });

  it('has no half of a character, and no space beside the ellipsis', () => {
    expect(fittedName('ab👨‍👩‍👧cdefgh', 5, measure)).toBe('ab…gh');
    expect(fittedName('ab cdefg hi', 6, measure)).toBe('ab…hi');
  });

  it('is nothing where no letter fits, and is cut soon however long it is', () => {
    expect(fittedName('WW', 2, measure)).toBe('');
    expect(fittedName(`${'n'.repeat(1e6)}end`, 10, measure)).toBe('nnnnn…nend');
  });
});
