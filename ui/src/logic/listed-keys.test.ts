import { describe, expect, it } from 'vitest';
import { listedKeys } from './listed-keys.ts';
import { logRecord } from './record-fixtures.ts';

describe('listedKeys', () => {
  it('has the keys of all three places, those first that most records have, and each once', () => {
    const rare = { key: 'rare', value: { stringValue: 'x' } };
    const map = { key: 'm', value: { kvlistValue: { values: [{ key: 'b', value: { intValue: '7' } }] } } };
    const keys = listedKeys([logRecord({ attributes: [map] }), logRecord({ attributes: [map, rare, map] })]);
    expect(keys.filter((key) => key !== 'service.name')).toEqual(['m.b', 'rare']);
    expect(keys.indexOf('service.name')).toBeLessThan(keys.indexOf('rare'));
    expect(listedKeys([])).toEqual([]);
  });

  it('has no key that no column can be made of', () => {
    expect(listedKeys([logRecord({ attributes: [{ key: '', value: { stringValue: 'x' } }] })])).toEqual(['service.name']);
  });
});
