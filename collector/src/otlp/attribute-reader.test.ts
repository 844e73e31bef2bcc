import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AnyValue, KeyValue } from '../api/index.ts';
import { readAttribute } from './attribute-reader.ts';
import { decodeAttribute } from './decode-request.ts';
import { isKeptWhole, PARTS } from './part-of-message.ts';
import { span } from './testing/arbitraries.ts';
import { encodeReference } from './testing/reference-encoder.ts';

/** Between other bytes, so that none of them is read. */
function read(message: Uint8Array): KeyValue | undefined {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xff]), message, Buffer.from([0xff, 0x01])]);
  return readAttribute(bytes, 2, 2 + message.length);
}

it('gives what the decoder gives, for whatever is sent', () => {
  let wellRead = 0;
  fc.assert(
    fc.property(span, ({ attributes }) => {
      for (const attribute of attributes) {
        const message = encodeReference('KeyValue', attribute);
        const given = read(message);
        if (given === undefined) continue;
        wellRead += 1;
        expect(given).toEqual(decodeAttribute(message));
      }
    }),
  );
  expect(wellRead).toBeGreaterThan(100);
});

it('gives what the decoder gives, or nothing, where bytes were changed', () => {
  const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(span, changes, ({ attributes }, changed) => {
      for (const attribute of attributes) {
        const message = encodeReference('KeyValue', attribute);
        for (const { at, byte } of changed) message[at % message.length] = byte;
        if (!isKeptWhole(message, { start: 0, end: message.length }, PARTS.attribute)) continue;
        const given = read(message);
        if (given !== undefined) expect(given).toEqual(decodeAttribute(message));
      }
    }),
    { numRuns: 300 },
  );
});

it.each<[string, AnyValue]>([
  ['no kind', {}],
  ['a text', { stringValue: 'a 한글 😀' }],
  ['an empty text', { stringValue: '' }],
  ['the least number', { intValue: '-9223372036854775808' }],
  ['a great number', { intValue: '9007199254740993' }],
  ['a double', { doubleValue: 0.1 }],
  ['no number', { doubleValue: 'NaN' }],
  ['minus 0', { doubleValue: '-0' }],
  ['false', { boolValue: false }],
  ['bytes', { bytesValue: 'AP//' }],
  ['no elements', { arrayValue: { values: [] } }],
  ['elements', { arrayValue: { values: [{ intValue: '0' }, {}, { arrayValue: { values: [{ boolValue: true }] } }] } }],
  ['no entries', { kvlistValue: { values: [] } }],
  [
    'entries',
    {
      kvlistValue: {
        values: [
          { key: 'a', value: { kvlistValue: { values: [{ key: '' }] } } },
          { key: 'a', value: {} },
        ],
      },
    },
  ],
])('reads a value of %s', (_, value) => {
  const message = encodeReference('KeyValue', { key: 'k', value });
  expect(read(message)).toEqual({ key: 'k', value });
  expect(decodeAttribute(message)).toEqual({ key: 'k', value });
});

it.each([
  ['a value before the key', '12020a000a016b'],
  ['a key that comes twice', '0a016b0a016b'],
  ['a value that comes twice', '0a016b12021801 12021802'.replace(' ', '')],
  ['two kinds of a value', '0a016b120418011002'],
  ['two numbers in one value', '0a016b120418011802'],
])('leaves %s to the decoder', (_, hex) => {
  const message = Buffer.from(hex, 'hex');
  expect(isKeptWhole(message, { start: 0, end: message.length }, PARTS.attribute)).toBe(true);
  expect(read(message)).toBeUndefined();
});
