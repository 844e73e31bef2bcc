import { describe, expect, it } from 'vitest';
import { fittedName, fittedText, nameParts } from './fitted-text.ts';

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
  it('has its beginning and its end, by which it is told apart', () => {
    expect(fittedName('orders', 6, measure)).toBe('orders');
    expect(fittedName('rabbitmq refunds:refund.full', 20, measure)).toBe('rabbitmq r…fund.full');
    expect(fittedName('rabbitmq refunds:refund.partial', 20, measure)).toBe('rabbitmq r…d.partial');
    expect(fittedName('ab cd ef', 6, measure)).toBe('ab…ef');
    expect(fittedName('WW', 2, measure)).toBe('');
  });

  it('is cut soon however long it is', () => {
    expect(fittedName('n'.repeat(1e6), 10, measure)).toBe(`${'n'.repeat(9)}…`);
  });
});

describe('the parts of a name', () => {
  it('are its beginning alone where it is short, else its end too, of whole characters', () => {
    expect(nameParts('orders')).toEqual(['orders', '']);
    expect(nameParts('mobile-gateway-gq95s99nr-kxwzl')).toEqual(['mobile-gateway-', 'gq95s99nr-kxwzl']);
    expect(nameParts(`${'a'.repeat(40)}-end-of-the-name`)[1]).toBe('-end-of-the-name');
    expect(nameParts('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧')).toEqual(['👨‍👩‍👧👨‍👩‍👧', '👨‍👩‍👧👨‍👩‍👧']);
  });
});
