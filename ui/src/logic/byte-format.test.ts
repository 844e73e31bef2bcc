import { describe, expect, it } from 'vitest';
import { formatBytes } from './byte-format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [12, '12 B'],
    [1000, '1000 B'],
    [1024, '1 KiB'],
    [862_000, '842 KiB'],
    [1_048_500, '1 MiB'],
    [8 * 1024 ** 3, '8 GiB'],
    [1.239 * 1024 ** 3, '1.24 GiB'],
    [5 * 1024 ** 4, '5 TiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
