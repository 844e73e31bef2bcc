import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { countDataPoints } from './count-data-points.ts';
import { decodeLogs, decodeTraces, type Encoding } from './decode-request.ts';
import { LIMITS } from './limits.ts';
import { groupsOf, logRecord, span } from './testing/arbitraries.ts';
import { METRICS_REQUEST } from './testing/metrics-request.ts';
import { encodeLogs, encodeMetrics, encodeTraces } from './testing/reference-encoder.ts';
import { splitRequest } from './wire-request.ts';

/** What fails is shown as it is: to make a whole request as small as can be takes many minutes, during which nothing else runs. */
const RUNS = { numRuns: 300, endOnFailure: true };
/** Real telemetry of these sizes takes a few milliseconds; a busy machine and a slow path stay far below. */
const MAX_MILLIS = 20_000;

describe('bytes that are no request', () => {
  it('are refused as malformed, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodesOrRefuses(bytes, 'protobuf');
        decodesOrRefuses(bytes, 'json');
      }),
      RUNS,
    );
  });

  it('are refused or read when a valid request is changed in a few places', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), kind: fc.constantFrom('set', 'insert', 'remove', 'cut') });
    const requests = fc.oneof(
      groupsOf(logRecord).map((groups) => ({ protobuf: encodeLogs(groups, 'protobuf'), json: encodeLogs(groups, 'json') })),
      groupsOf(span).map((groups) => ({ protobuf: encodeTraces(groups, 'protobuf'), json: encodeTraces(groups, 'json') })),
      fc.constant({ protobuf: encodeMetrics(METRICS_REQUEST, 'protobuf'), json: encodeMetrics(METRICS_REQUEST, 'json') }),
    );
    fc.assert(
      fc.property(requests, fc.array(change, { minLength: 1, maxLength: 4 }), (request, changes) => {
        decodesOrRefuses(mutate(request.protobuf, changes), 'protobuf');
        decodesOrRefuses(mutate(request.json, changes), 'json');
      }),
      RUNS,
    );
  });

  it.each([
    ['a number that is cut off', '0a'],
    ['a length beyond the end', '0a05'],
    ['a length of more than 32 bits', '0affffffffffffffff7f'],
    ['a number of more than ten bytes', '08ffffffffffffffffffffffff01'],
    ['field number 0', '0200'],
    ['wire type 6', '0e00'],
    ['wire type 7', '0f00'],
    ['the end of a group that never began', '0c'],
    ['a group without its end', 'a306'],
    ['a group with the end of another', 'a306ac06'],
    ['a message field with another wire type', '0800'],
    ['a fixed number that is cut off', 'a1060102'],
  ])('are refused: %s', (_what, hex) => {
    for (const read of [decodeLogs, countDataPoints])
      expect(() => read(Buffer.from(hex, 'hex'), 'protobuf')).toThrow(expect.objectContaining({ code: 'malformed_body' }));
  });
});

describe('a request that is made to exhaust its reader', () => {
  it('may nest values as deep as its size lets it, and is refused', () => {
    const started = performance.now();
    const parts: Buffer[] = [];
    for (let length = 0; length < 1_000_000; ) {
      // An array with one value, from the inside out: each level is a tag and a length around all before it.
      const level = lengthPrefix(0x0a, length);
      parts.push(level);
      length += level.length;
      const value = lengthPrefix(0x2a, length);
      parts.push(value);
      length += value.length;
    }
    const nested = Buffer.concat(parts.reverse());
    const record = Buffer.concat([lengthPrefix(0x2a, nested.length), nested]);
    const scope = Buffer.concat([lengthPrefix(0x12, record.length), record]);
    const group = Buffer.concat([lengthPrefix(0x12, scope.length), scope]);
    const request = Buffer.concat([lengthPrefix(0x0a, group.length), group]);
    expect(() => decodeLogs(request, 'protobuf')).toThrow('inside one another');
    // As a resource's attribute the same value nests in a request of metrics too.
    const attribute = Buffer.concat([lengthPrefix(0x12, nested.length), nested]);
    const resource = Buffer.concat([lengthPrefix(0x0a, attribute.length), attribute]);
    const shared = Buffer.concat([lengthPrefix(0x0a, resource.length), resource]);
    expect(() => countDataPoints(Buffer.concat([lengthPrefix(0x0a, shared.length), shared]), 'protobuf')).toThrow('inside one another');
    expect(performance.now() - started).toBeLessThan(MAX_MILLIS);
  });

  it('may hold millions of empty messages, and is refused for their number', () => {
    const attributes = Buffer.alloc((LIMITS.messages + 1) * 2, Buffer.from([0x0a, 0x00]));
    const resource = Buffer.concat([lengthPrefix(0x0a, attributes.length), attributes]);
    const request = Buffer.concat([lengthPrefix(0x0a, resource.length), resource]);
    for (const read of [decodeLogs, countDataPoints])
      expect(() => read(request, 'protobuf')).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  it('may hold hundreds of thousands of resources and scopes, and is refused for their number, soon', () => {
    const started = performance.now();
    const resources = Buffer.alloc(2_000_000, Buffer.from([0x0a, 0x00]));
    const scopes = Buffer.alloc(2_000_000, Buffer.from([0x12, 0x00]));
    const inOne = Buffer.concat([lengthPrefix(0x0a, scopes.length), scopes]);
    const json = Buffer.from(`{"resourceLogs":[${'{},'.repeat(1_000_000)}{}]}`);
    for (const body of [resources, inOne]) {
      expect(splitRequest(body)).toBeUndefined();
      for (const decode of [decodeLogs, decodeTraces])
        expect(() => decode(body, 'protobuf')).toThrow(expect.objectContaining({ code: 'body_too_large' }));
    }
    expect(() => decodeLogs(json, 'json')).toThrow(expect.objectContaining({ code: 'body_too_large' }));
    expect(performance.now() - started).toBeLessThan(MAX_MILLIS);
  });

  it('may hold strings of nothing but escapes', () => {
    const started = performance.now();
    for (const text of [
      `{"a":"${'\\"'.repeat(1_000_000)}`,
      `{"a":"${'\\'.repeat(2_000_000)}`,
      `{"a":"${`${'\\'.repeat(1_999)}"`.repeat(1_000)}`,
    ]) {
      for (const read of [decodeLogs, countDataPoints]) expect(() => read(Buffer.from(text), 'json')).toThrow(ThreadlineError);
    }
    expect(performance.now() - started).toBeLessThan(MAX_MILLIS);
  });
});

function decodesOrRefuses(bytes: Uint8Array, encoding: Encoding): void {
  for (const decode of [decodeLogs, decodeTraces, countDataPoints]) {
    try {
      decode(bytes, encoding);
    } catch (error) {
      if (!(error instanceof ThreadlineError) || error.code !== 'malformed_body') throw error;
    }
  }
}

interface Change {
  readonly at: number;
  readonly byte: number;
  readonly kind: 'set' | 'insert' | 'remove' | 'cut';
}

function mutate(bytes: Buffer, changes: readonly Change[]): Buffer {
  let mutated = [...bytes];
  for (const { at, byte, kind } of changes) {
    const place = at % (mutated.length + 1);
    if (kind === 'set') mutated[place] = byte;
    else if (kind === 'insert') mutated.splice(place, 0, byte);
    else if (kind === 'remove') mutated.splice(place, 1);
    else mutated = mutated.slice(0, place);
  }
  return Buffer.from(mutated);
}

function lengthPrefix(tag: number, length: number): Buffer {
  const bytes = [tag];
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
