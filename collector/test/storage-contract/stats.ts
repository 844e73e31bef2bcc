import type { QueryNode } from '@threadline/query-language';
import { beforeAll, describe, expect, it } from 'vitest';
import { attributeLeaves, type LeafValue, leafText } from '../../src/model/attribute-leaves.ts';
import type { IndexedLog, IndexedSpan } from '../../src/model/record.ts';
import type { PercentileMethod } from '../../src/storage/capabilities.ts';
import {
  compareGroups,
  type GroupField,
  MAX_GROUP_TEXT_LENGTH,
  type NumberField,
  type StatsAttribute,
  type StatsFigures,
  type StatsRequest,
  type StatsResult,
  type StatsSeries,
} from '../../src/storage/stats/stats.ts';
import { FACET_PLACES, type Storage } from '../../src/storage/storage.ts';
import { at, BASE_NANOS, buildLog, buildSpan, SECOND_NANOS } from './builders.ts';
import { ALL, readContext, writeAndAwait } from './reading.ts';
import { matchesRecord } from './reference-evaluator.ts';
import { SeededRandom } from './seeded-random.ts';
import type { ContractContext } from './storage-contract.ts';
import { array, attributes, bool, bytes, double, int, text } from './values.ts';

type Indexed = IndexedLog | IndexedSpan;

const HOUR = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS + 3_600n * SECOND_NANOS };
const PERCENTILES = [50, 90, 95, 99];
const BASE_REQUEST: StatsRequest = { target: 'logs', query: ALL, range: HOUR, percentiles: PERCENTILES, groupBy: [], limit: 10 };
const WORD: QueryNode = { type: 'phrase', words: ['timeout'] };
const SERVICE: GroupField = { type: 'record', name: 'service' };
const LEVEL: GroupField = { type: 'record', name: 'level' };
const attribute = (key: string, place: StatsAttribute['place'] = 'any'): StatsAttribute => ({ type: 'attribute', place, key });

export function describeStats(context: ContractContext): void {
  describeValues(context);
  describeGroups(context);
  describeSpans(context);
  describeMany(context);
}

/** Numbers as they come. */
function describeValues({ storage, newTenant }: ContractContext): void {
  describe('figures of numbers', () => {
    const tenant = newTenant('statsvalues');
    const values = [
      { n: int(-5), z: int(0), big: int('9007199254740993'), d: double(0.1), mixed: int(1) },
      { n: int(0), z: double(0), big: int('9223372036854775807'), d: double(-2.5), mixed: text('1') },
      { n: int(12), z: double(-0), big: int('-9223372036854775808'), d: double(1e300), mixed: double(2.5) },
      { n: double(7.5), d: double(1e-300), mixed: text('not a number'), nan: double('NaN') },
      { n: array(int(1), int(1), double(2)), mixed: bool(true), nan: double('Infinity') },
      { other: text('x') },
    ];
    const logs = values.map((entries, index) => buildLog(`v${index}`, { timeUnixNano: at(index), attributes: attributes(entries) }));
    beforeAll(() => writeAndAwait(storage(), tenant, { logs }));

    it.each([
      ['negative ones, zeros, doubles, and each of an array', 'n'],
      ['nothing but zeros, of either sign', 'z'],
      ['whole numbers beyond 2^53, as doubles', 'big'],
      ['doubles of any size', 'd'],
      ['numbers among texts and booleans', 'mixed'],
      ['no NaN and no infinity', 'nan'],
      ['what no record has', 'absent'],
      ['what no record has as a number', 'other'],
    ])('are of %s', async (_caption, key) => {
      const request = { ...BASE_REQUEST, measure: attribute(key) };
      await expectReference(storage(), tenant, { records: logs, request });
    });

    it('are of one place where that is named', async () => {
      const request = { ...BASE_REQUEST, measure: attribute('n', 'resource') };
      const result = await storage().countStats(request, readContext(tenant));
      expect(result.groups).toEqual([{ key: [], count: 6, points: [] }]);
    });

    it('are none of an empty range, of a query that nothing matches, and of a tenant that wrote nothing', async () => {
      const measure = attribute('n');
      const empty = { fromNanos: BASE_NANOS, toNanos: BASE_NANOS };
      expect(await storage().countStats({ ...BASE_REQUEST, measure, range: empty }, readContext(tenant))).toMatchObject({ total: 0 });
      const none = await storage().countStats({ ...BASE_REQUEST, measure, query: { type: 'none' } }, readContext(tenant));
      expect(none).toMatchObject({ total: 0, groups: [{ key: [], count: 0 }] });
      const nobody = await storage().countStats({ ...BASE_REQUEST, measure, groupBy: [SERVICE] }, readContext(newTenant('statsofnobody')));
      expect(nobody).toMatchObject({ total: 0, groups: [] });
    });

    it('come in the order of the percentiles that are asked for, or not at all', async () => {
      const measure = attribute('n');
      const ask = async (percentiles: readonly number[]) =>
        (await storage().countStats({ ...BASE_REQUEST, measure, percentiles }, readContext(tenant))).groups[0]?.numbers;
      const numbers = await ask([100, 0]);
      expect(numbers?.percentiles).toEqual([numbers?.max, numbers?.min]);
      expect(await ask([])).toEqual({ ...numbers, percentiles: [] });
    });
  });
}

/** Values that make groups. */
function describeGroups({ storage, newTenant }: ContractContext): void {
  describe('groups of figures', () => {
    const tenant = newTenant('statsgroups');
    const long = 'x'.repeat(MAX_GROUP_TEXT_LENGTH + 1);
    const rows = [
      { service: 'shop', level: 17, entries: { ms: int(10), k: text('주문 접수'), t: int(5) } },
      { service: 'shop', level: 9, entries: { ms: int(20), k: text('주문 접수'), t: double(5) } },
      { service: 'shop', level: 9, entries: { ms: double(30.5), k: text('🛒 "a:b" \\ *'), t: text('5') } },
      { service: 'cart', level: 9, entries: { ms: int(40), k: text(''), t: text('5.0') } },
      { service: 'cart', level: 9, entries: { k: array(text('a'), text('b'), text('a')), ms: int(50), t: bool(true) } },
      { service: 'cart', level: 17, entries: { k: array(text('a'), int(7)), ms: int(60), t: text('true') } },
      { service: 'cart', level: 17, entries: { k: text(long), ms: int(70), t: int('9007199254740993') } },
      { service: '', level: 0, entries: { k: bytes('aGVsbG8='), ms: int(80), t: double('NaN') } },
      { service: '', level: 0, entries: { ms: text('90') } },
    ];
    const logs = rows.map(({ service, level, entries }, index) =>
      buildLog(`g${index}`, { timeUnixNano: at(index * 30), service, severityNumber: level, attributes: attributes(entries) }),
    );
    const ofResource = buildLog('resource', {
      timeUnixNano: at(300),
      attributes: attributes({ ms: int(100) }),
      resource: { attributes: attributes({ 'service.name': text('shop'), k: text('a'), ms: int(1) }) },
    });
    const all = [...logs, ofResource];
    beforeAll(() => writeAndAwait(storage(), tenant, { logs: all }));

    const measure = attribute('ms');
    it.each([
      ['services, and records that name none', { groupBy: [SERVICE] }],
      ['levels', { groupBy: [LEVEL] }],
      ['texts in any script, each element of an array once, of any place', { groupBy: [attribute('k')] }],
      ['texts of one place', { groupBy: [attribute('k', 'resource')] }],
      ['values of one text, whatever their types', { groupBy: [attribute('t')] }],
      ['two fields', { groupBy: [SERVICE, attribute('k')] }],
      ['two fields, of which the second is the same', { groupBy: [LEVEL, LEVEL] }],
      ['what no record has', { groupBy: [attribute('absent')] }],
      ['the largest, all others together', { groupBy: [attribute('k')], limit: 2 }],
      ['the largest of two fields, all others together', { groupBy: [SERVICE, LEVEL], limit: 2 }],
      ['time', { groupBy: [], widthNanos: 60n * SECOND_NANOS }],
      ['services by time', { groupBy: [SERVICE], widthNanos: 60n * SECOND_NANOS }],
      ['the largest by time, all others together', { groupBy: [attribute('k')], widthNanos: 100n * SECOND_NANOS, limit: 1 }],
      ['a query', { groupBy: [SERVICE], query: { type: 'levels', levels: ['INFO'] } }],
      [
        'a part of the range',
        { groupBy: [SERVICE], range: { fromNanos: BASE_NANOS + 30n * SECOND_NANOS, toNanos: BASE_NANOS + 61n * SECOND_NANOS } },
      ],
    ] satisfies [string, Partial<StatsRequest>][])('are by %s', async (_caption, fields) => {
      const request: StatsRequest = { ...BASE_REQUEST, measure, ...fields };
      await expectReference(storage(), tenant, { records: all, request });
    });

    it('have no numbers where nothing is measured', async () => {
      const request: StatsRequest = { ...BASE_REQUEST, groupBy: [SERVICE] };
      const { groups } = await storage().countStats(request, readContext(tenant));
      expect(groups).toEqual([
        { key: ['cart'], count: 4, points: [] },
        { key: ['shop'], count: 4, points: [] },
        { key: [undefined], count: 2, points: [] },
      ]);
    });
  });
}

function describeSpans({ storage, newTenant }: ContractContext): void {
  describe('figures of spans', () => {
    const tenant = newTenant('statsspans');
    const random = new SeededRandom(5);
    const spans = Array.from({ length: 60 }, (_, index) =>
      buildSpan(`s${index}`, {
        startTimeUnixNano: at(index),
        seconds: random.below(5_000) / 1_000,
        name: random.pick(['GET /', 'POST /orders', '주문']),
        kind: random.pick([0, 1, 2, 3, 9]),
        status: { code: random.pick([0, 1, 2]) },
        service: random.pick(['web', 'api', '']),
        ...(index % 3 > 0 && { parentSpanId: '00000000000000aa' }),
        attributes: attributes({ size: int(random.below(100) - 50) }),
      }),
    );
    beforeAll(() => writeAndAwait(storage(), tenant, { spans }));

    it.each([
      ['durations by operation', { measure: { type: 'record', name: 'duration' }, groupBy: [{ type: 'record', name: 'name' }] }],
      ['durations by kind and status', { measure: { type: 'record', name: 'duration' }, groupBy: [kindField, statusField] }],
      ['an attribute by service', { measure: attribute('size'), groupBy: [SERVICE] }],
      ['roots by time', { groupBy: [{ type: 'record', name: 'root' }], widthNanos: 10n * SECOND_NANOS }],
      ['scopes', { groupBy: [{ type: 'record', name: 'scope' }] }],
    ] satisfies [string, Partial<StatsRequest>][])('are of %s', async (_caption, fields) => {
      const request: StatsRequest = { ...BASE_REQUEST, target: 'spans', limit: 20, ...fields };
      await expectReference(storage(), tenant, { records: spans, request });
    });
  });
}

const kindField: GroupField = { type: 'record', name: 'kind' };
const statusField: GroupField = { type: 'record', name: 'status' };

function describeMany({ storage, newTenant }: ContractContext): void {
  describe('figures of many records', () => {
    const tenant = newTenant('statsmany');
    const random = new SeededRandom(17);
    const logs = Array.from({ length: 600 }, (_, index) =>
      buildLog(`m${index}`, {
        timeUnixNano: at(index / 4),
        body: text(index % 3 === 0 ? 'a timeout' : 'all is well'),
        service: random.pick(['a', 'b', 'c']),
        attributes: attributes({
          latency: double(Math.exp(random.below(10_000) / 1_000)),
          user: text(`u${random.below(150)}`),
          // Whole numbers are numbers of another type, as Node's senders have it: half of all are at most 10.5.
          jump: index < 198 ? int(10) : double(index < 318 ? 10.5 : 2_000.5),
        }),
      }),
    );
    beforeAll(() => writeAndAwait(storage(), tenant, { logs }));

    it.each([
      ['percentiles by service', { groupBy: [SERVICE] }],
      ['percentiles by service and time', { groupBy: [SERVICE], widthNanos: 15n * SECOND_NANOS }],
      ['more groups than are listed, by time', { groupBy: [attribute('user')], limit: 5, widthNanos: 15n * SECOND_NANOS }],
      ['more groups of two fields than are listed', { groupBy: [attribute('user'), SERVICE], limit: 7 }],
      ['numbers of two types with nothing between the low and the high', { measure: attribute('jump') }],
      ['the same by time', { measure: attribute('jump'), widthNanos: 150n * SECOND_NANOS }],
      ['a word', { query: WORD, groupBy: [SERVICE, LEVEL] }],
      [
        'all times that an index holds',
        { range: { fromNanos: 0n, toNanos: 2n ** 63n }, groupBy: [LEVEL], widthNanos: 31_536_000n * SECOND_NANOS },
      ],
    ] satisfies [string, Partial<StatsRequest>][])('are of %s', async (_caption, fields) => {
      const request: StatsRequest = { ...BASE_REQUEST, measure: attribute('latency'), ...fields };
      await expectReference(storage(), tenant, { records: logs, request });
    });
  });
}

async function expectReference(
  storage: Storage,
  tenant: string,
  { records, request }: { readonly records: readonly Indexed[]; readonly request: StatsRequest },
): Promise<void> {
  const result = await storage.countStats(request, readContext(tenant));
  expectSame(result, reference(records, request), { widthNanos: request.widthNanos, method: storage.capabilities.percentiles });
}

interface Reference {
  readonly total: number;
  readonly groups: readonly ReferenceSeries[];
  readonly other: ReferenceSeries;
}

interface ReferenceSeries {
  readonly key: readonly (string | undefined)[];
  readonly records: readonly Indexed[];
  readonly numbersOf: (records: readonly Indexed[]) => number[];
}

/** What the answer has to be, record by record. */
function reference(records: readonly Indexed[], request: StatsRequest): Reference {
  const { query, range, groupBy, limit, measure } = request;
  const found = records.filter(
    (record) => record.timeNanos >= range.fromNanos && record.timeNanos < range.toNanos && matchesRecord(query, record),
  );
  const groups = new Map<string, { key: (string | undefined)[]; records: Indexed[] }>();
  const grouped = new Map<Indexed, string[]>();
  for (const record of found) {
    for (const key of keysOf(record, groupBy)) {
      const name = JSON.stringify(key.map((part) => part ?? null));
      const group = groups.get(name) ?? { key, records: [] };
      groups.set(name, group);
      group.records.push(record);
      grouped.set(record, [...(grouped.get(record) ?? []), name]);
    }
  }
  const sorted = [...groups].sort(([, left], [, right]) =>
    compareGroups({ key: left.key, count: left.records.length }, { key: right.key, count: right.records.length }),
  );
  const listed = sorted.slice(0, limit);
  const names = new Set(listed.map(([name]) => name));
  const others = found.filter((record) => !(grouped.get(record) ?? []).some((name) => names.has(name)));
  const numbersOf = (of: readonly Indexed[]): number[] => of.flatMap((record) => (measure ? numbersOfRecord(record, measure) : []));
  return {
    total: found.length,
    groups: groupBy.length === 0 ? [{ key: [], records: found, numbersOf }] : listed.map(([, group]) => ({ ...group, numbersOf })),
    other: { key: [], records: groupBy.length === 0 ? [] : others, numbersOf },
  };

  function keysOf(record: Indexed, fields: readonly GroupField[]): (string | undefined)[][] {
    return fields.reduce<(string | undefined)[][]>(
      (keys, field) => keys.flatMap((key) => textsOf(record, field).map((part) => [...key, part])),
      [[]],
    );
  }
}

/** The texts that make groups; one undefined where the record has no value, nothing where it has only others. */
function textsOf(record: Indexed, field: GroupField): (string | undefined)[] {
  if (field.type === 'record') return [recordText(record, field.name)];
  const leaves = leavesOf(record, field);
  if (leaves.length === 0) return [undefined];
  const listed = leaves.filter((leaf) => leaf.type !== 'bytes' && (leaf.type !== 'double' || Number.isFinite(leaf.value)));
  return [...new Set(listed.map((leaf) => leafText(leaf).toWellFormed()).filter((value) => value.length <= MAX_GROUP_TEXT_LENGTH))];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

function recordText(indexed: Indexed, name: Extract<GroupField, { type: 'record' }>['name']): string | undefined {
  switch (name) {
    case 'service':
      return indexed.service || undefined;
    case 'scope':
      return indexed.record.scope.name || undefined;
    case 'level':
      return indexed.signal === 'logs' ? indexed.level.toLowerCase() : undefined;
    case 'name':
      return indexed.signal === 'traces' ? indexed.record.name : undefined;
    case 'kind':
      return indexed.signal === 'traces' ? KINDS[indexed.record.kind ?? 0] : undefined;
    case 'status':
      return indexed.signal === 'traces' ? STATUSES[indexed.record.status?.code ?? 0] : undefined;
    case 'root':
      return indexed.signal === 'traces' ? String(indexed.isRoot) : undefined;
  }
}

function leavesOf({ record }: Indexed, { place, key }: StatsAttribute): LeafValue[] {
  return FACET_PLACES.filter((candidate) => place === 'any' || place === candidate).flatMap((candidate) =>
    attributeLeaves(candidate === 'attributes' ? record.attributes : record[candidate].attributes).flatMap((leaf) =>
      leaf.key === key ? [leaf.value] : [],
    ),
  );
}

function numbersOfRecord(indexed: Indexed, field: NumberField): number[] {
  if (field.type === 'record') return indexed.signal === 'traces' ? [Number(indexed.durationNanos)] : [];
  return leavesOf(indexed, field).flatMap((leaf) =>
    leaf.type === 'int' || (leaf.type === 'double' && Number.isFinite(leaf.value)) ? [Number(leaf.value)] : [],
  );
}

function expectSame(result: StatsResult, expected: Reference, { widthNanos, method }: Expectation): void {
  expect(result).toMatchObject({ total: expected.total, isCapped: false, unmeasuredCount: 0 });
  expect(result.partial).toBeUndefined();
  expect(result.groups.map(({ key, count }) => ({ key, count }))).toEqual(
    expected.groups.map(({ key, records }) => ({ key, count: records.length })),
  );
  for (const [index, group] of expected.groups.entries()) expectSeries(result.groups[index], group, { widthNanos, method });
  expect(result.other === undefined).toBe(expected.other.records.length === 0);
  expectSeries(result.other, expected.other, { widthNanos, method });
}

interface Expectation {
  readonly widthNanos: bigint | undefined;
  readonly method: PercentileMethod;
}

function expectSeries(series: StatsSeries | undefined, { records, numbersOf }: ReferenceSeries, { widthNanos, method }: Expectation): void {
  expectFigures(series ?? { count: 0 }, { count: records.length, numbers: numbersOf(records) }, method);
  const byBucket =
    widthNanos === undefined ? new Map<bigint, Indexed[]>() : Map.groupBy(records, ({ timeNanos }) => timeNanos / widthNanos);
  const points = series?.points ?? [];
  expect(points.map(({ bucket }) => bucket)).toEqual([...byBucket.keys()].sort((left, right) => Number(left - right)));
  for (const { bucket, ...figures } of points) {
    const own = byBucket.get(bucket) ?? [];
    expectFigures(figures, { count: own.length, numbers: numbersOf(own) }, method);
  }
}

function expectFigures(
  { count, numbers }: StatsFigures,
  expected: { readonly count: number; readonly numbers: readonly number[] },
  method: PercentileMethod,
): void {
  expect(count).toBe(expected.count);
  const sorted = expected.numbers.toSorted((left, right) => left - right);
  if (sorted.length === 0) {
    expect(numbers).toBeUndefined();
    return;
  }
  expect(numbers).toMatchObject({ count: sorted.length });
  // A zero below zero is a zero.
  expect([(numbers?.min ?? Number.NaN) + 0, (numbers?.max ?? Number.NaN) + 0]).toEqual([(sorted[0] ?? 0) + 0, (sorted.at(-1) ?? 0) + 0]);
  const sum = sorted.reduce((total, value) => total + value, 0);
  const size = sorted.reduce((total, value) => total + Math.abs(value), 0);
  expect(Math.abs((numbers?.sum ?? Number.NaN) - sum)).toBeLessThanOrEqual(size * 1e-9);
  for (const [index, percentile] of PERCENTILES.entries()) {
    const found = numbers?.percentiles[index] ?? Number.NaN;
    const rank = Math.max(1, Math.ceil((percentile * sorted.length) / 100));
    // A digest's is between two numbers that are near the rank.
    const ranks = method.method === 'tDigest' ? 1 + sorted.length / 50 : 0;
    const error = method.method === 'logBuckets' ? method.maxRelativeError : 1e-9;
    const least = sorted[Math.max(0, Math.floor(rank - 1 - ranks))] ?? 0;
    const greatest = sorted[Math.min(sorted.length - 1, Math.ceil(rank - 1 + ranks))] ?? 0;
    expect(found, `percentile ${percentile}`).toBeGreaterThanOrEqual(least - Math.abs(least) * error);
    expect(found, `percentile ${percentile}`).toBeLessThanOrEqual(greatest + Math.abs(greatest) * error);
  }
}
