import { describe, expect, it } from 'vitest';
import type { AnyValue, LogRecord } from '../../api/index.ts';
import { createCsvTable } from './log-csv.ts';

function record(fields: Partial<LogRecord>): LogRecord {
  return {
    id: 'id',
    timeUnixNano: '1795168800000000001',
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: '1795168800000000002',
    attributes: [],
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    scope: { attributes: [] },
    ...fields,
  };
}
const cellOf = (value: NonNullable<LogRecord['body']>): string =>
  createCsvTable(['k'])
    .lineOf(record({ attributes: [{ key: 'k', value }] }))
    .slice(0, -2);

describe('a table of logs', () => {
  it('has the record itself in its first columns', () => {
    const { head, lineOf } = createCsvTable([]);
    expect(head).toBe('time,level,service,message,traceId,spanId,correlationId\r\n');
    const attributes = [{ key: 'correlation.id', value: { stringValue: 'order-1' } }];
    expect(lineOf(record({ severityNumber: 17, body: { stringValue: 'declined' }, traceId: 'aa', spanId: 'bb', attributes }))).toBe(
      '2026-11-20T10:00:00.000000001Z,ERROR,shop,declined,aa,bb,order-1\r\n',
    );
  });

  it.each([
    ['a,b', '"a,b"'],
    ['a "word"', '"a ""word"""'],
    ['two\nlines', '"two\nlines"'],
    ['plain', 'plain'],
    ['주문', '주문'],
    ['', ''],
  ])('quotes %j where it has to', (text, expected) => {
    expect(cellOf({ stringValue: text })).toBe(expected);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")'])('makes no formula of the text %j', (text) => {
    expect(cellOf({ stringValue: text }).replace(/^"/, '').startsWith("'")).toBe(true);
  });

  it.each<[AnyValue, string]>([
    [{ intValue: '-5' }, '-5'],
    [{ intValue: '9007199254740993' }, '9007199254740993'],
    [{ doubleValue: -0.5 }, '-0.5'],
    [{ doubleValue: '-0' }, '-0'],
    [{ doubleValue: '-Infinity' }, '-Infinity'],
    [{ doubleValue: 'NaN' }, 'NaN'],
    [{ boolValue: true }, 'true'],
    [{ bytesValue: 'aGVsbG8=' }, 'aGVsbG8='],
    [{ arrayValue: { values: [{ stringValue: 'a' }] } }, '"[""a""]"'],
    [{ kvlistValue: { values: [{ key: 'event', value: { intValue: '7' } }] } }, '"{""event"":7}"'],
  ])('has the value %j as it is', (value, expected) => {
    expect(cellOf(value)).toBe(expected);
  });

  it('finds an attribute in its place, and a member of a map by its path', () => {
    const attributes = [
      { key: 'host', value: { stringValue: 'own' } },
      { key: 'map', value: { kvlistValue: { values: [{ key: 'member', value: { intValue: '7' } }] } } },
    ];
    const resource = { attributes: [{ key: 'host', value: { stringValue: 'of the resource' } }] };
    const { lineOf } = createCsvTable(['host', 'resource.host', 'scope.host', 'map.member', 'attributes.host']);
    expect(lineOf(record({ attributes, resource }))).toBe('own,of the resource,,7,own\r\n');
  });

  it('takes a name that is none of the record itself for an attribute’s', () => {
    const attributes = [{ key: 'status', value: { intValue: '500' } }];
    const body = { kvlistValue: { values: [{ key: 'x', value: { stringValue: 'of the body' } }] } };
    expect(createCsvTable(['status', 'duration', 'body.x']).lineOf(record({ attributes, body }))).toBe('500,,of the body\r\n');
  });

  it('refuses more than a hundred columns', () => {
    expect(() => createCsvTable(Array.from({ length: 101 }, () => 'k'))).toThrow('100');
  });
});
