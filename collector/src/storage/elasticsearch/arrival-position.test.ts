import { describe, expect, it } from 'vitest';
import { encodePosition, parsePosition } from './arrival-position.ts';

const frontier = (index: string, checkpoint: number, shard = 0) => ({ index, shard, checkpoint });

describe('a position of arrivals', () => {
  it('comes back as it was', () => {
    const frontiers = [
      frontier('.ds-logs-threadline-default-2026.11.26-000001', 41),
      frontier('.ds-logs-threadline-default-2026.11.26-000002', -1),
    ];
    expect(parsePosition(encodePosition(frontiers))).toEqual(frontiers);
    expect(parsePosition(encodePosition([]))).toEqual([]);
  });

  it('never goes back, and keeps what is known of a shard without a primary', () => {
    const position = encodePosition([frontier('b', 5)], [frontier('a', 7), frontier('b', 9)]);
    expect(parsePosition(position)).toEqual([frontier('a', 7), frontier('b', 9)]);
  });

  it('holds the newest indices', () => {
    const many = Array.from({ length: 40 }, (_, number) => frontier(`index-${String(number).padStart(6, '0')}`, number));
    expect(parsePosition(encodePosition(many))).toEqual(many.slice(-16));
  });

  it.each([
    '',
    'x',
    '?',
    'W10x',
    Buffer.from('{"a":1}').toString('base64url'),
    Buffer.from('[["a",-1,5]]').toString('base64url'),
    'A'.repeat(5_000),
  ])('is none in %s', (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });
});
