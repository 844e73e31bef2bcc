import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, OtlpLogRecord } from '../api/index.ts';
import { decodeLogs, decodeTraces, ENCODINGS, type Encoding } from './decode-request.ts';
import { groupsOf, logRecord, span } from './testing/arbitraries.ts';
import { decoded, encodeLogs, encodeReference, encodeTraces } from './testing/reference-encoder.ts';

const RUNS = { numRuns: 150 };

describe.each(ENCODINGS)('a request in %s', (encoding) => {
  it('brings every field of logs over as another encoder wrote it', () => {
    fc.assert(
      fc.property(groupsOf(logRecord), (groups) => {
        expect(decodeLogs(encodeLogs(groups, encoding), encoding)).toEqual(decoded(groups));
      }),
      RUNS,
    );
  });

  it('brings every field of spans over as another encoder wrote it', () => {
    fc.assert(
      fc.property(groupsOf(span), (groups) => {
        expect(decodeTraces(encodeTraces(groups, encoding), encoding)).toEqual(decoded(groups));
      }),
      RUNS,
    );
  });

  it('tells an absent body, a value of no kind and an empty text apart', () => {
    expect(decodeBody(undefined, encoding)).toBeUndefined();
    expect(decodeBody({}, encoding)).toEqual({});
    expect(decodeBody({ stringValue: '' }, encoding)).toEqual({ stringValue: '' });
    expect(decodeBody({ kvlistValue: { values: [{ key: 'k' }] } }, encoding)).toEqual({ kvlistValue: { values: [{ key: 'k' }] } });
    expect(decodeBody({ arrayValue: { values: [] } }, encoding)).toEqual({ arrayValue: { values: [] } });
  });

  it.each(['9223372036854775807', '-9223372036854775808', '9007199254740993', '-1', '0'])(
    'keeps every digit of the integer %s',
    (intValue) => {
      expect(decodeBody({ intValue }, encoding)).toEqual({ intValue });
    },
  );

  it.each(['NaN', 'Infinity', '-Infinity', '-0', 5e-324, 1.7976931348623157e308, 0.1, 5.9] as const)(
    'keeps the double %s',
    (doubleValue) => {
      expect(decodeBody({ doubleValue }, encoding)).toEqual({ doubleValue });
    },
  );

  it('keeps times to the nanosecond up to the last that 64 bits hold', () => {
    const log: OtlpLogRecord = { timeUnixNano: '18446744073709551615', observedTimeUnixNano: '1790000000123456789', attributes: [] };
    expect(decodeOne(log, encoding)).toEqual(log);
  });

  it('builds 16 arrays inside one another and empties the seventeenth, with the levels that were sent', () => {
    expect(decodeNested(16, encoding).cutValues.size).toBe(0);
    const { groups, cutValues } = decodeNested(40, encoding);
    let levels = 0;
    let value = groups[0]?.scopes[0]?.records[0]?.body;
    for (let next = value?.arrayValue?.values[0]; next; next = next.arrayValue?.values[0]) {
      value = next;
      levels++;
    }
    expect(levels).toBe(16);
    expect(value).toEqual({});
    expect([...cutValues]).toEqual([[value, 40]]);
  });
});

describe('an empty request', () => {
  it('is no records', () => {
    expect(decodeLogs(new Uint8Array(), 'protobuf').groups).toEqual([]);
    expect(decodeTraces(Buffer.from('{}'), 'json').groups).toEqual([]);
    expect(decodeTraces(Buffer.from(' {"resourceSpans": null} '), 'json').groups).toEqual([]);
  });
});

describe('a protobuf request', () => {
  const record = encodeReference('LogRecord', { severityText: 'a', severityNumber: 9, body: { stringValue: 'first' } });
  const again = encodeReference('LogRecord', { severityText: 'b', body: { intValue: '7' } });

  it('takes the last of a single field that comes twice', () => {
    expect(decodeRecordBytes(Buffer.concat([record, again]))).toMatchObject({
      severityText: 'b',
      severityNumber: 9,
      body: { intValue: '7' },
    });
  });

  it('shows a field at its default as absent, also when it had another value before', () => {
    const log = decodeRecordBytes(Buffer.concat([record, Buffer.from([0x10, 0x00, 0x1a, 0x00])]));
    expect(log).not.toHaveProperty('severityNumber');
    expect(log).not.toHaveProperty('severityText');
  });

  it('merges a message that comes twice', () => {
    const first = encodeReference('LogRecord', { body: { arrayValue: { values: [{ intValue: '1' }] } } });
    const second = encodeReference('LogRecord', { body: { arrayValue: { values: [{ intValue: '2' }] } } });
    expect(decodeRecordBytes(Buffer.concat([first, second])).body).toEqual({
      arrayValue: { values: [{ intValue: '1' }, { intValue: '2' }] },
    });
  });

  it('steps over unknown fields of every wire type, groups included', () => {
    // Field 100 as varint, fixed64, length-delimited, a group that holds a group, and fixed32.
    const unknown = Buffer.from(
      'a006ac02' + 'a1060102030405060708' + 'a20603616263' + 'a306' + '0801' + '0b0c' + 'a406' + 'a50601020304',
      'hex',
    );
    expect(decodeRecordBytes(Buffer.concat([unknown, record, unknown]))).toMatchObject({ severityText: 'a', severityNumber: 9 });
  });

  it('keeps a text that is not UTF-8, its bad bytes as U+FFFD', () => {
    expect(decodeRecordBytes(Buffer.from([0x1a, 0x03, 0x61, 0xff, 0x62])).severityText).toBe('a\uFFFDb');
  });

  it('reads a severity beyond the known ones and a negative one', () => {
    expect(decodeRecordBytes(Buffer.from('1080808010', 'hex')).severityNumber).toBe(33_554_432);
    expect(decodeRecordBytes(Buffer.from('10ffffffffffffffffff01', 'hex')).severityNumber).toBe(-1);
  });
});

function decodeOne(log: OtlpLogRecord, encoding: Encoding): OtlpLogRecord | undefined {
  const groups = [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [log] }] }];
  return decodeLogs(encodeLogs(groups, encoding), encoding).groups[0]?.scopes[0]?.records[0];
}

function decodeBody(body: AnyValue | undefined, encoding: Encoding): AnyValue | undefined {
  return decodeOne({ timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], ...(body && { body }) }, encoding)?.body;
}

function decodeNested(levels: number, encoding: Encoding) {
  let body: AnyValue = { stringValue: 'deepest' };
  for (let level = 0; level < levels; level++) body = { arrayValue: { values: [body] } };
  const records: OtlpLogRecord[] = [{ timeUnixNano: '1', observedTimeUnixNano: '0', attributes: [], body }];
  return decodeLogs(encodeLogs([{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records }] }], encoding), encoding);
}

/** A request around the bytes of one LogRecord, which no encoder would write. */
function decodeRecordBytes(record: Buffer): OtlpLogRecord {
  const within = (bytes: Buffer, field: number): Buffer => Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes]);
  const [group] = decodeLogs(within(within(within(record, 2), 2), 1), 'protobuf').groups;
  const log = group?.scopes[0]?.records[0];
  if (!log) throw new Error('expected one record');
  return log;
}
