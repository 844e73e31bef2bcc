import { parseQuery } from '@threadline/query-language';
import { describe, expect, it } from 'vitest';
import { checkParameters } from '../parameters/parameters.ts';
import { parseQueryString } from '../parameters/query-string.ts';
import { parseSearchRequest, SEARCH_NAMES } from './search-request.ts';

const NOW_NANOS = 1_795_168_800_000_000_000n;
const MICRO = 1_000n;
const HOUR = 3_600_000_000_000n;

function parse(query: string) {
  return parseSearchRequest({ parameters: checkParameters(parseQueryString(`/?${query}`), SEARCH_NAMES), nowNanos: NOW_NANOS });
}

function search(query: string) {
  const request = parse(`service=shop&${query}`);
  if (request.type !== 'search') throw new Error('not a search');
  return request;
}

const tree = (query: string): unknown => withoutPlaces(parseQuery(query, 'spans'));
/** The parser's trees say where in the text a node was; composed ones have no text. */
const withoutPlaces = (node: unknown): unknown =>
  JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'span' ? undefined : value)));

describe('what a search asks for', () => {
  it.each([
    ['', 'service:shop'],
    ['operation=GET+%2Fcart', 'service:shop name:"GET /cart"'],
    ['operation=&minDuration=&maxDuration=&tags=&tag=&limit=&lookback=', 'service:shop'],
    ['minDuration=1.5ms', 'service:shop duration:>=1500us'],
    ['minDuration=1ms&maxDuration=1ms', 'service:shop duration:[1ms TO 1ms]'],
    ['maxDuration=2h&minDuration=0', 'service:shop duration:<=2h'],
    ['tag=http.route:a:b&tag=n:', 'service:shop http.route:"a:b" n:""'],
    ['tags=%7B%22n%22%3A123%2C%22d%22%3A72.5%2C%22b%22%3Atrue%2C%22s%22%3A%22x%22%7D', 'service:shop n:123 d:72.5 b:true s:x'],
    ['tag=a:1&tags=%7B%22a%22%3A%222%22%7D', 'service:shop a:2'],
    ['tag=error:true', 'service:shop (error:true OR status:error)'],
    ['tag=error:false', 'service:shop NOT (error:true OR status:error)'],
    ['tag=error:timeout', 'service:shop error:timeout'],
    ['tag=span.kind:server', 'service:shop (span.kind:server OR kind:server)'],
    ['tag=span.kind:other', 'service:shop span.kind:other'],
    ['tag=otel.status_code:ERROR', 'service:shop (otel.status_code:ERROR OR status:error)'],
    ['tag=otel.status_code:odd', 'service:shop otel.status_code:odd'],
    ['tag=otel.scope.name:http', 'service:shop (otel.scope.name:http OR scope:http)'],
    ['tag=message:x', 'service:shop attributes.message:x'],
  ])('%s is %s', (parameters, query) => {
    // An attribute that the language has a short name for is reached by a place there; a tag is looked for everywhere.
    const expected = JSON.stringify(tree(query)).replace('"place":"attributes"', '"place":"any"');
    expect(search(parameters).query).toEqual(JSON.parse(expected));
  });

  it('takes an event’s name for a tag', () => {
    expect(search('tag=event:exception').query).toMatchObject({
      children: [{}, { type: 'or', children: [{ field: { key: 'event' } }, { field: { type: 'record', name: 'event' } }] }],
    });
  });

  it.each([
    ['start=1000&end=2000', 1_000n * MICRO, 2_001n * MICRO],
    ['start=1000&end=2000&lookback=1h', 1_000n * MICRO, 2_001n * MICRO],
    ['', NOW_NANOS - 48n * HOUR, NOW_NANOS],
    ['lookback=custom', NOW_NANOS - 48n * HOUR, NOW_NANOS],
    ['lookback=90m', NOW_NANOS - (3n * HOUR) / 2n, NOW_NANOS],
    ['lookback=3w', NOW_NANOS - 504n * HOUR, NOW_NANOS],
    ['end=5', 0n, 6n * MICRO],
    ['start=0&end=9223372036854775', 0n, undefined],
  ])('with %s looks from and to the right times', (parameters, fromNanos, toNanos) => {
    expect(search(parameters).range).toEqual({ fromNanos, ...(toNanos === undefined ? {} : { toNanos }) });
  });

  it.each([
    ['', 100],
    ['limit=0', 100],
    ['limit=1', 1],
    ['limit=1500', 1_500],
  ])('with %s has the limit %i', (parameters, limit) => {
    expect(search(parameters).limit).toBe(limit);
  });

  it('is traces by their ids where there are any, each once', () => {
    expect(parse('traceID=AB&traceID=000000000000000000000000000000ab&traceID=1')).toEqual({
      type: 'ids',
      traceIds: [`${'0'.repeat(30)}ab`, `${'0'.repeat(31)}1`],
    });
  });

  it('does not care for what Jaeger does not read', () => {
    expect(search('loopback=1h&prettyPrint=true&raw=x')).toEqual(search(''));
  });

  it.each([
    ['', 'The parameter "service" is not there; a search needs it, or traceID.'],
    ['service=', 'The parameter "service" is not there; a search needs it, or traceID.'],
    ['service=a&service=b', 'The parameter "service" stands there 2 times; it may stand there once.'],
    ['service=a&start=-1', 'The parameter "start" is not a time in microseconds since 1970.'],
    ['service=a&start=1e9', 'The parameter "start" is not a time in microseconds since 1970.'],
    ['service=a&end=99999999999999999999', 'The parameter "end" is not a time in microseconds since 1970.'],
    ['service=a&start=3&end=1', 'The parameter "start" is not before the end.'],
    ['service=a&limit=-5', 'The parameter "limit" is not a whole number from 0 to 1500.'],
    ['service=a&limit=1501', 'The parameter "limit" is not a whole number from 0 to 1500.'],
    ['service=a&limit=ten', 'The parameter "limit" is not a whole number from 0 to 1500.'],
    ['service=a&minDuration=20', 'The parameter "minDuration" is not a duration with units of ns, us, ms, s, m or h, as in 1.5s.'],
    ['service=a&maxDuration=-1s', 'The parameter "maxDuration" is not a duration with units of ns, us, ms, s, m or h, as in 1.5s.'],
    ['service=a&minDuration=20ms&maxDuration=10ms', 'The parameter "maxDuration" is not as long as "minDuration".'],
    ['service=a&lookback=soon', 'The parameter "lookback" is not a duration, as in 1h or 2d.'],
    ['service=a&tag=novalue', 'The parameter "tag" is not key:value, as in http.method:GET.'],
    ['service=a&tag=:x', 'The parameter "tag" is not key:value, as in http.method:GET.'],
    ['service=a&tags=%7B', 'The parameter "tags" is not a JSON object of strings, numbers and booleans.'],
    ['service=a&tags=null', 'The parameter "tags" is not a JSON object of strings, numbers and booleans.'],
    ['service=a&tags=%5B%22a%22%5D', 'The parameter "tags" is not a JSON object of strings, numbers and booleans.'],
    ['service=a&tags=%7B%22a%22%3Anull%7D', 'The parameter "tags" is not a JSON object of strings, numbers and booleans.'],
    ['service=a&tags=%7B%22a%22%3A%7B%7D%7D', 'The parameter "tags" is not a JSON object of strings, numbers and booleans.'],
    ['service=a&tags=%7B%22%22%3A1%7D', 'The parameter "tags" is not a JSON object whose keys have at least one character.'],
    ['service=a&tags=%7B%22a%22%3A9007199254740993%7D', 'The parameter "tags" is not exact: a number beyond 2^53 has to be a string.'],
    ['service=a&tag=w3c.tracestate:x', 'The tag "w3c.tracestate" is shown with spans and cannot be searched.'],
    [
      `service=a&${Array.from({ length: 101 }, (_, index) => `tag=k${index}:v`).join('&')}`,
      'The parameter "tags" is not at most 100 tags.',
    ],
    ['traceID=xyz', 'The parameter "traceID" is not a trace id of 1 to 32 hexadecimal digits.'],
    [`traceID=${'a'.repeat(33)}`, 'The parameter "traceID" is not a trace id of 1 to 32 hexadecimal digits.'],
    ['traceID=', 'The parameter "traceID" is not a trace id of 1 to 32 hexadecimal digits.'],
    ['traceID=a&traceID=b&limit=x', 'The parameter "limit" is not a whole number from 0 to 1500.'],
  ])('refuses %s and says why', (parameters, message) => {
    expect(() => parse(parameters)).toThrow(expect.objectContaining({ message }));
  });

  it('takes __proto__ for a key like any other', () => {
    expect(search('tags=%7B%22__proto__%22%3A%22x%22%7D').query).toMatchObject({
      children: [{}, { field: { key: '__proto__' }, value: 'x' }],
    });
  });
});
