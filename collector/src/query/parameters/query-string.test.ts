import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQueryString } from './query-string.ts';

describe('parseQueryString', () => {
  it('reads back whatever was percent-encoded, every value in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))), (pairs) => {
        const named = pairs.filter(([name, value]) => name !== '' || value !== '');
        const target = `/path?${named.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
        const expected = Map.groupBy(named, ([name]) => name);
        expect([...parseQueryString(target)]).toEqual([...expected].map(([name, values]) => [name, values.map(([, value]) => value)]));
      }),
    );
  });

  it('takes a plus for a space and a name alone for an empty value', () => {
    expect([...parseQueryString('/p?a=b+c%2B&d&&e=')]).toEqual([
      ['a', ['b c+']],
      ['d', ['']],
      ['e', ['']],
    ]);
  });

  it.each([
    ['/p?query=abc%', 3],
    ['/p?query=%EC%A3%BC%zz', 1],
    ['/p?query=%FF', 0],
    ['/p?query=%EC%A3%BCa%EC%A3', 2],
  ])('names the place of the bad escape in %s', (target, position) => {
    expect(() => parseQueryString(target)).toThrow(expect.objectContaining({ code: 'invalid_argument', field: 'query', position }));
  });
});
