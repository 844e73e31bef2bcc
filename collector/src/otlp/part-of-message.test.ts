import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, KeyValue } from '../api/index.ts';
import { decodeLog, decodeSpan } from './decode-request.ts';
import { LIMITS } from './limits.ts';
import { isKeptWhole, PARTS, pickFields } from './part-of-message.ts';
import { logRecord, span } from './testing/arbitraries.ts';
import { encodeReference } from './testing/reference-encoder.ts';

const all = (bytes: Uint8Array) => ({ start: 0, end: bytes.length });
const isWhole = (name: 'KeyValue' | 'AnyValue' | 'Event' | 'Link' | 'Status', fields: object): boolean => {
  const bytes = encodeReference(name, fields);
  const parts = { KeyValue: PARTS.attribute, AnyValue: PARTS.value, Event: PARTS.event, Link: PARTS.link, Status: PARTS.status };
  return isKeptWhole(bytes, all(bytes), parts[name]);
};
const nested = (levels: number): AnyValue => (levels === 0 ? { intValue: '1' } : { arrayValue: { values: [nested(levels - 1)] } });
const attributesOf = (count: number): KeyValue[] => Array.from({ length: count }, (_, number) => ({ key: `k${number}`, value: {} }));

describe('a part of a record', () => {
  it('is kept whole, whatever is in it', () => {
    fc.assert(
      fc.property(span, ({ events = [], links = [], attributes, status }) => {
        for (const event of events) expect(isWhole('Event', event)).toBe(true);
        for (const link of links) expect(isWhole('Link', link)).toBe(true);
        for (const attribute of attributes) expect(isWhole('KeyValue', attribute)).toBe(true);
        if (status) expect(isWhole('Status', status)).toBe(true);
      }),
    );
  });

  it('may be cut where it is nested too deeply, has too many attributes or a long text', () => {
    expect(isWhole('AnyValue', nested(LIMITS.depth))).toBe(true);
    expect(isWhole('AnyValue', nested(LIMITS.depth + 1))).toBe(false);
    expect(isWhole('KeyValue', { key: 'k', value: nested(LIMITS.depth + 1) })).toBe(false);
    expect(isWhole('Event', { attributes: attributesOf(LIMITS.attributeCount) })).toBe(true);
    expect(isWhole('Event', { attributes: attributesOf(LIMITS.attributeCount + 1) })).toBe(false);
    expect(isWhole('Link', { traceId: 'ab', attributes: attributesOf(LIMITS.attributeCount + 1) })).toBe(false);
    for (const value of [
      { stringValue: 'x'.repeat(LIMITS.valueBytes + 1) },
      { bytesValue: Buffer.alloc(LIMITS.valueBytes + 1).toString('base64') },
    ]) {
      expect(isWhole('AnyValue', value)).toBe(false);
      expect(isWhole('AnyValue', { arrayValue: { values: [value] } })).toBe(false);
    }
    expect(isWhole('Status', { message: 'x'.repeat(LIMITS.valueBytes + 1) })).toBe(false);
    expect(isWhole('AnyValue', { arrayValue: { values: Array.from({ length: 10_000 }, () => ({ stringValue: 'a' })) } })).toBe(true);
  });

  it.each([
    ['a field that is not known', '4801'],
    ['a field of another wire type', '0801'],
    ['a group', '0b0c'],
    ['a length beyond its end', '0a05616263'],
    ['a length that is cut off', '0a'],
    ['a length of five bytes', '0a8080808000'],
    ['a number that is cut off', '18ff'],
    ['a number of more than 64 bits', '18ffffffffffffffffff02'],
    ['a number of eleven bytes', '1880808080808080808080 00'.replace(' ', '')],
    ['a double that is cut off', '2100000000000000'],
  ])('is left to the decoder with %s', (_, hex) => {
    const bytes = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(9, 1)]);
    expect(isKeptWhole(bytes, { start: 0, end: hex.length / 2 }, PARTS.value)).toBe(false);
  });

  it('is well-formed where it is kept, whatever stands in its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        // As the only event of a span.
        if (!isKeptWhole(bytes, all(bytes), PARTS.event)) return;
        const message = Buffer.concat([Buffer.from([0x5a, bytes.length]), bytes]);
        const { record, cutValues } = decodeSpan(message);
        expect([record.events?.length, cutValues.size]).toEqual([1, 0]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('fields picked of a message', () => {
  it('are those of the numbers, as they were', () => {
    fc.assert(
      fc.property(logRecord, (record) => {
        const bytes = encodeReference('LogRecord', record);
        expect(pickFields(bytes, all(bytes), -1)).toEqual(new Uint8Array(bytes));
        expect(pickFields(bytes, all(bytes), 0).length).toBe(0);
        const { body, attributes, severityText } = decodeLog(bytes).record;
        const picked = decodeLog(pickFields(bytes, all(bytes), (1 << 5) | (1 << 6) | (1 << 3))).record;
        expect(picked).toEqual({
          timeUnixNano: '0',
          observedTimeUnixNano: '0',
          attributes,
          ...(body && { body }),
          ...(severityText && { severityText }),
        });
      }),
    );
  });

  it('are of the bytes that are named, flags with their tag of two bytes among them', () => {
    const bytes = encodeReference('Span', { traceId: '11'.repeat(16), flags: 257, status: { message: 'why' } });
    const around = Buffer.concat([Buffer.alloc(3, 7), bytes, Buffer.alloc(3, 7)]);
    const picked = pickFields(around, { start: 3, end: 3 + bytes.length }, (1 << 15) | (1 << 16));
    expect(decodeSpan(picked).record).toMatchObject({ traceId: '', flags: 257, status: { message: 'why' } });
  });
});
