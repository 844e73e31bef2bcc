import type { QueryNode } from '@threadline/query-language';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue } from '../../src/api/index.ts';
import { attributeLeaves, leafText } from '../../src/model/attribute-leaves.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { buildLog, buildSpan } from '../storage-contract/builders.ts';
import { array, bool, double, int, map, text } from '../storage-contract/values.ts';
import { findLogs as findLogIds, newTenant, readContext, startStorage } from './reading.ts';

/** Keys by what is odd about them. Elasticsearch, or a tool in front of it, refuses each as a field's name in one way or another. */
const KEYS: Readonly<Record<string, string>> = {
  empty: '',
  blank: ' ',
  'a blank that is not ASCII': '\u3000',
  NUL: 'nul\u0000key',
  'only NUL': '\u0000',
  'a line feed': 'a\nb',
  'a dot': '.',
  'two dots': '..',
  'an empty part': 'a..b',
  'a leading dot': '.lead',
  'a trailing dot': 'trail.',
  'a blank part': 'a. .b',
  '1,024 bytes': 'k'.repeat(1_024),
  '1,025 bytes': 'k'.repeat(1_025),
  '1,025 bytes in fewer characters': '가'.repeat(342),
  'more characters than a JSON parser takes in a name': 'n'.repeat(60_000),
  '16 parts': Array.from({ length: 16 }, () => 'd').join('.'),
  '17 parts': Array.from({ length: 17 }, () => 'd').join('.'),
  '200 parts': Array.from({ length: 200 }, () => 'd').join('.'),
  'a prototype': '__proto__',
  'a metadata field': '_id',
  'a field of the index': '@timestamp',
  'the name of a type': 'string',
  wildcards: 'a*b?c',
  'an equals sign': 'a=b',
  'a backslash and an equals sign': 'a\\=b',
  'what a hash looks like': '\\#abc',
  quotes: 'a"b',
  'half a surrogate pair': 'half\ud800',
  emoji: '🚀',
};

const nest = (levels: number): AnyValue =>
  Array.from({ length: levels }).reduce<AnyValue>((inner) => map({ deeper: inner }), text('bottom'));
const nestArrays = (levels: number): AnyValue => Array.from({ length: levels }).reduce<AnyValue>((inner) => array(inner), text('bottom'));

const VALUES: Readonly<Record<string, AnyValue>> = {
  'a term too long': text('x'.repeat(40_000)),
  'a term too long in bytes only': text('가'.repeat(8_192)),
  'a mebibyte': text('m'.repeat(1_048_576)),
  'a map of 400 levels, over 1,000 in JSON': nest(400),
  'arrays of 400 levels': nestArrays(400),
  'thousands of elements': array(...Array.from({ length: 20_000 }, (_, index) => int(index))),
  'half a surrogate pair': text('a\udc00b'),
  'NUL and separators': text('a\u0000b\u001fc'),
  'JSON in a string': text('{"a":"\\u0000"}'),
  'the least int': int('-9223372036854775808'),
  NaN: double('NaN'),
  'minus zero': double('-0'),
  'the smallest double': double(5e-324),
  'of no kind': {},
  'all kinds in one array': array(text('5'), int(5), double(5.5), bool(true), map({ a: int(1) }), {}),
};

/** One record of each odd key, all beside each other in one tenant. */
const KEY_LOGS = new Map(
  Object.entries(KEYS).map(([name, key]) => {
    const list: KeyValue[] = [{ key, value: array(text('a value'), int(7)) }];
    const body = map({ inner: text('in body'), [key]: text('in body') });
    const events = [{ timeUnixNano: '1', attributes: list }];
    const links = [{ traceId: 'ab', spanId: 'cd', attributes: list }];
    return [
      name,
      { log: buildLog(`key-${name}`, { attributes: list, body }), span: buildSpan(`key-${name}`, { attributes: list, events, links }) },
    ];
  }),
);
const VALUE_LOGS = new Map(
  Object.entries(VALUES).map(([name, value]) => [
    name,
    buildLog(`value-${name}`, { attributes: [{ key: `v-${name}`, value }], body: value }),
  ]),
);

describe('records with attributes that Elasticsearch cannot take as fields', () => {
  const tenant = newTenant('hostile');
  const reduced: string[] = [];
  let storage: Storage;
  beforeAll(async () => {
    storage = await startStorage({ onReduced: ({ id }) => reduced.push(id) });
    await storage.writeLogs(tenant, [...[...KEY_LOGS.values()].map(({ log }) => log), ...VALUE_LOGS.values()]);
    await storage.writeSpans(
      tenant,
      [...KEY_LOGS.values()].map(({ span }) => span),
    );
  });
  afterAll(() => storage.shutdown());

  const search = { range: {}, order: 'asc', limit: 10 } as const;
  const findLogs = async (query: QueryNode) =>
    (await storage.searchLogs({ ...search, query }, readContext(tenant))).rows.map((row) => row.record);
  const findSpans = async (query: QueryNode) =>
    (await storage.searchSpans({ ...search, query }, readContext(tenant))).rows.map((row) => row.record);

  for (const [name, { log, span }] of KEY_LOGS) {
    it(`are kept, unchanged and searchable, by a key that is ${name}`, async () => {
      const key = KEYS[name] ?? '';
      expect(await storage.getLog(log.id, readContext(tenant))).toEqual(log.record);
      const field = { type: 'attribute', place: 'any', key } as const;
      for (const query of [
        { type: 'equals', field, value: 'a value' },
        { type: 'equals', field, value: '7.0' },
        { type: 'pattern', field, pattern: [{ type: 'literal', text: 'a ' }, { type: 'any' }] },
        { type: 'range', field, min: { value: '6.5', inclusive: true } },
        { type: 'exists', field },
      ] as const) {
        expect(await Promise.all([findLogs(query), findSpans(query)]), query.type).toEqual([[log.record], [span.record]]);
      }
      for (const place of ['attributes', 'event', 'link'] as const) {
        expect(await findSpans({ type: 'equals', field: { ...field, place }, value: 'a value' }), place).toEqual([span.record]);
      }
      expect(await findLogs({ type: 'equals', field: { ...field, place: 'body' }, value: 'in body' })).toEqual([log.record]);
    });
  }

  for (const [name, log] of VALUE_LOGS) {
    it(`are kept, unchanged and searchable, with a value that is ${name}`, async () => {
      expect(await storage.getLog(log.id, readContext(tenant))).toEqual(log.record);
      for (const { key, value } of attributeLeaves(log.record.attributes).slice(0, 3)) {
        const query = { type: 'equals', field: { type: 'attribute', place: 'any', key }, value: leafText(value) } as const;
        expect(await findLogs(query)).toEqual([log.record]);
      }
    });
  }

  it('need no lesser form of their document', () => expect(reduced).toEqual([]));

  it('are kept when keys of one record are each other’s beginnings and each has every type', async () => {
    const other = newTenant('prefixes');
    const kinds = [text('t'), int(1), double(1.5), bool(true), map({ b: int(2) }), array(text('x'), int(3))];
    const logs = kinds.map((value, index) =>
      buildLog(`log-${index}`, {
        attributes: [
          { key: 'a', value },
          { key: 'a.b', value: text('dotted') },
          { key: 'a.b.c', value },
        ],
      }),
    );
    await storage.writeLogs(other, logs);
    expect(await findLogIds(storage, other, 'a.b:dotted')).toEqual(logs.map((log) => log.id));
    expect(await findLogIds(storage, other, 'a:>=1.5')).toEqual(['log-2', 'log-5']);
    expect(await findLogIds(storage, other, 'a.b:2')).toEqual(['log-4']);
  });
});
