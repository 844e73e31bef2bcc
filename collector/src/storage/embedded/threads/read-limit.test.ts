import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readContext } from '../testing/open-storage.ts';
import { ReadLimit } from './read-limit.ts';

const NEVER = new AbortController().signal;

describe('ReadLimit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is overdue by as much as its deadline has passed', () => {
    const limit = new ReadLimit(readContext({ deadline: performance.now() + 1_000 }), NEVER);
    vi.advanceTimersByTime(900);
    expect(limit.overdueMillis).toBe(0);
    vi.advanceTimersByTime(600);
    expect(limit.overdueMillis).toBe(500);
  });

  it('is overdue from when its reader went, whatever the deadline', () => {
    const reader = new AbortController();
    const limit = new ReadLimit(readContext({ deadline: performance.now() + 1_000, signal: reader.signal }), NEVER);
    vi.advanceTimersByTime(100);
    reader.abort();
    vi.advanceTimersByTime(2_000);
    expect(limit.overdueMillis).toBe(2_000);
  });

  it('is never overdue without a deadline', () => {
    const limit = new ReadLimit(readContext({ deadline: Number.POSITIVE_INFINITY }), NEVER);
    vi.advanceTimersByTime(3_600_000);
    expect(limit.overdueMillis).toBe(0);
  });
});
