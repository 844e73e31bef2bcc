import { expect, it } from 'vitest';
import { plainJson } from './plain-json.ts';

it('writes lists and maps in their order, and whole numbers in full', () => {
  const values = [
    { intValue: '9007199254740993' },
    { doubleValue: -0.5 },
    { doubleValue: 'NaN' as const },
    { boolValue: false },
    { bytesValue: 'AAEC' },
    {},
    { stringValue: 'a "b"\n원' },
    { kvlistValue: { values: [{ key: 'z "1"', value: { intValue: '-1' } }, { key: 'a' }] } },
    { arrayValue: { values: [] } },
  ];
  expect(plainJson({ arrayValue: { values } })).toBe(
    String.raw`[9007199254740993,-0.5,"NaN",false,"AAEC",null,"a \"b\"\n원",{"z \"1\"":-1,"a":null},[]]`,
  );
});
