import { describe, expect, it } from 'vitest';
import { completionsAt } from './query-completion.ts';
import { logRecord } from './record-fixtures.ts';
import { collectSeenValues } from './seen-values.ts';

const records = [
  logRecord({ service: 'orders', severityNumber: 17, attributes: [{ key: 'http.route', value: { stringValue: '/cart items' } }] }),
  logRecord({ service: 'orders', attributes: [{ key: 'http.route', value: { stringValue: '/pay' } }] }),
  logRecord({ service: 'payments', attributes: [{ key: 'http.route', value: { stringValue: '/pay' } }] }),
];
const knowledge = { target: 'logs' as const, seenValues: collectSeenValues(records), services: ['orders', 'silent'] };

const complete = (query: string) => {
  const { from, to, completions } = completionsAt(query, query.length, knowledge);
  return completions.map(({ insert }) => query.slice(0, from) + insert + query.slice(to));
};

describe('completionsAt', () => {
  it('offers fields of the language and of the data', () => {
    expect(complete('lev')).toContain('level:');
    expect(complete('route')).toEqual(['http.route:']);
    expect(complete('s')[0]).toBe('service:');
  });

  it('offers values that were seen, the most frequent first, quoted where they have to be', () => {
    expect(complete('http.route:')).toEqual(['http.route:"/pay"', 'http.route:"/cart items"']);
  });

  it('goes on with a value right behind it: a path with its second slash, and one whose quotes are closed', () => {
    const routes = ['/r/1', '/r/2 "b"', '/refund', '/r/'];
    const seen = collectSeenValues(
      routes.map((value) => logRecord({ attributes: [{ key: 'http.route', value: { stringValue: value } }] })),
    );
    const written = (query: string) => {
      const { from, to, completions } = completionsAt(query, query.length, { ...knowledge, seenValues: seen });
      return completions.map(({ insert }) => query.slice(0, from) + insert + query.slice(to));
    };
    expect(written('http.route:/r/')).toEqual(['http.route:"/r/1"', 'http.route:"/r/2 \\"b\\""', 'http.route:"/r/"']);
    expect(written('x AND http.route:(/ref OR /r/')).toContain('x AND http.route:(/ref OR "/r/1"');
    expect(written('http.route:"/r/"')).toEqual(['http.route:"/r/1"', 'http.route:"/r/2 \\"b\\""']);
    expect(written('http.route:/r/ ser')).toEqual(['http.route:/r/ service:']);
  });

  it('offers services that have not been seen here too', () => {
    expect(complete('service:')).toEqual(['service:orders', 'service:payments', 'service:silent']);
  });

  it('offers levels once', () => {
    expect(complete('level:err').filter((query) => query === 'level:error')).toHaveLength(1);
  });

  it('offers what the range has beside what is loaded, with the range’s counts', () => {
    const ranged = { ...knowledge, rangeFields: new Map([['http.method', 9]]), rangeValues: new Map([['/refund', 7]]) };
    expect(completionsAt('http.', 5, ranged).completions).toEqual([
      { kind: 'field', label: 'http.method', insert: 'http.method:', count: 9, isOfRange: true },
      { kind: 'field', label: 'http.route', insert: 'http.route:', count: 3 },
    ]);
    expect(completionsAt('http.route:', 11, ranged).completions.map(({ label, count }) => [label, count])).toEqual([
      ['/refund', 7],
      ['/pay', 2],
      ['/cart items', 1],
    ]);
  });

  it('offers no text as an end of a range, and numbers of an attribute', () => {
    expect(complete('service:<o')).toEqual([]);
    expect(complete('service:[o')).toEqual([]);
    expect(complete('http.route:>')).toEqual([]);
    const counted = {
      ...knowledge,
      rangeValues: new Map([
        ['12.5', 3],
        ['none', 2],
        ['-4', 1],
      ]),
    };
    expect(completionsAt('amount:>', 8, counted).completions.map(({ label }) => label)).toEqual(['12.5', '-4']);
    expect(complete('level:>=err')).toContain('level:>=error');
  });

  it('offers nothing in a phrase', () => {
    expect(complete('"conn')).toEqual([]);
  });
});
