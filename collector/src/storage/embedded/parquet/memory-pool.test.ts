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

  it('gives up what was free between two trims, and nothing else', () => {
    const pool = new MemoryPool();
    const both = [pool.take(100_000), pool.take(100_000)];
    for (const memory of both) pool.give(memory);
    pool.trim();
    // One of the two is in use at times.
    const used = pool.take(100_000);
    pool.give(used);
    pool.trim();
    expect(pool.take(100_000)).toBe(used);
    const other = pool.take(100_000);
    expect(both).not.toContain(other);
  });

  it('has nothing left when nobody asks for two trims', () => {
    const pool = new MemoryPool();
    const memory = pool.take(50_000);
    pool.give(memory);
    pool.trim();
    pool.trim();
    expect(pool.take(50_000)).not.toBe(memory);
  });

  it('keeps no small memory', () => {
    const pool = new MemoryPool();
    const memory = pool.take(100);
    pool.give(memory);
    expect(pool.take(100)).not.toBe(memory);
  });
});
