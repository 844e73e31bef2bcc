import { describe, expect, it } from 'vitest';
import { errorGroupQuery, errorKey, isNewInRange, newAfterMillis, repeatedTraces, rfc3339Nanos, toldFrom } from './error-groups.ts';

describe('errors in the UI', () => {
  it('are found in logs and traces by fingerprint and service', () => {
    const fingerprint = '0123456789abcdef';
    expect(errorGroupQuery({ fingerprint, service: 'payments' })).toBe('service:payments errorGroup:0123456789abcdef');
    expect(errorGroupQuery({ fingerprint, service: '' })).toBe('errorGroup:0123456789abcdef');
  });

  it('are new where they were first seen in the range', () => {
    const range = { fromMillis: Date.parse('2026-11-20T10:00:00Z'), toMillis: Date.parse('2026-11-20T11:00:00Z') };
    expect(isNewInRange({ firstSeen: '2026-11-20T10:00:00Z' }, range)).toBe(true);
    expect(isNewInRange({ firstSeen: '2026-11-20T09:59:59.999999999Z' }, range)).toBe(false);
  });

  it('come with a version, or so long after it', () => {
    const newSinceSeen = '2026-11-20T10:00:00Z';
    expect(newAfterMillis({ firstSeen: '2026-11-20T10:04:59Z', newSinceSeen })).toBeUndefined();
    expect(newAfterMillis({ firstSeen: '2026-11-20T10:43:12.5Z', newSinceSeen })).toBe(43 * 60_000);
    expect(newAfterMillis({ firstSeen: '2026-11-20T10:43:12Z' })).toBeUndefined();
  });

  it('are met again and again by few requests, or once by each', () => {
    expect(repeatedTraces({ count: 1_800, traceCount: 1 })).toBe(1);
    expect(repeatedTraces({ count: 3, traceCount: 3 })).toBeUndefined();
    expect(repeatedTraces({ count: 1_800 })).toBeUndefined();
  });

  it('are told from the page’s now, and are now where they came since', () => {
    const clocks = { pageMillis: 1_000, nowMillis: 5_000 };
    expect([500, 1_700, 9_000].map((millis) => millis - toldFrom(millis, clocks))).toEqual([-500, 0, 8_000]);
  });

  it('have a key each, and times in nanoseconds', () => {
    expect(errorKey({ fingerprint: '0123456789abcdef', service: 'a.b' })).toBe('0123456789abcdef.a.b');
    expect(rfc3339Nanos('2026-11-20T10:00:00.5Z')).toBe('1795168800500000000');
  });
});
