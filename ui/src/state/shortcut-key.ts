/** What of a key event says which key was pressed. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>;

/** Keys with no letter of their own, by their place on the keyboard: without and with Shift. */
const SIGNS: Readonly<Record<string, readonly [plain: string, shifted: string]>> = {
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Slash: ['/', '?'],
};

/**
 * The key that a shortcut is known by, whatever the keyboard is set to. Latin layouts mean the letter that they write, wherever it stands; where others
 * are on (Hangul, Cyrillic, an input method that keeps the letter to itself), the key's place tells. Caps Lock changes nothing: a letter is a capital with
 * Shift alone.
 */
export function shortcutKey({ key, code, shiftKey }: PressedKey): string {
  if (isForeign(key)) return keyAtPlace(code, shiftKey) ?? key;
  return /^[a-z]$/i.test(key) ? inCase(key, shiftKey) : key;
}

function isForeign(key: string): boolean {
  return key === 'Process' || (/^\p{L}$/u.test(key) && !/\p{Script=Latin}/u.test(key));
}

function keyAtPlace(code: string, shiftKey: boolean): string | undefined {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return inCase(letter, shiftKey);
  return SIGNS[code]?.[shiftKey ? 1 : 0];
}

function inCase(letter: string, shiftKey: boolean): string {
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}
