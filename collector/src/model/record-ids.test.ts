import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsByDigest, idsByPosition, requestDigest } from './record-ids.ts';

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

describe('ids by digest', () => {
  const request = { tenant: 'default', signal: 'logs', idempotencyKey: 'key', body: Buffer.from('body') };
  const idOf = (changes: Partial<typeof request>, index = 7) => idsByDigest(requestDigest({ ...request, ...changes }))(index);

  it('are the same for the same tenant, signal, key, body and index, and differ with any of them', () => {
    const id = idOf({});
    expect(idOf({ body: Buffer.from('body') })).toBe(id);
    const others = [
      idOf({ tenant: 'other' }),
      idOf({ signal: 'traces' }),
      idOf({ idempotencyKey: 'key2' }),
      idOf({ body: Buffer.from('another') }),
      idOf({}, 8),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
    expect(id).toMatch(/^[0-9a-f]{56}$/);
  });
});
