import { describe, expect, it } from 'vitest';
import { isOutsideSearch } from './outside-search.ts';
import { logRecord } from './record-fixtures.ts';

const at = (millis: number, id = `r${millis}`) => logRecord({ id, timeUnixNano: `${millis}000000` });
const range = { fromMillis: 0, toMillis: 100 };
const list = { records: [at(80), at(60), at(60, 'twin'), at(40)], order: 'desc', range, hasBegin: true, hasEnd: false } as const;

describe('isOutsideSearch', () => {
  it('is certain where the list has been read past the place of the record', () => {
    expect(isOutsideSearch(at(50), list)).toBe(true);
    expect(isOutsideSearch(at(60, 'other'), list)).toBe(true);
    expect(isOutsideSearch(at(90), list)).toBe(true);
    expect(isOutsideSearch(at(50), { ...list, records: list.records.toReversed(), order: 'asc', hasBegin: false })).toBe(true);
    expect(isOutsideSearch(at(50), { ...list, records: [], hasEnd: true })).toBe(true);
  });

  it('is not where the record is listed, may still come, or is of another time', () => {
    expect(isOutsideSearch(at(60, 'twin'), list)).toBe(false);
    expect(isOutsideSearch(at(30), list)).toBe(false);
    expect(isOutsideSearch(at(40, 'other'), list)).toBe(false);
    expect(isOutsideSearch(at(90), { ...list, hasBegin: false })).toBe(false);
    expect(isOutsideSearch(at(100), { ...list, hasEnd: true })).toBe(false);
    expect(isOutsideSearch(at(50), { ...list, records: [] })).toBe(false);
  });
});
