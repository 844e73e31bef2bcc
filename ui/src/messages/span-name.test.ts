import { describe, expect, it } from 'vitest';
import { english } from './english.ts';
import { spanName } from './span-name.ts';
import { createTranslate } from './translate.tsx';

describe('spanName', () => {
  it('is said to be none where there is none, and has no control characters', () => {
    const t = createTranslate('en', { messages: english });
    expect(spanName('', t)).toBe('(no name)');
    expect(spanName('GET /a\u0007', t)).toBe('GET /a␇');
  });
});
