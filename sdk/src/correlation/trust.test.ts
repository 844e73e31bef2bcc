import { describe, expect, it } from 'vitest';
import { parseTrust } from './trust.ts';

describe('parseTrust', () => {
  it('all believes everyone and none nobody', () => {
    expect(parseTrust('all')?.trusts('8.8.8.8')).toBe(true);
    expect(parseTrust('none')?.trusts('127.0.0.1')).toBe(false);
    expect(parseTrust('none')?.trusts(undefined)).toBe(false);
  });
  it('ranges believe whoever is in one, in either notation, and a peer without an address', () => {
    const trust = parseTrust('10.0.0.0/8, fd00::/8,192.0.2.7');
    expect(['10.9.9.9', '::ffff:10.0.0.1', 'fd00::5', '192.0.2.7', undefined].map((peer) => trust?.trusts(peer))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['11.0.0.1', '::1', '192.0.2.8', 'nonsense'].map((peer) => trust?.trusts(peer))).toEqual([false, false, false, false]);
  });
  it.each(['', 'some', '10.0.0.0/40', '10.0.0.0/', 'all,10.0.0.0/8', 'localhost'])('does not read %j', (text) => {
    expect(parseTrust(text)).toBeUndefined();
  });
});
