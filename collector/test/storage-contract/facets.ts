import type { QueryNode } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AttributeLeaf, attributeLeaves, type LeafValue, leafText } from '../../src/model/attribute-leaves.ts';
import type { IndexedLog } from '../../src/model/record.ts';
import { compareFields, compareValues } from '../../src/storage/facet-order.ts';
import {
  FACET_PLACES,
  type FacetField,
  type FacetPlace,
  type FieldsResult,
  type FieldValuesRequest,
  type FieldValuesResult,
  MAX_FACET_KEY_LENGTH,
  MAX_FACET_VALUE_LENGTH,
  RECORD_FACETS,
} from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, SECOND_NANOS } from './builders.ts';
import { LOGS } from './fixtures.ts';
import { randomLogs } from './random-records.ts';
import { ALL, readContext, writeAndAwait } from './reading.ts';
import { matchesRecord } from './reference-evaluator.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';
import { array, attributes, bytes, double, int, map, text } from './values.ts';

type ValuesField = FieldValuesRequest['field'];

const EVERYTHING = { query: ALL, range: {}, limit: 1_000 };
/** Blank, with a blank part between dots, with a control character, or of more than 16 parts. */
const ODD_KEY = /(?:^|\.)\s*(?:$|\.)|\p{Cc}|(?:\..*){16}/u;
const WORD: QueryNode = { type: 'phrase', words: ['timeout'] };
const attribute = (key: string, place: FacetPlace | 'any' = 'attributes'): ValuesField => ({ type: 'attribute', place, key });

export function describeFacets({ storage, newTenant }: ContractContext): void {
  describe('fields and their values', () => {
    const tenant = newTenant('facets');
    const logs = [...LOGS, ...randomLogs(new SeededRandom(11), 300)];
    const fieldsOf = (request: Partial<typeof EVERYTHING> = {}): Promise<FieldsResult> =>
      storage().logFields({ ...EVERYTHING, ...request }, readContext(tenant));
    beforeAll(() => writeAndAwait(storage(), tenant, { logs }));

    it.each([
      ['everything', ALL, {}],
      ['a word', WORD, {}],
      ['levels', { type: 'levels', levels: ['ERROR', 'FATAL'] }, {}],
      ['a minute', ALL, { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 60n * SECOND_NANOS }],
      ['an empty range', ALL, { fromNanos: BASE_NANOS, toNanos: BASE_NANOS }],
      ['nothing', { type: 'none' }, {}],
    ] satisfies [string, QueryNode, object][])('counts the records that have each field: %s', async (_caption, query, range) => {
      expect(await fieldsOf({ query, range })).toEqual(referenceFields(logs, { query, range }));
    });

    it('says which fields have numbers, in the records that match', async () => {
      const own = newTenant('facetnumbers');
      const one = (id: string, values: Parameters<typeof attributes>[0]) => buildLog(id, { attributes: attributes(values) });
      await writeAndAwait(storage(), own, {
        logs: [
          one('numbers', {
            whole: int(3),
            part: double(0.5),
            both: int(1),
            list: array(text('a'), int(2)),
            'a..b': int(7),
            nan: double('NaN'),
          }),
          one('texts', { whole: text('3'), both: text('x'), flag: { boolValue: true } }),
        ],
      });
      const numericOf = async (query: QueryNode) => {
        const { fields } = await storage().logFields({ ...EVERYTHING, query }, readContext(own));
        return fields.flatMap(({ field, hasNumbers }) => (hasNumbers && field.type === 'attribute' ? [field.key] : [])).sort();
      };
      expect(await numericOf(ALL)).toEqual(['a..b', 'both', 'list', 'part', 'whole']);
      expect(await numericOf({ type: 'exists', field: { type: 'attribute', place: 'attributes', key: 'flag' } })).toEqual([]);
    });

    it('lists the most frequent fields and says that there are more', async () => {
      const all = await fieldsOf();
      expect(await fieldsOf({ limit: 3 })).toEqual({ ...all, fields: all.fields.slice(0, 3), hasMore: true });
    });

    it('counts the values of every field exactly', async () => {
      const { fields } = await fieldsOf();
      expect(fields.length).toBeGreaterThan(10);
      for (const { field } of fields) {
        const result = await storage().logFieldValues({ ...EVERYTHING, field, prefix: '' }, readContext(tenant));
        const expected = referenceValues(logs, { ...EVERYTHING, field, prefix: '' });
        // Of a key that is no name for a field of an index, a storage may know that there are values and not which.
        const isUntold = result.values.length === 0 && field.type === 'attribute' && ODD_KEY.test(field.key);
        if (isUntold)
          expect(result, JSON.stringify(field)).toMatchObject({ total: expected.total, count: expected.count, otherCount: expected.count });
        else expect(result, JSON.stringify(field)).toEqual(expected);
      }
    });

    it('counts only what matches', async () => {
      const field: FacetField = { type: 'record', name: 'service' };
      const request = { ...EVERYTHING, query: WORD, field, prefix: '' };
      expect(await storage().logFieldValues(request, readContext(tenant))).toEqual(referenceValues(logs, request));
    });
  });

  describe('the values of a field', () => {
    const tenant = newTenant('facetvalues');
    const long = 'x'.repeat(MAX_FACET_VALUE_LENGTH + 1);
    const logs = [
      buildLog('a', {
        timeUnixNano: at(1),
        severityNumber: 17,
        attributes: attributes({ n: int('5'), v: text('apple'), route: text('/a*b') }),
      }),
      buildLog('b', {
        timeUnixNano: at(2),
        severityNumber: 9,
        attributes: attributes({ n: double(5), v: text('apricot'), route: text('/a"b') }),
      }),
      buildLog('c', {
        timeUnixNano: at(3),
        severityNumber: 9,
        attributes: attributes({ n: text('5'), v: text('주문'), route: text('/abc') }),
      }),
      buildLog('d', {
        timeUnixNano: at(4),
        attributes: attributes({ n: int('9007199254740993'), v: array(text('apple'), text('apple'), text('pear')) }),
      }),
      buildLog('e', { timeUnixNano: at(5), attributes: attributes({ n: double(0.1), v: text(long), b: bytes('aGVsbG8=') }) }),
      buildLog('f', {
        timeUnixNano: at(6),
        service: 'other',
        attributes: attributes({ v: text('apple'), deep: map({ key: text('in a map') }), 'odd key: *': text('odd') }),
        resource: { attributes: attributes({ 'service.name': text('other'), v: text('of the resource'), host: text('h-1') }) },
      }),
      buildLog('g', {
        timeUnixNano: at(7),
        service: '',
        attributes: attributes({ ['k'.repeat(MAX_FACET_KEY_LENGTH + 1)]: text('long key') }),
      }),
    ];
    const valuesOf = (field: ValuesField, request: Partial<FieldValuesRequest> = {}): Promise<FieldValuesResult> =>
      storage().logFieldValues({ ...EVERYTHING, field, prefix: '', ...request }, readContext(tenant));
    const listed = ({ values }: FieldValuesResult) => values.map(({ value, count }) => `${value} ${count}`);
    beforeAll(() => writeAndAwait(storage(), tenant, { logs }));

    it('have one text whatever their type, as a query finds them, with every digit', async () => {
      const result = await valuesOf(attribute('n'));
      expect(listed(result)).toEqual(['5 3', '0.1 1', '9007199254740993 1']);
      expect(result).toMatchObject({ total: 7, count: 5, otherCount: 0, isCapped: false });
    });

    it('count once where an array has one twice, and leave out what is too long for a list', async () => {
      const result = await valuesOf(attribute('v'));
      expect(listed(result)).toEqual(['apple 3', 'apricot 1', 'pear 1', '주문 1']);
      expect(result).toMatchObject({ count: 6, otherCount: 1 });
    });

    it('are those of all places where none is named', async () => {
      const result = await valuesOf(attribute('v', 'any'));
      expect(listed(result)).toEqual(['apple 3', 'apricot 1', 'of the resource 1', 'pear 1', '주문 1']);
      expect(result).toMatchObject({ count: 6, otherCount: 1 });
      expect(listed(await valuesOf(attribute('host', 'any')))).toEqual(['h-1 1']);
    });

    it('count once where a record has one in several places', async () => {
      const own = newTenant('facetplaces');
      const host = (value: string) => attributes({ host: text(value) });
      const one = (id: string, { record, resource }: { readonly record?: string; readonly resource?: string }) =>
        buildLog(id, {
          ...(record !== undefined && { attributes: host(record) }),
          ...(resource !== undefined && { resource: { attributes: host(resource) } }),
        });
      await writeAndAwait(storage(), own, {
        logs: [
          one('both', { record: 'a', resource: 'a' }),
          one('two', { record: 'a', resource: 'b' }),
          one('own', { record: 'a' }),
          one('shared', { resource: 'b' }),
          one('more', { record: 'c', resource: 'c' }),
          one('none', {}),
        ],
      });
      const ports = newTenant('facetports');
      const port = (value: string) => attributes({ port: int(value) });
      await writeAndAwait(storage(), ports, {
        logs: [
          buildLog('same', { attributes: port('5'), resource: { attributes: port('5') } }),
          buildLog('other', { attributes: port('5'), resource: { attributes: port('-6') } }),
        ],
      });
      const ofPorts = await storage().logFieldValues({ ...EVERYTHING, field: attribute('port', 'any'), prefix: '' }, readContext(ports));
      expect(listed(ofPorts)).toEqual(['5 2', '-6 1']);
      const request = { ...EVERYTHING, field: attribute('host', 'any'), prefix: '' };
      expect(await storage().logFieldValues(request, readContext(own))).toEqual({
        ...{ total: 6, count: 5, otherCount: 0, isCapped: false },
        values: [
          { value: 'a', count: 3 },
          { value: 'b', count: 2 },
          { value: 'c', count: 1 },
        ],
      });
    });

    it.each([
      ['ap', ['apple 3', 'apricot 1']],
      ['Ap', []],
      ['주', ['주문 1']],
      ['apple', ['apple 3']],
    ])('are only those that start with %s, case and all', async (prefix, expected) => {
      const result = await valuesOf(attribute('v'), { prefix });
      expect(listed(result)).toEqual(expected);
      expect(result).toMatchObject({ total: 7, count: 6, otherCount: 0 });
    });

    it.each([
      ['/a', ['/a"b 1', '/a*b 1', '/abc 1']],
      ['/a*', ['/a*b 1']],
      ['/a"', ['/a"b 1']],
      ['/a.', []],
    ])('take %s as it stands for a start', async (prefix, expected) => {
      expect(listed(await valuesOf(attribute('route'), { prefix }))).toEqual(expected);
    });

    it('of numbers start as their text does', async () => {
      expect(listed(await valuesOf(attribute('n'), { prefix: '9' }))).toEqual(['9007199254740993 1']);
      expect(listed(await valuesOf(attribute('n'), { prefix: '0.' }))).toEqual(['0.1 1']);
    });

    it('beyond the limit are counted together', async () => {
      expect(await valuesOf(attribute('v'), { limit: 1 })).toMatchObject({ values: [{ value: 'apple', count: 3 }], otherCount: 4 });
      expect(await valuesOf(attribute('v'), { limit: 1, prefix: 'ap' })).toMatchObject({
        values: [{ value: 'apple', count: 3 }],
        otherCount: 1,
      });
    });

    it('of several types add up, though they are among the most frequent of none', async () => {
      const own = newTenant('facettypes');
      // 100 of each type that only it has, twice each; and one of which each type has one.
      const values = Array.from({ length: 100 }, (_, index) => [
        int(String(index)),
        int(String(index)),
        double(index + 0.5),
        double(index + 0.5),
      ]);
      const both = [int('5000'), double(5_000), text('5000')];
      await writeAndAwait(storage(), own, {
        logs: [...values.flat(), ...both].map((value, index) => buildLog(`typed ${index}`, { attributes: attributes({ value }) })),
      });
      const request = { ...EVERYTHING, field: attribute('value'), prefix: '', limit: 2 };
      expect(await storage().logFieldValues(request, readContext(own))).toEqual({
        ...{ total: 403, count: 403, isCapped: false },
        values: [
          { value: '5000', count: 3 },
          { value: '0', count: 2 },
        ],
        otherCount: 398,
      });
    });

    it('that no list has are counted as other', async () => {
      expect(await valuesOf(attribute('b'))).toEqual({ total: 7, count: 1, values: [], otherCount: 1, isCapped: false });
    });

    it('of maps have their path as key', async () => {
      expect(listed(await valuesOf(attribute('deep.key')))).toEqual(['in a map 1']);
    });

    it('of levels are in lower case', async () => {
      const level: FacetField = { type: 'record', name: 'level' };
      expect(listed(await valuesOf(level))).toEqual(['unset 4', 'info 2', 'error 1']);
      expect(listed(await valuesOf(level, { prefix: 'e' }))).toEqual(['error 1']);
    });

    it('of services leave out records that name none', async () => {
      const service: FacetField = { type: 'record', name: 'service' };
      expect(await valuesOf(service)).toEqual({
        total: 7,
        count: 6,
        values: [
          { value: 'shop', count: 5 },
          { value: 'other', count: 1 },
        ],
        otherCount: 0,
        isCapped: false,
      });
      expect(listed(await valuesOf(service, { prefix: 'sh' }))).toEqual(['shop 5']);
    });

    it('of an unknown field, or of a tenant that wrote nothing, are none', async () => {
      expect(await valuesOf(attribute('unknown'))).toEqual({ total: 7, count: 0, values: [], otherCount: 0, isCapped: false });
      const nobody = readContext(newTenant('facetsofnobody'));
      expect(await storage().logFields(EVERYTHING, nobody)).toEqual({ total: 0, fields: [], hasMore: false });
      const request = { ...EVERYTHING, field: attribute('v'), prefix: '' };
      expect(await storage().logFieldValues(request, nobody)).toEqual({ total: 0, count: 0, values: [], otherCount: 0, isCapped: false });
    });

    it('are of fields whose key can be listed; others are told of', async () => {
      const { fields, hasMore } = await storage().logFields(EVERYTHING, readContext(tenant));
      expect(fields.some(({ field }) => field.type === 'attribute' && field.key === 'odd key: *')).toBe(true);
      expect(fields.some(({ field }) => field.type === 'attribute' && field.key.startsWith('kkk'))).toBe(false);
      expect(hasMore).toBe(true);
      // Elasticsearch has no typed field of such a name: the value is there, not which.
      expect(await valuesOf(attribute('odd key: *'))).toMatchObject({ count: 1 });
    });
  });
}

function matching(
  logs: readonly IndexedLog[],
  { query, range }: { readonly query: QueryNode; readonly range: { readonly fromNanos?: bigint; readonly toNanos?: bigint } },
): IndexedLog[] {
  const { fromNanos = 0n, toNanos } = range;
  return logs.filter(
    (log) => log.timeNanos >= fromNanos && (toNanos === undefined || log.timeNanos < toNanos) && matchesRecord(query, log),
  );
}

function leavesAt(place: FacetPlace, { record }: IndexedLog): AttributeLeaf[] {
  return attributeLeaves(place === 'attributes' ? record.attributes : record[place].attributes);
}

function recordText(name: (typeof RECORD_FACETS)[number], log: IndexedLog): string {
  return name === 'level' ? log.level.toLowerCase() : name === 'service' ? log.service : (log.record.scope.name ?? '');
}

function referenceFields(logs: readonly IndexedLog[], search: Parameters<typeof matching>[1]): FieldsResult {
  const found = matching(logs, search);
  const own = RECORD_FACETS.map((name) => ({
    field: { type: 'record', name } as const,
    count: found.filter((log) => recordText(name, log) !== '').length,
  }));
  const ofPlaces = FACET_PLACES.flatMap((place) => {
    const keys = new Map<string, number>();
    const numeric = new Set<string>();
    for (const log of found) {
      const leaves = leavesAt(place, log);
      for (const key of new Set(leaves.map((leaf) => leaf.key))) keys.set(key, (keys.get(key) ?? 0) + 1);
      for (const { key, value } of leaves)
        if (value.type === 'int' || (value.type === 'double' && Number.isFinite(value.value))) numeric.add(key);
    }
    return Array.from(keys, ([key, count]) => ({
      field: { type: 'attribute', place, key } as const,
      count,
      ...(numeric.has(key) && { hasNumbers: true as const }),
    }));
  });
  const named = ofPlaces.filter(({ field: { key } }) => key !== '' && key.length <= MAX_FACET_KEY_LENGTH);
  const fields = [...own.filter(({ count }) => count > 0), ...named].sort(compareFields);
  return { total: found.length, fields, hasMore: named.length < ofPlaces.length };
}

function referenceValues(logs: readonly IndexedLog[], request: FieldValuesRequest): FieldValuesResult {
  const found = matching(logs, request);
  const values = new Map<string, number>();
  let count = 0;
  let otherCount = 0;
  for (const log of found) {
    const leaves = leavesOfField(request.field, log);
    if (leaves.length > 0) count += 1;
    const typed = leaves.filter(isTyped);
    const texts = new Set(typed.filter((leaf) => !isLong(leaf)).map((leaf) => `${leaf.type} ${leafText(leaf).toWellFormed()}`));
    for (const name of texts) {
      const value = name.slice(name.indexOf(' ') + 1);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
    if (leaves.length > 0 && (typed.length === 0 || typed.some(isLong))) otherCount += 1;
  }
  return {
    total: found.length,
    count,
    values: Array.from(values, ([value, number]) => ({ value, count: number })).sort(compareValues),
    otherCount,
    isCapped: false,
  };
}

function leavesOfField(field: ValuesField, log: IndexedLog): LeafValue[] {
  if (field.type === 'record') {
    const value = recordText(field.name, log);
    return value === '' ? [] : [{ type: 'string', value }];
  }
  return FACET_PLACES.filter((place) => field.place === 'any' || field.place === place).flatMap((place) =>
    leavesAt(place, log).flatMap(({ key, value }) => (key === field.key ? [value] : [])),
  );
}

function isTyped(leaf: LeafValue): boolean {
  return leaf.type !== 'bytes' && (leaf.type !== 'double' || Number.isFinite(leaf.value));
}

function isLong(leaf: LeafValue): boolean {
  return leafText(leaf).length > MAX_FACET_VALUE_LENGTH;
}
