import { describe, expect, it } from 'vitest';
import { freeBytes } from './free-bytes.ts';

describe('freeBytes', () => {
  it('leaves nothing of bytes that are a buffer of their own', () => {
    const bytes = Buffer.allocUnsafeSlow(10_000);
    freeBytes(bytes);
    expect(bytes.length).toBe(0);
    expect(bytes.buffer.byteLength).toBe(0);
  });

  it('leaves parts of a larger buffer, small ones and shared ones as they are', () => {
    const larger = Buffer.alloc(20_000, 7);
    const shared = new Uint8Array(new SharedArrayBuffer(10_000));
    for (const bytes of [larger.subarray(0, 10_000), larger.subarray(10_000), Buffer.from('pooled'), shared]) {
      const { length } = bytes;
      freeBytes(bytes);
      expect(bytes.length).toBe(length);
    }
    expect(larger.every((byte) => byte === 7)).toBe(true);
  });
});
