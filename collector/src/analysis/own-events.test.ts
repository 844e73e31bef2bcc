import { describe, expect, it } from 'vitest';
import type { KeyValue, LogRecord } from '../api/index.ts';
import { readDropReport, readSpanStart } from './own-events.ts';

function record(attributes: KeyValue[], fields: Partial<LogRecord> = {}): LogRecord {
  return {
    id: 'a',
    timeUnixNano: '0',
    observedTimeUnixNano: '7',
    arrivalTimeUnixNano: '9',
    attributes,
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
    scope: { attributes: [] },
    ...fields,
  };
}

const IDS = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

describe('readSpanStart', () => {
  it('reads every field, the time as a number or as text', () => {
    for (const time of [{ intValue: '1795168800000000001' }, { stringValue: '1795168800000000001' }]) {
      const start = record(
        [
          { key: 'span.name', value: { stringValue: 'GET /' } },
          { key: 'span.kind', value: { intValue: '2' } },
          { key: 'span.parent_id', value: { stringValue: 'ABCDEF0123456789' } },
          { key: 'span.start_time_unix_nano', value: time },
        ],
        IDS,
      );
      expect(readSpanStart(start)).toEqual({
        ...IDS,
        name: 'GET /',
        kind: 2,
        parentSpanId: 'abcdef0123456789',
        startTimeUnixNano: '1795168800000000001',
        service: 'orders',
      });
    }
  });

  it('has a default for what is missing and takes a parent of zeros for none', () => {
    const start = record([{ key: 'span.parent_id', value: { stringValue: '0'.repeat(16) } }], IDS);
    expect(readSpanStart(start)).toEqual({ ...IDS, name: '', kind: 0, startTimeUnixNano: '7', service: 'orders' });
  });

  it('is nothing without the ids of a span', () => {
    expect(readSpanStart(record([], { traceId: IDS.traceId }))).toBeUndefined();
  });
});

describe('readDropReport', () => {
  it('bounds a count that no number holds and falls back to the record’s time', () => {
    const report = record([{ key: 'drop.count', value: { intValue: '9223372036854775807' } }], { timeUnixNano: '5' });
    expect(readDropReport(report)).toEqual({
      service: 'orders',
      signal: '',
      reason: '',
      count: Number.MAX_SAFE_INTEGER,
      firstTimeUnixNano: '5',
      lastTimeUnixNano: '5',
    });
  });
});
