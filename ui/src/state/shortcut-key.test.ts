import { describe, expect, it } from 'vitest';
import { shortcutKey } from './shortcut-key.ts';

const pressed = (key: string, code: string, shiftKey = false): string => shortcutKey({ key, code, shiftKey });

describe('the key of a shortcut', () => {
  it('is by its place where the keyboard writes no Latin letters', () => {
    expect(pressed('ㅓ', 'KeyJ')).toBe('j');
    expect(pressed('ㅖ', 'KeyP', true)).toBe('P');
    expect(pressed('о', 'KeyJ')).toBe('j');
    expect(pressed('х', 'BracketLeft')).toBe('[');
  });

  it('is by its place where an input method keeps what is written', () => {
    expect(pressed('Process', 'KeyG')).toBe('g');
    expect(pressed('Process', 'Slash', true)).toBe('?');
    expect(pressed('Process', 'F5')).toBe('Process');
  });

  it('is what a Latin layout writes, wherever that stands', () => {
    expect(pressed('j', 'KeyC')).toBe('j');
    expect(pressed('q', 'KeyA')).toBe('q');
    expect(pressed('é', 'Digit2')).toBe('é');
    expect(pressed('ö', 'Semicolon')).toBe('ö');
  });

  it('is the same with Caps Lock', () => {
    expect(pressed('P', 'KeyP')).toBe('p');
    expect(pressed('N', 'KeyN', true)).toBe('N');
    expect(pressed('n', 'KeyN', true)).toBe('N');
  });

  it('is as it comes where it is no letter', () => {
    for (const key of ['Enter', 'Escape', 'ArrowDown', '?', '/', '+', '1', '[']) expect(pressed(key, '')).toBe(key);
  });
});
