import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsByKey, idsByPosition } from './record-ids.ts';

const LOG_ID = '0123456789abcdef'.repeat(2);

describe('ids by position', () => {
  it('are lower-case hex of one width, and the later record has the greater', () => {
    const place = fc.tuple(fc.nat({ max: 0xff_ffff }), fc.nat({ max: 2 ** 40 }), fc.nat({ max: 0xff_ffff }));
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [first, second] = [one, other].map(([file, offset, index]) => idsByPosition({ logId: LOG_ID, file, offset })(index));
        expect(first).toMatch(/^[0-9a-f]{56}$/);
        const order = one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
        expect(Math.sign((first ?? '').localeCompare(second ?? '', 'en'))).toBe(Math.sign(order));
      }),
    );
  });
});

describe('ids by key', () => {
  it('are the same for the same tenant, signal, key and index, and differ with any of them', () => {
    const id = idsByKey('default', 'logs', 'key')(7);
    expect(idsByKey('default', 'logs', 'key')(7)).toBe(id);
    const others = [
      idsByKey('other', 'logs', 'key')(7),
      idsByKey('default', 'traces', 'key')(7),
      idsByKey('default', 'logs', 'key2')(7),
      idsByKey('default', 'logs', 'key')(8),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
    expect(id).toMatch(/^[0-9a-f]{56}$/);
  });
});
