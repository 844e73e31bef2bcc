import { describe, expect, it } from 'vitest';
import { StubbornRecords } from './stubborn-records.ts';

const MINUTE = 60_000;

describe('a record at which Elasticsearch fails', () => {
  it('is at fault itself only after minutes in which others were taken', () => {
    let now = 1_000;
    const records = new StubbornRecords(() => now);
    records.noteTaken('logs');
    expect(records.isStubborn('logs', 'a')).toBe(false);
    now += 10 * MINUTE;
    expect(records.isStubborn('logs', 'a')).toBe(false);
    records.noteTaken('traces');
    expect(records.isStubborn('logs', 'a')).toBe(false);
    records.noteTaken('logs');
    expect(records.isStubborn('logs', 'a')).toBe(true);
    expect(records.isStubborn('logs', 'b')).toBe(false);
    now += 4 * MINUTE;
    records.noteTaken('logs');
    expect(records.isStubborn('logs', 'b')).toBe(false);
    now += MINUTE;
    expect(records.isStubborn('logs', 'b')).toBe(true);
  });

  it('is none of thousands that fail at once', () => {
    let now = 1_000;
    const records = new StubbornRecords(() => now);
    for (let number = 0; number <= 1_000; number += 1) records.isStubborn('logs', String(number));
    now += 10 * MINUTE;
    records.noteTaken('logs');
    expect(records.isStubborn('logs', '0')).toBe(false);
  });
});
