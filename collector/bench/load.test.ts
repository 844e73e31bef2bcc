import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeTraces } from '../src/otlp/decode-request.ts';
import { BODIES_A_TRACE_GROUP, Load, RECORDS_A_BODY, singleLog } from './load.ts';

const load = new Load(42);

function logsOf(body: Buffer) {
  return decodeLogs(body, 'protobuf').groups.flatMap(({ scopes }) => scopes.flatMap(({ records }) => records));
}

function spansOf(body: Buffer) {
  return decodeTraces(body, 'protobuf').groups.flatMap(({ scopes }) => scopes.flatMap(({ records }) => records));
}

describe('a load', () => {
  it('is the same for the same seed, and another for another one', () => {
    expect(new Load(42).logs(3).equals(load.logs(3))).toBe(true);
    expect(new Load(42).spans(3).equals(load.spans(3))).toBe(true);
    expect(new Load(43).logs(3).equals(load.logs(3))).toBe(false);
  });

  it('has 500 records of about 360 bytes in a body', () => {
    expect(logsOf(load.logs(0))).toHaveLength(RECORDS_A_BODY);
    expect(spansOf(load.spans(0))).toHaveLength(RECORDS_A_BODY);
    for (const body of [load.logs(0), load.spans(0)]) {
      expect(body.length / RECORDS_A_BODY).toBeGreaterThan(330);
      expect(body.length / RECORDS_A_BODY).toBeLessThan(390);
    }
  });

  it('gives every log ids and a message of its own', () => {
    const records = [0, 1, 2].flatMap((body) => logsOf(load.logs(body)));
    expect(new Set(records.map(({ traceId }) => traceId)).size).toBe(records.length);
    expect(new Set(records.map(({ body }) => body?.stringValue)).size).toBe(records.length);
  });

  it('spreads each trace over as many bodies and services as it has spans, all but the root with a parent in it', () => {
    const bodies = Array.from({ length: BODIES_A_TRACE_GROUP }, (_, body) => spansOf(load.spans(BODIES_A_TRACE_GROUP + body)));
    const spans = bodies.flat();
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(RECORDS_A_BODY);
    expect(ids.size).toBe(spans.length);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '')).toHaveLength(RECORDS_A_BODY);
    expect(spans.every(({ parentSpanId }) => !parentSpanId || ids.has(parentSpanId))).toBe(true);
  });
});

describe('a single log', () => {
  it('has the message it was given, whatever its length', () => {
    for (const message of ['probe', 'é'.repeat(20_000)]) expect(logsOf(singleLog(message))[0]?.body).toEqual({ stringValue: message });
  });
});
