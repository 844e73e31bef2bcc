import { parseQuery, type QueryNode } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { patternPlaces, translateQuery } from './query-translation.ts';

const logs = (text: string) => translateQuery(parseQuery(text, 'logs'), 'logs');

describe('translateQuery', () => {
  it('asks phrases word by word as they were cut, and single words as terms', () => {
    expect(logs('Timeout')).toEqual({ terms: { message: ['timeout'] } });
    expect(logs('"connection RESET"')).toEqual({ match_phrase: { message: { query: 'connection reset', analyzer: 'whitespace' } } });
    expect(logs('"!!!"')).toEqual({ match_none: {} });
  });

  it('escapes what a wildcard query takes for syntax', () => {
    expect(logs(String.raw`n:a\*b\?c\\d*`)).toMatchObject({
      bool: { should: expect.arrayContaining([{ wildcard: { 'attributes.pairs': { value: String.raw`n=a\*b\?c\\d*` } } }]) },
    });
    const field = { type: 'attribute', place: 'scope', key: 'a*=b' } as const;
    expect(translateQuery({ type: 'pattern', field, pattern: [{ type: 'one' }] }, 'logs')).toEqual({
      wildcard: { 'scope.pairs': { value: String.raw`a\*\\=b=?` } },
    });
  });

  it('makes one terms query of a thousand values of one field', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => index.toString(16).padStart(32, '0'));
    const children = ids.map((value): QueryNode => ({ type: 'equals', field: { type: 'record', name: 'traceId' }, value }));
    expect(translateQuery({ type: 'or', children }, 'spans')).toEqual({ terms: { traceId: ids } });
    expect(translateQuery({ type: 'or', children: [{ type: 'or', children }, { type: 'none' }] }, 'spans')).toEqual({
      bool: { should: [{ terms: { traceId: ids } }, { match_none: {} }] },
    });
  });

  it('keeps chains of one operator and negations flat', () => {
    const all: QueryNode = { type: 'all' };
    const nested: QueryNode = {
      type: 'and',
      children: [all, { type: 'and', children: [all, { type: 'not', child: { type: 'and', children: [all] } }] }],
    };
    expect(translateQuery(nested, 'logs')).toEqual({
      bool: { filter: [{ match_all: {} }, { match_all: {} }], must_not: [{ bool: { filter: [{ match_all: {} }] } }] },
    });
  });

  it('matches nothing by fields that the target does not have', () => {
    const level: QueryNode = { type: 'levels', levels: ['ERROR'] };
    expect(translateQuery(level, 'spans')).toEqual({ match_none: {} });
    const root: QueryNode = { type: 'equals', field: { type: 'record', name: 'root' }, value: 'true' };
    expect(translateQuery(root, 'logs')).toEqual({ match_none: {} });
  });

  it('refuses regular expressions by name', () => {
    expect(() => logs('n:/a.*/')).toThrow('does not answer regular expressions');
  });
});

describe('patternPlaces', () => {
  it('names every mark of a value that is in the index as a hash only', () => {
    const query = parseQuery('a:x* OR NOT (service:y* b:1)', 'logs');
    expect(patternPlaces(query, 'logs').map(({ marks }) => marks)).toEqual([['attributes.a', 'resource.a', 'scope.a'], ['service']]);
    expect(patternPlaces(parseQuery('event.name:z*', 'logs'), 'logs').map(({ marks }) => marks)).toEqual([
      ['eventName', 'attributes.event.name'],
    ]);
  });
});
