import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorLimits } from './error-limits.ts';
import { type ErrorRecord, ErrorSet } from './error-set.ts';
import { ErrorSum } from './error-sum.ts';
import type { ErrorsRequest } from './errors.ts';

const RANGE = { fromNanos: 0n, toNanos: 1_000n };
const REQUEST: ErrorsRequest = { range: RANGE, widthNanos: 100n, order: 'count', limit: 1_000 };
const hex = (number: number, length: number) => number.toString(16).padStart(length, '0');

function record(fields: Partial<ErrorRecord> = {}): ErrorRecord {
  return {
    tenant: 'default',
    service: 'shop',
    version: '1',
    environment: '',
    fingerprint: 'f1',
    type: 'Error',
    template: 'no',
    timeNanos: 10n,
    traceId: hex(1, 32),
    spanId: hex(1, 16),
    operation: '',
    isSpan: false,
    ...fields,
  };
}

function setOf(...records: readonly ErrorRecord[]): ErrorSet {
  const set = new ErrorSet();
  for (const one of records) set.add(one);
  return set;
}

function sumOf(sets: readonly ErrorSet[], request: Partial<ErrorsRequest> = {}) {
  const sum = new ErrorSum({ ...REQUEST, ...request });
  for (const set of sets) sum.add(set, 'default');
  return sum.result();
}

const restored = (set: ErrorSet): ErrorSet => {
  const { head, columns } = set.stored();
  return ErrorSet.restore(JSON.parse(JSON.stringify(head)), Buffer.concat(columns)) ?? setOf();
};

const anyFields = fc.record({
  tenant: fc.constantFrom('default', 'other'),
  service: fc.constantFrom('shop', 'mail', ''),
  version: fc.constantFrom('', '1', '2'),
  environment: fc.constantFrom('', 'production', 'staging'),
  fingerprint: fc.constantFrom('f1', 'f2', 'f3'),
  type: fc.constantFrom('A', 'B'),
  template: fc.constantFrom('', 'x', 'y'),
  timeNanos: fc.bigInt({ min: 0n, max: 1_200n }),
  traceId: fc.constantFrom('', hex(1, 32), hex(2, 32)),
  spanId: fc.constantFrom('', hex(1, 16), hex(2, 16)),
  operation: fc.constantFrom('', 'GET', 'POST'),
  isSpan: fc.boolean(),
});

/** A span that came twice is the same span. */
const anyRecord = anyFields.map((fields) =>
  fields.isSpan && fields.spanId !== '' ? { ...fields, operation: `of ${fields.spanId}`, timeNanos: BigInt(fields.spanId) } : fields,
);

/** By the definition, of one group. */
function plainCount(records: readonly ErrorRecord[]): number {
  const inRange = records.filter(({ timeNanos }) => timeNanos < RANGE.toNanos);
  const ofSpan = Map.groupBy(inRange, ({ traceId, spanId }) => (traceId === '' || spanId === '' ? '' : traceId + spanId));
  let count = 0;
  for (const [span, own] of ofSpan) {
    const logs = own.filter(({ isSpan }) => !isSpan).length;
    const spans = own.length - logs;
    count += span === '' ? logs + spans : spans === 0 ? logs : Math.max(1, logs);
  }
  return count;
}

describe('ErrorSum', () => {
  it('counts an event and a log of one span once, and each further log', () => {
    const event = record({ isSpan: true, operation: 'GET', timeNanos: 5n });
    expect(sumOf([setOf(event, record())])).toMatchObject({ total: 1, groups: [{ count: 1, buckets: [{ bucket: 0n, count: 1 }] }] });
    expect(sumOf([setOf(record()), setOf(event)])).toMatchObject({ total: 1 });
    expect(sumOf([setOf(event, record(), record({ timeNanos: 250n }))]).groups[0]?.buckets).toEqual([
      { bucket: 0n, count: 1 },
      { bucket: 2n, count: 1 },
    ]);
    expect(sumOf([setOf(event, record({ spanId: hex(2, 16) }))])).toMatchObject({ total: 2 });
    expect(sumOf([setOf(event, record({ fingerprint: 'f2' }))])).toMatchObject({ total: 2, groupCount: 2 });
    expect(sumOf([setOf(record({ traceId: '', spanId: '' }), record({ traceId: '', spanId: '' }))])).toMatchObject({ total: 2 });
  });

  it('is of one environment where that is asked for, the same after it was stored, and of none that does not tell them apart', () => {
    const set = setOf(record({ environment: 'staging' }), record({ environment: '', spanId: hex(2, 16) }), record({ spanId: hex(3, 16) }));
    for (const one of [set, restored(set)])
      expect(
        [undefined, 'staging', '', 'gone'].map((environment) => sumOf([one], environment === undefined ? {} : { environment }).total),
      ).toEqual([3, 1, 2, 0]);
    const { head, columns } = set.stored();
    const before = { ...head, groups: head.groups.map(({ environment: _, ...group }) => group) };
    expect(ErrorSet.restore(before, Buffer.concat(columns))).toBeUndefined();
  });

  it('tells first and last times and versions of all times, the rest of the range', () => {
    const set = setOf(
      record({ timeNanos: 5_000n, version: '3', template: 'newest' }),
      record({ timeNanos: 7n, version: '1' }),
      record({ timeNanos: 500n, version: '2', isSpan: true, operation: 'GET', traceId: hex(7, 32) }),
    );
    const range = { fromNanos: 100n, toNanos: 1_000n };
    expect(sumOf([set], { range }).groups).toEqual([
      {
        service: 'shop',
        fingerprint: 'f1',
        type: 'Error',
        template: 'newest',
        count: 1,
        buckets: [{ bucket: 5n, count: 1 }],
        firstNanos: 7n,
        lastNanos: 5_000n,
        versions: [
          { version: '1', firstNanos: 7n, lastNanos: 7n },
          { version: '2', firstNanos: 500n, lastNanos: 500n },
          { version: '3', firstNanos: 5_000n, lastNanos: 5_000n },
        ],
        operations: [{ name: 'GET', count: 1 }],
        examples: [{ timeNanos: 500n, source: 'span', traceId: hex(7, 32), spanId: hex(1, 16) }],
      },
    ]);
    const nothing = { fromNanos: 900n, toNanos: 1_000n };
    expect(sumOf([set], { range: nothing })).toMatchObject({ total: 0, groups: [] });
    expect(sumOf([set], { range: nothing, fingerprint: 'f1' }).groups).toMatchObject([{ count: 0, firstNanos: 7n }]);
  });

  it('gives the newest examples, one of each trace', () => {
    const set = setOf(...Array.from({ length: 40 }, (_, number) => record({ timeNanos: BigInt(number), traceId: hex(number % 20, 32) })));
    const { examples = [] } = sumOf([set]).groups[0] ?? {};
    expect(examples.map(({ timeNanos }) => Number(timeNanos))).toEqual([39, 38, 37, 36, 35, 34, 33, 32, 31, 30]);
  });

  it('comes to the same however records are parted into sets, merged, stored and ordered, and to a plain count', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 60 }), fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }), (records, parts) => {
        const whole = sumOf([setOf(...records)]);
        const sets = [0, 1, 2, 3].map((part) => setOf(...records.filter((_, number) => parts[number] === part)));
        expect(comparable(sumOf(sets))).toEqual(comparable(whole));
        expect(comparable(sumOf(sets.toReversed().map(restored)))).toEqual(comparable(whole));
        const merged = new ErrorSet();
        for (const set of sets) merged.merge(set);
        expect(comparable(sumOf([restored(merged)]))).toEqual(comparable(whole));
        for (const group of whole.groups)
          expect(group.count).toBe(
            plainCount(
              records.filter(
                ({ tenant, service, fingerprint }) =>
                  tenant === 'default' && service === group.service && fingerprint === group.fingerprint,
              ),
            ),
          );
      }),
    );
  });

  it('counts the newest of very many records, and says how far that was', () => {
    const records = Array.from({ length: 50 }, (_, number) => record({ timeNanos: BigInt(number * 10), traceId: hex(number, 32) }));
    const older = setOf(...records.slice(0, 20));
    const newer = setOf(...records.slice(20));
    const sumUpTo = (maxRecords: number) => {
      const sum = new ErrorSum(REQUEST, { maxRecords });
      for (const set of [newer, older]) sum.add(set, 'default');
      return sum.result();
    };
    expect(sumUpTo(12)).toMatchObject({ total: 12, partial: { searchedFromNanos: 371n }, groups: [{ firstNanos: 0n, lastNanos: 490n }] });
    expect(sumUpTo(30)).toMatchObject({ total: 30, partial: { searchedFromNanos: 191n } });
    expect(sumUpTo(35)).toMatchObject({ total: 35, partial: { searchedFromNanos: 141n } });
    expect(sumUpTo(50)).toMatchObject({ total: 50 });
    expect(sumUpTo(50).partial).toBeUndefined();
  });

  it('keeps a thousand groups of a service apart, and counts the others together', () => {
    const many = setOf(
      ...Array.from({ length: 1_300 }, (_, number) =>
        record({ fingerprint: `f${number}`, traceId: '', spanId: '', timeNanos: BigInt(number % 900) }),
      ),
      record({ service: 'mail', fingerprint: 'f7' }),
    );
    const { total, groupCount, groups } = sumOf([many], { limit: 10 });
    expect({ total, groupCount }).toEqual({ total: 1_301, groupCount: 1_001 });
    expect(groups).toHaveLength(11);
    expect(groups.at(-1)).toMatchObject({ service: 'shop', fingerprint: 'other', count: 300, type: '' });
  });

  it('stays small under a million fingerprints', () => {
    const limits = new ErrorLimits(() => 0);
    const set = new ErrorSet();
    for (let number = 0; number < 1_000_000; number += 1) {
      const fingerprint = limits.bound('default', 'shop', { fingerprint: `f${number}`, type: `T${number}` });
      if (number % 100 === 0) set.add(record({ fingerprint, traceId: '', spanId: '' }));
    }
    expect(set.groups.length).toBeLessThanOrEqual(1_001);
    expect(limits.others()).toEqual([{ tenant: 'default', service: 'shop', count: 999_000, examples: ['T1000', 'T1001', 'T1002'] }]);
    expect(sumOf([set])).toMatchObject({ total: 10_000 });
  });
});

/** Lists without an order, ordered. */
function comparable({ groups, ...rest }: ReturnType<typeof sumOf>) {
  return {
    ...rest,
    groups: groups.map((group) => ({ ...group, buckets: group.buckets.toSorted((left, right) => Number(left.bucket - right.bucket)) })),
  };
}
