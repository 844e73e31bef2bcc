import { parseQuery, quoteValue } from '@threadline/query-language';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addFilter, topLevelClauses, withoutClause } from './query-edit.ts';
import { attributeFilter } from './query-filter.ts';
import { tokenizeQuery } from './query-tokens.ts';

describe('topLevelClauses', () => {
  it('are what a query joins with AND', () => {
    const texts = topLevelClauses(
      'level:error AND service:(a OR b) -user.id:42 NOT "connection reset" (x OR y) path:/a b/ took:[1 TO 5]',
    ).map(({ text }) => text);
    expect(texts).toEqual([
      'level:error',
      'service:(a OR b)',
      '-user.id:42',
      'NOT "connection reset"',
      '(x OR y)',
      'path:/a b/',
      'took:[1 TO 5]',
    ]);
  });

  it('are one where the query has an OR at its outermost level, none where it is blank', () => {
    expect(topLevelClauses(' a OR b c ')).toEqual([{ text: 'a OR b c', start: 1, end: 9 }]);
    expect(topLevelClauses('  ')).toEqual([]);
  });

  it('leave a query that parses when one of them goes', () => {
    const query = 'level:error AND service:(a OR b) AND NOT "connection reset" -x';
    for (const clause of topLevelClauses(query)) expect(() => parseQuery(withoutClause(query, clause), 'logs')).not.toThrow();
  });
});

describe('addFilter', () => {
  it.each([
    ['', 'a:1', 'a:1'],
    ['*', 'a:1', 'a:1'],
    ['level:error', 'a:1', 'level:error a:1'],
    ['level:error a:1', 'a:1', 'level:error a:1'],
    ['level:error -a:1', 'a:1', 'level:error a:1'],
    ['level:error a:1', '-a:1', 'level:error -a:1'],
    ['a OR b', 'c:1', '(a OR b) c:1'],
  ])('makes of %j and %j %j', (query, filter, expected) => {
    expect(addFilter(query, filter)).toBe(expected);
  });

  it('makes a query that finds exactly the value, whatever is in key and value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
        fc.string({ unit: 'binary', maxLength: 30 }),
        (key, value) => {
          const filter = attributeFilter({ place: 'attributes', key }, { stringValue: value });
          const tree = parseQuery(addFilter('timeout', filter ?? ''), 'logs');
          expect(tree).toMatchObject({ type: 'and', children: [{ type: 'phrase' }, { type: 'equals', field: { key }, value }] });
        },
      ),
    );
  });
});

describe('tokenizeQuery', () => {
  it('tells fields, operators, strings and ranges apart', () => {
    const query = 'level:error NOT (a OR "b c") n:>=5 t:[1 TO 2] -x p:/a b/';
    expect(tokenizeQuery(query).map(({ type, start, end }) => `${type}=${query.slice(start, end)}`)).toEqual([
      'field=level:',
      'word=error',
      'operator=NOT',
      'open=(',
      'word=a',
      'operator=OR',
      'string="b c"',
      'close=)',
      'field=n:',
      'range=>=5',
      'field=t:',
      'range=[1 TO 2]',
      'negation=-',
      'word=x',
      'field=p:',
      'regex=/a b/',
    ]);
  });

  it('covers any text with pieces in order that do not overlap', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        let at = 0;
        for (const { start, end } of tokenizeQuery(text)) {
          expect(text.slice(at, start).trim()).toBe('');
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
    );
  });

  it('reads back a quoted value as one piece', () => {
    const query = `a:${quoteValue('say "hi" \\ there')}`;
    expect(tokenizeQuery(query)).toHaveLength(2);
  });
});
