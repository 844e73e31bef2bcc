import { describe, expect, it } from 'vitest';
import { parseTracePlace, tracePlaceOf, writeTracePlace } from './trace-place.ts';

const id = (digit: string) => digit.repeat(32);
const page = (digits: string, nextCursor?: string) => ({
  traces: [...digits].map((digit) => ({ traceId: id(digit) })),
  ...(nextCursor !== undefined && { nextCursor }),
});

describe('the place of a trace in a list', () => {
  it('is the same again from the address', () => {
    for (const place of [
      { cursor: '', traceId: id('a') },
      { cursor: 'Abc-_9', traceId: id('0') },
      { cursor: '', traceId: id('a'), movedCursor: 'Abc-_9' },
    ]) {
      expect(parseTracePlace(writeTracePlace(place))).toEqual(place);
    }
    for (const text of [undefined, '', 'abc', id('a'), `x.${id('g')}`, `a b.${id('a')}`]) expect(parseTracePlace(text)).toBeUndefined();
  });

  it('is on the page that its row is on', () => {
    const pages = [page('012', 'next'), page('34', 'last'), page('5')];
    const places = [0, 2, 3, 5, 6, -1].map((row) => tracePlaceOf(pages, row, 'start'));
    expect(places).toEqual([
      { cursor: 'start', traceId: id('0') },
      { cursor: 'start', traceId: id('2') },
      { cursor: 'next', traceId: id('3') },
      { cursor: 'last', traceId: id('5') },
      undefined,
      undefined,
    ]);
  });

  it('on the first page also has where that begins, for when others come before it', () => {
    const pages = [
      { ...page('012', 'next'), startCursor: 'first' },
      { ...page('34'), startCursor: 'second' },
    ];
    expect(tracePlaceOf(pages, 1, '')).toEqual({ cursor: '', traceId: id('1'), movedCursor: 'first' });
    expect(tracePlaceOf(pages, 3, '')).toEqual({ cursor: 'next', traceId: id('3') });
  });
});
