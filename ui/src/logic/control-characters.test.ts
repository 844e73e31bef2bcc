import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.resetModules());

describe('control characters', () => {
  it('are shown as pictures, those that turn text by number', async () => {
    const { showControls } = await import('./control-characters.ts');
    expect(showControls('a\u001b[31m\u0000\n\u007f\u202e')).toBe('a␛[31m␀␊␡‹U+202E›');
  });

  it('are not what makes an emoji of its parts', async () => {
    const { showControls, showControlsInBlock } = await import('./control-characters.ts');
    for (const emoji of ['👩‍👩‍👧‍👦', '👩🏽‍💻', '❤️‍🔥']) {
      expect(showControls(`a ${emoji} b`)).toBe(`a ${emoji} b`);
      expect(showControlsInBlock(emoji)).toBe(emoji);
    }
    expect(showControls('pass\u200dword 👩\u200d \u200d👩')).toBe('pass‹U+200D›word 👩‹U+200D› ‹U+200D›👩');
  });

  it('are left out of a line where they are colours of a terminal, and nothing else is', async () => {
    const { hasColours, messageLine } = await import('./control-characters.ts');
    const coloured = '\u001b[31mred alert\u001b[0m \u001b[1;38;5;9mbold\u001b[m done';
    expect(messageLine(coloured, 100)).toBe('red alert bold done');
    expect(messageLine(coloured, 11)).toBe('red alert b…');
    expect(messageLine('\u001b[2Jgone \u0000[31m \u202e', 100)).toBe('␛[2Jgone ␀[31m ‹U+202E›');
    expect([coloured, 'plain [31m', '\u001b[2J'].map(hasColours)).toEqual([true, false, false]);
  });

  it('do what they do in a block only where they break lines and indent', async () => {
    const { showControlsInBlock } = await import('./control-characters.ts');
    expect(showControlsInBlock('a\r\n\tb\u001bc\rd')).toBe('a\n\tb␛c␍d');
  });

  it('have names where fonts have no pictures', async () => {
    const { nameControls, showControls } = await import('./control-characters.ts');
    nameControls();
    expect(showControls('\u001b\u0000\u007f')).toBe('‹ESC›‹NUL›‹DEL›');
  });

  it('are gone from every text that is shown', async () => {
    const { showControls } = await import('./control-characters.ts');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(showControls(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
