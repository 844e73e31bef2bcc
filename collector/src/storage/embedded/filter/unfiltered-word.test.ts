import { describe, expect, it } from 'vitest';
import { probeOf } from './query-probe.ts';
import { areUnfilteredBytes, isUnfilteredWord } from './unfiltered-word.ts';

describe('isUnfilteredWord', () => {
  it.each(['1a2b', '9f00', 'A1B2', '000f'])('is so of %s', (word) => {
    expect([isUnfilteredWord(word), areUnfilteredBytes(Buffer.from(`x${word}x`), 1, 5)]).toEqual([true, true]);
  });

  it.each(['2026', 'face', '8080', '1a2', '1a2b3', '1a2g', 'h264', '1a2é', '', 'ａ1b2'])('is not so of %j', (word) => {
    const bytes = Buffer.from(word);
    expect([isUnfilteredWord(word), areUnfilteredBytes(bytes, 0, bytes.length)]).toEqual([false, false]);
  });

  it('words of which filters know nothing are no condition, and the others of a phrase are', () => {
    const phrase = (...words: string[]) => probeOf({ type: 'phrase', words }, 'logs');
    expect(phrase('1a2b')).toEqual({ type: 'any' });
    expect(phrase('1a2b', 'x')).toEqual(phrase('x'));
    expect(phrase('8f3a1c2e', '1a2b', '4d5e', '9f00', '0123456789ab')).toMatchObject({ type: 'all', probes: [{}, {}] });
  });
});
