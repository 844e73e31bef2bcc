import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittedWidth, moveColumn, parseLogColumns, resizeColumn, toggleColumn, writeLogColumns } from './log-columns.ts';

const keys = (text: string) => parseLogColumns(text).map(({ key }) => key);
const moved = (key: string, to: number) =>
  moveColumn(parseLogColumns('a,b,c'), key, to)
    .map((column) => column.key)
    .join('');

describe('columns of an address', () => {
  it('come back from their text, whatever the keys are', () => {
    const columns = fc.uniqueArray(
      fc.record({ key: fc.string({ minLength: 1 }), width: fc.integer({ min: 40, max: 1_200 }) }, { requiredKeys: ['key'] }),
      { selector: ({ key }) => key, maxLength: 40 },
    );
    fc.assert(
      fc.property(columns, (list) => {
        expect(parseLogColumns(writeLogColumns(list))).toEqual(list.map((column) => ({ ...column })));
      }),
    );
  });

  it('are those of addresses that people wrote by hand', () => {
    expect(parseLogColumns('http.route,user.id:200')).toEqual([{ key: 'http.route' }, { key: 'user.id', width: 200 }]);
    expect(keys('a:b,c:x1,,a:b,%zz')).toEqual(['a:b', 'c:x1', '%zz']);
    expect([parseLogColumns(undefined), writeLogColumns([])]).toEqual([[], undefined]);
  });

  it('have widths that can be seen, and are not without end', () => {
    expect(parseLogColumns('a:1,b:99999').map(({ width }) => width)).toEqual([40, 1_200]);
    expect(keys(Array.from({ length: 99 }, (_, number) => `k${number}`).join())).toHaveLength(40);
  });
});

describe('moveColumn', () => {
  it('puts a column before the one at the place, and behind all where there is none', () => {
    expect([moved('a', 0), moved('a', 1), moved('a', 2), moved('a', 3)]).toEqual(['abc', 'abc', 'bac', 'bca']);
    expect([moved('c', 0), moved('c', 1), moved('c', 2), moved('c', 3)]).toEqual(['cab', 'acb', 'abc', 'abc']);
    expect([moved('b', -1), moved('x', 1)]).toEqual(['bac', 'abc']);
  });
});

describe('toggleColumn and resizeColumn', () => {
  it('change one column alone', () => {
    const columns = parseLogColumns('a:100,b');
    expect(toggleColumn(columns, 'a')).toEqual([{ key: 'b' }]);
    expect(toggleColumn(columns, 'c').at(-1)).toEqual({ key: 'c' });
    expect(resizeColumn(columns, 'b', 55.4)).toEqual([
      { key: 'a', width: 100 },
      { key: 'b', width: 55 },
    ]);
    expect(resizeColumn(columns, 'a', undefined)).toEqual([{ key: 'a' }, { key: 'b' }]);
  });
});

describe('fittedWidth', () => {
  it('is that of the longest text, between bounds', () => {
    const measure = (text: string) => text.length * 7;
    expect(fittedWidth(['', 'x'.repeat(20), 'xy'], measure)).toBe(146);
    expect([fittedWidth([], measure), fittedWidth(['x'.repeat(1e6)], measure)]).toEqual([40, 640]);
  });
});
