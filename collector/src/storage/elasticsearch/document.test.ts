import { describe, expect, it } from 'vitest';
import type { KeyValue, LogRecord } from '../../api/index.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import { encodeDocument } from './document.ts';

const STORED = {
  id: 'one',
  arrivalTimeUnixNano: '1795168800000000000',
  resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
  scope: { attributes: [] },
};
const MANY: KeyValue[] = [
  { key: 'a.b', value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '9007199254740993' }, { doubleValue: 1.5 }] } } },
  { key: '', value: { stringValue: 'empty' } },
  { key: ' a', value: { stringValue: 'blank start' } },
  { key: 'x..y', value: { stringValue: 'empty part' } },
];

function buildLog(fields: Partial<LogRecord>) {
  return indexLog({ timeUnixNano: '1795168800000000000', observedTimeUnixNano: '0', attributes: MANY, ...STORED, ...fields });
}

describe('encodeDocument', () => {
  it('carries the exact record as text, whatever is indexed', () => {
    const log = buildLog({ body: { kvlistValue: { values: [{ key: 'lone', value: { stringValue: 'a\ud800' } }] } } });
    for (const form of ['full', 'untyped', 'bare'] as const) {
      const document = JSON.parse(encodeDocument(log, form));
      expect(JSON.parse(document.recordText)).toEqual(log.record);
      expect(document).toMatchObject({ recordId: 'one', '@timestamp': '2026-11-20T10:00:00.000000000Z', level: 'UNSET', service: 'shop' });
    }
  });

  it('writes integers beyond 2^53 digit by digit into the typed fields, and leaves out what is no field name', () => {
    const json = encodeDocument(buildLog({}), 'full');
    expect(json).toContain('"long":{"a.b":9007199254740993}');
    const { attributes: encoded } = JSON.parse(json);
    expect(Object.keys(encoded.string)).toEqual(['a.b', ' a']);
    expect(encoded.double).toEqual({ 'a.b': 1.5 });
    expect(encoded.keys).toEqual(['a.b', '', ' a', 'x..y']);
  });

  it('leaves the typed fields out of the untyped form, and every attribute, flagged, of the bare one', () => {
    const log = buildLog({});
    const untyped = JSON.parse(encodeDocument(log, 'untyped'));
    expect(Object.keys(untyped.attributes)).toEqual(['keys', 'pairs', 'numbers']);
    const bare = JSON.parse(encodeDocument(log, 'bare'));
    expect(bare.attributes).toBeUndefined();
    expect(bare.indexReduced).toBe(true);
  });

  it('clamps what the index cannot hold and says so', () => {
    const late = JSON.parse(encodeDocument(buildLog({ timeUnixNano: '18446744073709551615' }), 'full'));
    expect(late).toMatchObject({ '@timestamp': '2262-04-11T23:47:16.854775807Z', timeClamped: true });
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'endless', startTimeUnixNano: '1', attributes: [] };
    const endless = JSON.parse(encodeDocument(indexSpan({ ...STORED, ...span, endTimeUnixNano: '18446744073709551615' }), 'full'));
    expect(endless).toMatchObject({ endNanos: '9223372036854775807', isRoot: true, isError: false, kind: 'unspecified' });
  });
});
