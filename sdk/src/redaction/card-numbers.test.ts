import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCardNumbers } from './card-numbers.ts';

/** The numbers that payment providers publish for tests. */
const CARDS = [
  '4111111111111111',
  '4222222222222',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '6011111111111117',
  '3530111333300000',
  '30569309025904',
  '6304000000000000',
  '6200000000000005',
];

function found(text: string): string[] {
  return findCardNumbers(text).map(([start, end]) => text.slice(start, end));
}

describe('findCardNumbers', () => {
  it.each(CARDS)('finds %s', (card) => {
    expect(found(card)).toEqual([card]);
    expect(found(`paid with ${card}, thanks`)).toEqual([card]);
    expect(found(`{"card":"${card}"}`)).toEqual([card]);
    expect(found(`card_${card}.`)).toEqual([card]);
  });

  it.each([' ', '-', '+', '%20', '\u00a0'])('finds groups with %j between them', (separator) => {
    const card = ['4111', '1111', '1111', '1111'].join(separator);
    expect(found(`12 ${card} 7`)).toEqual([card]);
    expect(found(['3782', '822463', '10005'].join(separator))).toHaveLength(1);
  });

  it.each(['.', '_'])('finds the groups of a card with %j between them', (separator) => {
    for (const groups of [
      ['4111', '1111', '1111', '1111'],
      ['3782', '822463', '10005'],
    ]) {
      const card = groups.join(separator);
      expect(found(`12 ${card}. 7`)).toEqual([card]);
      expect(found(`card_${card}, 1.5`)).toEqual([card]);
    }
  });

  it('finds a number at the end of a sentence', () => {
    expect(found('It was 4111111111111111.')).toEqual(['4111111111111111']);
    expect(found('It was 4111 1111 1111 1111. 12 are left')).toEqual(['4111 1111 1111 1111']);
    expect(found('took 0.5 4111 1111 1111 1111 s')).toEqual(['4111 1111 1111 1111']);
  });

  it('finds several', () => {
    expect(found(CARDS.join(', '))).toEqual(CARDS);
  });

  it.each([
    ['fails Luhn’s check', '4111111111111112'],
    ['begins as no card does', '1234567812345670'],
    ['is a time in nanoseconds', '1764140508123456789'],
    ['is too long', '41111111111111111111'],
    ['is part of a hexadecimal id', 'a4111111111111111'],
    ['goes on with letters', '4111111111111111ff'],
    ['has two separators', '4111  1111 1111 1111'],
    ['is no length of its scheme', '41111111111111'],
    ['is the fraction of a decimal', '0.4111111111111111'],
    ['is a decimal’s fraction and a number', 'took 542.4111 1111 1111 1111'],
    ['is what stands before a fraction', '4111111111111111.25'],
    ['is a decimal of four digits', '4222.222222222'],
    ['are two decimals', '4111.1111 1111.1111'],
    ['is a version', '4.111.111.111.111.111'],
    ['has two kinds of marks', '4111.1111_1111.1111'],
    ['is the beginning of a UUID', '41111111-1111-1111-8bcd-0123456789ab'],
    ['is the end of a UUID', '0abcdef0-1111-1111-4111-111111111111'],
    ['is a UUID of digits in a path', '/orders/41111111-1111-1111-8000-012345678901/items'],
  ])('leaves what %s', (_why, text) => {
    expect(found(text)).toEqual([]);
  });

  it('finds none in decimals as programs write them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: 0, max: 1000, noNaN: true }), (any, millis) => {
        fc.pre(!Number.isInteger(any) && !Number.isInteger(millis));
        expect(found(`took ${any} s, ${millis} ms`)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it('finds a number anywhere among other text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CARDS), fc.string(), fc.string(), (card, before, after) => {
        expect(found(`${before} : ${card}; ${after}`)).toContain(card);
      }),
    );
  });
});
