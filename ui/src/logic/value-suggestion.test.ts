import { describe, expect, it } from 'vitest';
import { hasNews, valueSuggestionAt } from './value-suggestion.ts';

/** `|` is the cursor. */
const at = (text: string) => valueSuggestionAt(text.replace('|', ''), text.indexOf('|'), 'logs');

describe('valueSuggestionAt', () => {
  it.each([
    ['service:pay|', { field: 'service', prefix: 'pay', rest: '' }],
    ['level:error http.route:"/ca|', { field: 'http.route', prefix: '/ca', rest: 'level:error' }],
    ['http.route:a| level:error', { field: 'http.route', prefix: 'a', rest: 'level:error' }],
    // Without a value the next part would be read as it.
    ['http.route:| level:error', { field: 'http.route', prefix: '', rest: '' }],
    ['resource.host.name:"two wo|', { field: 'resource.host.name', prefix: 'two wo', rest: '' }],
    ['service:(orders OR pay|', { field: 'service', prefix: 'pay', rest: '' }],
    ['a.b:x\\ y| timeout', { field: 'a.b', prefix: 'x y', rest: 'timeout' }],
  ])('asks at %s for the values that start so, of the records of the rest', (text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it.each(['time|', 'level:err|', 'traceId:ab|', 'body.key:x|', 'http.route:/api/*|', 'timeout |', `k:${'x'.repeat(101)}|`])(
    'asks nothing at %s',
    (text) => {
      expect(at(text)).toBeUndefined();
    },
  );
});

it('calls news what the list lacks, and what it counts otherwise', () => {
  const offered = new Map([
    ['east', undefined],
    ['west', 4],
  ]);
  expect(hasNews(offered, new Map([['west', 4]]))).toBe(false);
  expect(hasNews(offered, new Map([['north', 1]]))).toBe(true);
  expect(hasNews(offered, new Map([['west', 5]]))).toBe(true);
  expect(hasNews(offered, new Map([['east', 900]]))).toBe(true);
});
