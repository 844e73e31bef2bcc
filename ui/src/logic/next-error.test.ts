import { describe, expect, it } from 'vitest';
import { boundsBehind, countAtEnd, errorsOf } from './next-error.ts';
import { logRecord } from './record-fixtures.ts';

const RANGE = { fromMillis: 1_795_428_000_000, toMillis: 1_795_428_001_000 };
const AT = '1795428000123456789';
const at = (timeUnixNano: string, severityNumber: number) => logRecord({ timeUnixNano, severityNumber });

describe('what is asked for the next error', () => {
  it('is the search, narrowed to errors', () => {
    expect(errorsOf('')).toBe('level:>=error');
    expect(errorsOf('a OR b')).toBe('(a OR b) level:>=error');
    expect(errorsOf('service:orders level:>=error')).toBe('service:orders level:>=error');
  });

  it('is the rest of the range from the last record on, in the order of the list, with those of its time', () => {
    expect(boundsBehind(at(AT, 9), RANGE, 'desc')).toEqual({
      from: '2026-11-23T10:00:00.000000000Z',
      to: '2026-11-23T10:00:00.123456790Z',
    });
    expect(boundsBehind(at(AT, 9), RANGE, 'asc')).toEqual({ from: '2026-11-23T10:00:00.123456789Z', to: '2026-11-23T10:00:01.000000000Z' });
    expect(boundsBehind(at('5', 9), RANGE, 'desc')).toBeUndefined();
  });

  it('counts the errors of that time that the list has', () => {
    expect(countAtEnd([])).toBe(0);
    expect(countAtEnd([at('7', 17), at('5', 17), at('5', 9), at('5', 21)])).toBe(2);
    expect(countAtEnd([at('7', 17), at('5', 9)])).toBe(0);
  });
});
