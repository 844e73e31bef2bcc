import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue, OtlpLogRecord, OtlpSpan, Resource, Scope, Truncation } from '../api/index.ts';
import { decodeLogs } from '../otlp/decode-request.ts';
import { LIMITS } from '../otlp/limits.ts';
import { attributesBytes, exactTextBytes, valueBytes } from './content-size.ts';
import { normalizeLogs, normalizeSpans } from './normalize.ts';

const TRACE_ID = 'ab'.repeat(16);
const SPAN_ID = 'cd'.repeat(8);
const KIB = 1024;
const MIB = 1024 * KIB;

describe('a log record', () => {
  it('gets its id, arrival, resource and scope, and keeps what it had', () => {
    const resource: Resource = { attributes: [attribute('service.name', 'shop')], schemaUrl: 'r' };
    const scope: Scope = { attributes: [], name: 's' };
    const sent = log({ traceId: TRACE_ID, spanId: SPAN_ID, body: { stringValue: 'x' } });
    const { records, outcome } = normalizeLogs(request([{ ...sent }], resource, scope), CONTEXT);
    expect(records[0]?.record).toEqual({ ...sent, id: 'id-0', arrivalTimeUnixNano: '1790000000000000001', resource, scope });
    expect(records[0]).toMatchObject({ service: 'shop', message: 'x', id: 'id-0' });
    expect(outcome).toMatchObject({ acceptedCount: 1, rejectedCount: 0 });
    expect(outcome.message()).toBe('');
  });

  it.each([
    ['a trace id that is too short', { traceId: 'abcd', spanId: SPAN_ID }, ['traceId'], { spanId: SPAN_ID }],
    ['a trace id in base64', { traceId: 'q6urq6urq6urq6urq6urqw==', spanId: SPAN_ID }, ['traceId'], { spanId: SPAN_ID }],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, ['traceId'], {}],
    ['a span id that is too long', { traceId: TRACE_ID, spanId: `${SPAN_ID}00` }, ['spanId'], { traceId: TRACE_ID }],
    ['both ids malformed', { traceId: 'x', spanId: 'y' }, ['traceId', 'spanId'], {}],
  ] as const)('with %s is kept without it and counted', (_what, ids, invalidIds, kept) => {
    const { records, outcome } = normalizeLogs(request([log(ids)]), CONTEXT);
    const record = records[0]?.record;
    expect(record?.invalidIds).toEqual(invalidIds);
    expect({ ...(record?.traceId && { traceId: record.traceId }), ...(record?.spanId && { spanId: record.spanId }) }).toEqual(kept);
    expect(outcome.rejectedCount).toBe(0);
    expect(outcome.message()).toBe('1 log record kept without a malformed traceId or spanId');
  });

  it('with more than 128 attributes keeps the first and says how many there were', () => {
    const { truncations, record } = cut(log({ attributes: Array.from({ length: 200 }, (_, index) => attribute(`k${index}`, 'v')) }));
    expect(record.attributes).toHaveLength(LIMITS.attributeCount);
    expect(record.attributes.at(-1)?.key).toBe('k127');
    expect(truncations).toEqual([{ path: 'attributes', limit: 'attributeCount', originalSize: 200 }]);
  });

  it('with exactly the limits is not cut', () => {
    const attributes = Array.from({ length: 128 }, (_, index) => attribute(`k${index}`, index === 0 ? 'x'.repeat(64 * KIB) : 'v'));
    expect(cut(log({ attributes })).truncations).toEqual([]);
  });

  it('has a long value cut between code points, never within one', () => {
    const text = `${'x'.repeat(64 * KIB - 2)}😀 and more`;
    const { truncations, record } = cut(log({ attributes: [attribute('a.b', text)] }));
    expect(record.attributes[0]?.value?.stringValue).toBe('x'.repeat(64 * KIB - 2));
    expect(truncations).toEqual([{ path: 'attributes.a.b', limit: 'valueBytes', originalSize: exactTextBytes(text) }]);
  });

  it('has long values inside arrays, maps and bytes cut, each with its place', () => {
    const long = 'ä'.repeat(40 * KIB);
    const value: AnyValue = {
      kvlistValue: {
        values: [
          { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: long }] } } },
          { key: 'raw', value: { bytesValue: Buffer.alloc(100 * KIB).toString('base64') } },
        ],
      },
    };
    const { truncations, record } = cut(log({ attributes: [{ key: 'm', value }] }));
    expect(truncations).toEqual([
      { path: 'attributes.m.list[1]', limit: 'valueBytes', originalSize: 80 * KIB },
      { path: 'attributes.m.raw', limit: 'valueBytes', originalSize: 100 * KIB },
    ]);
    const raw = record.attributes[0]?.value?.kvlistValue?.values[1]?.value?.bytesValue ?? '';
    expect(Buffer.from(raw, 'base64')).toHaveLength(64 * KIB);
  });

  it('says how deep a value was that is cut at 16 levels', () => {
    let value: AnyValue = { stringValue: 'deepest' };
    for (let level = 0; level < 30; level++)
      value = level % 2 ? { arrayValue: { values: [value] } } : { kvlistValue: { values: [{ key: 'k', value }] } };
    const body = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: value, attributes: [{ key: 'deep', value }, attribute('other', 'x')] }] }] }],
    };
    const { records, outcome } = normalizeLogs(decodeLogs(Buffer.from(JSON.stringify(body)), 'json'), CONTEXT);
    expect(records[0]?.record.truncations).toEqual([
      { path: 'attributes.deep', limit: 'depth', originalSize: 30 },
      { path: 'body', limit: 'depth', originalSize: 30 },
    ]);
    expect(outcome.message()).toBe('1 log record cut to the limits and marked as truncated: depth 16 (1)');
  });

  it('over a MiB has its body cut to what is left', () => {
    const { truncations, record } = cut(log({ body: { stringValue: 'x'.repeat(2 * MIB) }, attributes: [attribute('k', 'v')] }));
    expect(truncations).toEqual([{ path: 'body', limit: 'recordBytes', originalSize: 2 * MIB }]);
    expect(record.attributes).toHaveLength(1);
    const kept = record.body?.stringValue?.length ?? 0;
    expect(kept).toBeGreaterThan(MIB - KIB);
    expect(kept).toBeLessThanOrEqual(MIB);
  });

  it('over a MiB has a body that is a map cut after its first entries, the last of them cut itself', () => {
    const values = [attribute('first', 'a'), attribute('second', 'x'.repeat(3 * MIB)), attribute('third', 'c')];
    const { truncations, record } = cut(log({ body: { kvlistValue: { values } } }));
    const kept = record.body?.kvlistValue?.values ?? [];
    expect(kept.map((entry) => entry.key)).toEqual(['first', 'second']);
    expect(kept[1]?.value?.stringValue?.length).toBeGreaterThan(MIB - KIB);
    expect(truncations).toMatchObject([{ path: 'body', limit: 'recordBytes' }]);
  });

  it('over a MiB by its attributes loses the last of them after its body', () => {
    const attributes = Array.from({ length: 20 }, (_, index) => attribute(`k${index}`, 'x'.repeat(64 * KIB)));
    const { truncations, record } = cut(log({ body: { stringValue: 'text' }, attributes }));
    expect(truncations.map(({ path, limit }) => `${path} ${limit}`)).toEqual(['body recordBytes', 'attributes recordBytes']);
    expect(truncations[1]?.originalSize).toBe(attributesBytes(attributes, exactTextBytes));
    expect(record.attributes.map(({ key }) => key)).toEqual(Array.from({ length: 15 }, (_, index) => `k${index}`));
    expect(valueBytes(record.body, exactTextBytes) + attributesBytes(record.attributes, exactTextBytes)).toBeLessThanOrEqual(MIB);
  });

  it('carries the cuts of its resource and its scope', () => {
    const resource: Resource = { attributes: [attribute('r', 'x'.repeat(70 * KIB))] };
    const scope: Scope = { attributes: [], name: 'n'.repeat(70 * KIB) };
    const { records, outcome } = normalizeLogs(request([log({}), log({})], resource, scope), CONTEXT);
    for (const { record } of records) {
      expect(record.truncations).toEqual([
        { path: 'resource.attributes.r', limit: 'valueBytes', originalSize: 70 * KIB },
        { path: 'scope.name', limit: 'valueBytes', originalSize: 70 * KIB },
      ]);
    }
    expect(outcome.message()).toContain('2 log records cut');
  });

  it('cannot multiply a huge resource: such a request is refused as too large', () => {
    const resource: Resource = { attributes: Array.from({ length: 16 }, (_, index) => attribute(`r${index}`, 'x'.repeat(60 * KIB))) };
    expect(() =>
      normalizeLogs(
        request(
          Array.from({ length: 1_000 }, () => log({})),
          resource,
        ),
        CONTEXT,
      ),
    ).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });
});

describe('a request', () => {
  it('of more records than any real batch has is refused as too large', () => {
    const records = Array.from({ length: LIMITS.records + 1 }, () => log({}));
    expect(() => normalizeLogs(request(records), CONTEXT)).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });
});

describe('a span', () => {
  it.each([
    ['a short trace id', { traceId: 'ab' }, 'traceId is not 16 bytes (32 hex digits) or is all zeros'],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'traceId is not 16 bytes (32 hex digits) or is all zeros'],
    ['no span id', { spanId: '' }, 'spanId is not 8 bytes (16 hex digits) or is all zeros'],
    ['a span id that is not hex', { spanId: 'g'.repeat(16) }, 'spanId is not 8 bytes (16 hex digits) or is all zeros'],
    ['a parent id of another length', { parentSpanId: 'abcd' }, 'parentSpanId is not 8 bytes (16 hex digits)'],
  ])('with %s is rejected, and the others keep the ids of their places', (_what, fields, reason) => {
    const { records, outcome } = normalizeSpans(request([span({}), span(fields), span({})]), CONTEXT);
    expect(records.map(({ id }) => id)).toEqual(['id-0', 'id-2']);
    expect(outcome).toMatchObject({ acceptedCount: 2, rejectedCount: 1 });
    expect(outcome.message()).toBe(`1 span rejected: ${reason} (1)`);
  });

  it('with a parent id of zeros has no parent', () => {
    const { records } = normalizeSpans(request([span({ parentSpanId: '0'.repeat(16) })]), CONTEXT);
    expect(records[0]?.record).not.toHaveProperty('parentSpanId');
    expect(records[0]?.isRoot).toBe(true);
  });

  it('keeps the ids of its links as they were sent, and empties what is no hex', () => {
    const links = [
      { traceId: 'abcd', spanId: '', attributes: [] },
      { traceId: 'not hex', spanId: SPAN_ID, attributes: [] },
    ];
    const { records, outcome } = normalizeSpans(request([span({ links })]), CONTEXT);
    expect(records[0]?.record.links).toEqual([
      { traceId: 'abcd', spanId: '', attributes: [] },
      { traceId: '', spanId: SPAN_ID, attributes: [] },
    ]);
    expect(outcome.message()).toBe('1 span kept with an emptied link id that was not hex');
  });

  it('over a MiB loses events, then links, then attributes, each from its end', () => {
    const event = (name: string) => ({ timeUnixNano: '1', name, attributes: [attribute('k', 'x'.repeat(60 * KIB))] });
    const { records } = normalizeSpans(
      request([span({ attributes: [attribute('keep', 'me')], events: Array.from({ length: 40 }, (_, index) => event(`e${index}`)) })]),
      CONTEXT,
    );
    const record = records[0]?.record;
    expect(record?.attributes).toEqual([attribute('keep', 'me')]);
    expect(record?.events?.[0]?.name).toBe('e0');
    expect(record?.events?.length).toBe(17);
    expect(record?.truncations).toMatchObject([{ path: 'events', limit: 'recordBytes' }]);
  });

  it('has the attributes of events and links cut, each with its place', () => {
    const attributes = Array.from({ length: 129 }, (_, index) => attribute(`k${index}`, 'v'));
    const events = [
      { timeUnixNano: '1', attributes: [] },
      { timeUnixNano: '1', name: 'n'.repeat(70 * KIB), attributes },
    ];
    const { records } = normalizeSpans(request([span({ events })]), CONTEXT);
    expect(records[0]?.record.truncations).toEqual([
      { path: 'events[1].attributes', limit: 'attributeCount', originalSize: 129 },
      { path: 'events[1].name', limit: 'valueBytes', originalSize: 70 * KIB },
    ]);
  });
});

const CONTEXT = { arrivalNanos: 1_790_000_000_000_000_001n, ids: (index: number) => `id-${index}` };

function attribute(key: string, stringValue: string): KeyValue {
  return { key, value: { stringValue } };
}

function log(fields: Partial<OtlpLogRecord>): OtlpLogRecord {
  return { timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], ...fields };
}

function span(fields: Partial<OtlpSpan>): OtlpSpan {
  return { traceId: TRACE_ID, spanId: SPAN_ID, name: 'n', startTimeUnixNano: '1', endTimeUnixNano: '2', attributes: [], ...fields };
}

function request<R>(records: R[], resource: Resource = { attributes: [] }, scope: Scope = { attributes: [] }) {
  return { groups: [{ resource, scopes: [{ scope, records }] }], cutValues: new Map<AnyValue, number>() };
}

function cut(sent: OtlpLogRecord): { record: OtlpLogRecord; truncations: readonly Truncation[] } {
  const [kept] = normalizeLogs(request([structuredClone(sent)]), CONTEXT).records;
  if (!kept) throw new Error('expected one record');
  return { record: kept.record, truncations: kept.record.truncations ?? [] };
}
