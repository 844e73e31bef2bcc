import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, OtlpLogRecord } from '../api/index.ts';
import { decodeLogs, decodeTraces, ENCODINGS } from './decode-request.ts';
import { encodeExactly, encodeRequest } from './encode-request.ts';
import { groupsOf, logRecord, span } from './testing/arbitraries.ts';
import { decoded, encodeLogs, encodeTraces } from './testing/reference-encoder.ts';

const RUNS = { numRuns: 200 };

describe.each(ENCODINGS)('a request that is written again in %s', (encoding) => {
  it('is decoded to the same records', () => {
    fc.assert(
      fc.property(groupsOf(logRecord), (groups) => {
        const again = encodeRequest({ signal: 'logs', ...decodeLogs(encodeLogs(groups, encoding), encoding) }, encoding);
        expect(decodeLogs(again, encoding)).toEqual(decoded(groups));
      }),
      RUNS,
    );
    fc.assert(
      fc.property(groupsOf(span), (groups) => {
        const again = encodeRequest({ signal: 'traces', ...decodeTraces(encodeTraces(groups, encoding), encoding) }, encoding);
        expect(decodeTraces(again, encoding)).toEqual(decoded(groups));
      }),
      RUNS,
    );
  });

  it('says of a value that was nested too deeply the same as before', () => {
    let body: AnyValue = { stringValue: 'deepest' };
    for (let level = 0; level < 40; level += 1) body = { arrayValue: { values: [body] } };
    const records: OtlpLogRecord[] = [{ timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], body }];
    const sent = encodeLogs([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records }] }], encoding);
    const again = encodeRequest({ signal: 'logs', ...decodeLogs(sent, encoding) }, encoding);
    expect(decodeLogs(again, encoding)).toEqual(decodeLogs(sent, encoding));
    expect(again.includes('deepest')).toBe(false);
  });
});

it('writes a negative severity, texts longer than its first buffer and ids of any length', () => {
  const log = {
    timeUnixNano: '0',
    observedTimeUnixNano: '0',
    attributes: [],
    severityNumber: -1,
    severityText: '안'.repeat(100_000),
    traceId: 'abcd',
  };
  const groups = [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [log, log] }] }];
  expect(decodeLogs(encodeRequest({ signal: 'logs', ...decoded(groups) }, 'protobuf'), 'protobuf')).toEqual(decoded(groups));
});

describe('encodeExactly', () => {
  const log: OtlpLogRecord = { timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], traceId: 'ab'.repeat(16) };
  const requestOf = (fields: Partial<OtlpLogRecord>) =>
    ({
      signal: 'logs',
      ...decoded([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [{ ...log, ...fields }] }] }]),
    }) as const;

  it('writes what is decoded to the same records', () => {
    const request = requestOf({ body: { bytesValue: 'YWI=' }, eventName: '사건 🎉' });
    const body = encodeExactly(request);
    expect(body && decodeLogs(body, 'protobuf').groups).toEqual(request.groups);
  });

  it.each<[string, Partial<OtlpLogRecord>]>([
    ['half a pair', { body: { stringValue: 'half \ud83d a pair' } }],
    ['half a pair in a key', { attributes: [{ key: '\udc00' }] }],
    ['an id that goes on behind its hex digits', { traceId: `${'ab'.repeat(16)}zz` }],
    ['an id of capitals', { traceId: 'AB'.repeat(16) }],
    ['an id of half a byte', { spanId: 'abc' }],
    ['base64 without its end', { body: { bytesValue: 'YQ' } }],
  ])('writes nothing of what has %s: something else would come of it', (_, fields) => {
    expect(encodeExactly(requestOf(fields))).toBeUndefined();
  });

  it('writes nothing of what a value was cut of', () => {
    const request = requestOf({ body: { stringValue: 'cut' } });
    expect(encodeExactly({ ...request, cutValues: new Map([[{}, 40]]) })).toBeUndefined();
  });
});
