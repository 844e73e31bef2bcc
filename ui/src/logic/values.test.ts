import { describe, expect, it } from 'vitest';
import { valueKind, valueText } from './any-value.ts';
import { attributeRows, columnValue } from './attribute-rows.ts';
import { attributeFilter } from './query-filter.ts';
import { hasFlow, recentFlows } from './recent-flows.ts';
import { logRecord } from './record-fixtures.ts';
import { safeLink } from './safe-link.ts';

describe('valueText', () => {
  it('tells the int 5 from the string "5" inside of arrays and maps', () => {
    const value = { arrayValue: { values: [{ intValue: '5' }, { stringValue: '5' }, {}] } };
    expect(valueText(value)).toBe('[5, "5", null]');
    expect(valueText({ kvlistValue: { values: [{ key: 'a b', value: { boolValue: false } }] } })).toBe('{"a b": false}');
  });

  it('keeps digits of an int64, NaN and the sign of zero', () => {
    expect(valueText({ intValue: '9223372036854775807' })).toBe('9223372036854775807');
    expect(valueText({ doubleValue: 'NaN' })).toBe('NaN');
    expect(valueText({ doubleValue: -0 })).toBe('-0');
  });

  it('knows a value of no kind from an empty string', () => {
    expect([valueKind({}), valueKind({ stringValue: '' }), valueKind(undefined)]).toEqual(['empty', 'string', 'empty']);
  });
});

describe('attributeRows', () => {
  it('flattens maps, keeps arrays together and leaves nothing out', () => {
    const rows = attributeRows([
      { key: 'z', value: { arrayValue: { values: [{ intValue: '1' }, { intValue: '2' }] } } },
      { key: 'm', value: { kvlistValue: { values: [{ key: 'b', value: { stringValue: 'x' } }] } } },
      { key: 'e', value: { kvlistValue: { values: [] } } },
      { key: 'n' },
    ]);
    expect(rows.map(({ key, kind, values }) => [key, kind, values.length])).toEqual([
      ['e', 'map', 0],
      ['m.b', 'string', 1],
      ['n', 'empty', 0],
      ['z', 'array', 2],
    ]);
  });
});

describe('columnValue', () => {
  it('takes the record’s own attribute before the resource’s, and reads into maps', () => {
    const record = logRecord({
      attributes: [{ key: 'm', value: { kvlistValue: { values: [{ key: 'b', value: { intValue: '7' } }] } } }],
    });
    expect(['m.b', 'service.name', 'none'].map((key) => columnValue(record, key)?.value)).toEqual([
      { intValue: '7' },
      { stringValue: 'orders' },
      undefined,
    ]);
    const empty = logRecord({ attributes: [{ key: 'empty' }] });
    expect([columnValue(empty, 'empty') !== undefined, columnValue(empty, 'none')]).toEqual([true, undefined]);
  });
});

describe('attributeFilter', () => {
  it('uses the language’s short names, says where an attribute stands, and has none for maps and arrays', () => {
    expect(attributeFilter({ place: 'resource', key: 'service.name' }, { stringValue: 'orders' })).toBe('service:orders');
    expect(attributeFilter({ place: 'any', key: 'correlation.id' }, { stringValue: 'a-1' })).toBe('correlationId:a-1');
    expect(attributeFilter({ place: 'resource', key: 'host.name' }, { stringValue: 'a b' })).toBe('resource.host.name:"a b"');
    expect(attributeFilter({ place: 'any', key: 'status' }, { intValue: '5' })).toBe('attributes.status:5');
    expect(attributeFilter({ place: 'any', key: 'a' }, { arrayValue: { values: [] } })).toBeUndefined();
  });
});

describe('safeLink', () => {
  it('takes http and https alone', () => {
    expect(safeLink('https://shop.example/a?b=1')).toBe('https://shop.example/a?b=1');
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://a.example',
      'https://user:secret@a.example',
      'see https://a.example',
      '//a.example',
      'https://',
    ]) {
      expect(safeLink(text)).toBeUndefined();
    }
  });
});

describe('recentFlows', () => {
  it('gathers records by correlation ID, the latest first', () => {
    const flows = recentFlows([
      logRecord({ correlationId: 'a', timeUnixNano: '30', service: 'orders', severityNumber: 17 }),
      logRecord({ correlationId: 'b', timeUnixNano: '20' }),
      logRecord({ correlationId: 'a', timeUnixNano: '10', service: 'gateway' }),
      logRecord({ timeUnixNano: '40' }),
    ]);
    expect(flows).toEqual([
      { correlationId: 'a', lastNanos: 30n, recordCount: 2, errorCount: 1, services: ['gateway', 'orders'] },
      { correlationId: 'b', lastNanos: 20n, recordCount: 1, errorCount: 0, services: ['orders'] },
    ]);
  });

  it('knows whose flow can be asked for', () => {
    expect(['a', 'A-Z.0_~:/@+=-', 'a b', 'é', '...', 'x'.repeat(1_024)].every(hasFlow)).toBe(true);
    expect(['', '.', '..', 'x'.repeat(1_025)].some(hasFlow)).toBe(false);
  });
});
