import { describe, expect, it } from 'vitest';
import { MemoryPool } from './memory-pool.ts';

describe('MemoryPool', () => {
  it('gives memory that was given back to who asks for as much', () => {
    const pool = new MemoryPool();
    const memory = pool.take(10_000);
    expect(memory.byteLength).toBeGreaterThanOrEqual(10_000);
    expect(pool.take(10_000)).not.toBe(memory);
    pool.give(memory);
    expect(pool.take(memory.byteLength + 1)).not.toBe(memory);
    expect(pool.take(9_000)).toBe(memory);
    expect(pool.take(9_000)).not.toBe(memory);
  });

  it('gives up what was free all the time between two trims, and nothing else', () => {
    const { pool, trimLater } = poolWithClock();
    const both = [pool.take(100_000), pool.take(100_000)];
    for (const memory of both) pool.give(memory);
    trimLater();
    // One of the two is in use at times.
    const used = pool.take(100_000);
    pool.give(used);
    trimLater();
    expect(pool.take(100_000)).toBe(used);
    const other = pool.take(100_000);
    expect(both).not.toContain(other);
  });

  it('has nothing left when nobody asks for two trims', () => {
    const { pool, trimLater } = poolWithClock();
    const memory = pool.take(50_000);
    pool.give(memory);
    trimLater();
    trimLater();
    expect(pool.take(50_000)).not.toBe(memory);
  });

  it('gives nothing up that was free for a short time only, however often it is trimmed', () => {
    const { pool } = poolWithClock();
    const memory = pool.take(50_000);
    pool.give(memory);
    for (let times = 0; times < 5; times += 1) pool.trim();
    expect(pool.take(50_000)).toBe(memory);
  });

  it('gives memory back at once where it gives it up, and goes on with other', () => {
    const { pool, trimLater } = poolWithClock();
    const memory = pool.take(50_000);
    pool.give(memory);
    pool.free();
    expect(memory.detached).toBe(true);
    const next = pool.take(50_000);
    expect(next.byteLength).toBeGreaterThanOrEqual(50_000);
    pool.give(next);
    trimLater();
    trimLater();
    expect(next.detached).toBe(true);
  });

  it('keeps no small memory', () => {
    const pool = new MemoryPool();
    const memory = pool.take(100);
    pool.give(memory);
    expect(pool.take(100)).not.toBe(memory);
  });
});

function poolWithClock() {
  let millis = 0;
  const pool = new MemoryPool(() => millis);
  const trimLater = (): void => {
    millis += 10_000;
    pool.trim();
  };
  return { pool, trimLater };
}
