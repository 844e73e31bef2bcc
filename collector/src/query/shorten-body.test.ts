import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyValue, LogRecord } from '../api/index.ts';
import { MAX_LIST_BODY_BYTES, shortenBody } from './shorten-body.ts';

function recordOf(body: AnyValue): LogRecord {
  return {
    id: 'a',
    timeUnixNano: '1',
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: '1',
    attributes: [],
    resource: { attributes: [] },
    scope: { attributes: [] },
    body,
  };
}

const anyValue = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'binary', maxLength: 3_000 }).map((stringValue): AnyValue => ({ stringValue })),
    fc.uint8Array({ maxLength: 5_000 }).map((bytes): AnyValue => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant<AnyValue>({ boolValue: true }),
    fc.constant<AnyValue>({}),
    fc.array(tie('value'), { maxLength: 20 }).map((values): AnyValue => ({ arrayValue: { values } })),
    fc
      .array(tie('value'), { maxLength: 20 })
      .map((values): AnyValue => ({ kvlistValue: { values: values.map((value, index) => ({ key: `k${index}`, value })) } })),
  ),
})).value;

/** Bytes of all texts, bytes and keys. */
function contentBytes(value: AnyValue): number {
  if (value.stringValue !== undefined) return Buffer.byteLength(value.stringValue);
  if (value.bytesValue !== undefined) return Buffer.from(value.bytesValue, 'base64').length;
  const values = value.arrayValue?.values.map(contentBytes) ?? [];
  const entries = value.kvlistValue?.values.map((entry) => Buffer.byteLength(entry.key) + contentBytes(entry.value ?? {})) ?? [];
  return [...values, ...entries].reduce((sum, bytes) => sum + bytes, 0);
}

describe('shortenBody', () => {
  it('keeps at most 4 KiB of any body, and the same body where it says nothing of a cut', () => {
    fc.assert(
      fc.property(anyValue, (body) => {
        const shortened = shortenBody(recordOf(body));
        expect(contentBytes(shortened.body ?? {})).toBeLessThanOrEqual(MAX_LIST_BODY_BYTES);
        if (shortened.bodyTruncated === undefined) expect(shortened.body).toEqual(body);
        else expect(shortened.body).not.toEqual(body);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a text of exactly 4 KiB as it is', 'x'.repeat(4_096), 'x'.repeat(4_096), undefined],
    ['a longer one cut', 'x'.repeat(4_097), 'x'.repeat(4_096), true],
    ['no half of a code point', `x${'🚀'.repeat(1_024)}`, `x${'🚀'.repeat(1_023)}`, true],
    ['no half of a syllable', '주'.repeat(2_000), '주'.repeat(1_365), true],
  ])('gives %s', (_caption, text, kept, truncated) => {
    const { body, bodyTruncated } = shortenBody(recordOf({ stringValue: text }));
    expect(body?.stringValue).toBe(kept);
    expect(bodyTruncated).toBe(truncated);
  });

  it('keeps the first entries of a map and cuts the one in which the limit falls', () => {
    const entry = (key: string, length: number) => ({ key, value: { stringValue: 'x'.repeat(length) } });
    const { body } = shortenBody(recordOf({ kvlistValue: { values: [entry('a', 3_000), entry('b', 3_000), entry('c', 1)] } }));
    expect(body?.kvlistValue?.values.map(({ key, value }) => [key, value?.stringValue?.length])).toEqual([
      ['a', 3_000],
      ['b', 4_096 - 3_000 - 2 * 9],
    ]);
  });

  it('leaves the record that it was given alone', () => {
    const record = recordOf({ stringValue: 'x'.repeat(5_000) });
    shortenBody(record);
    expect(record.body?.stringValue).toHaveLength(5_000);
  });
});
