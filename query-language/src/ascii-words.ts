import { MAX_WORD_LENGTH } from './tokenize.ts';
import { CLASS_COUNT } from './word-break.generated.ts';
import { wordTables } from './word-tables.ts';

const ASCII = 0x80;

/** What `asciiWordUnits` says of a byte that is no letter and no digit: it is in no word, or the bytes around it tell. */
export const ASCII_UNITS = { parts: 0, mayJoin: 1 } as const;

let units: Uint8Array | undefined;

/**
 * For each byte of a text that is ASCII: of a letter or digit its lower-cased unit, else one of `ASCII_UNITS`. Letters and digits side by side are in one
 * word, up to `MAX_WORD_LENGTH` of them; one that a byte that parts follows is a whole word. Made at the first call and kept.
 */
export function asciiWordUnits(): Uint8Array {
  units ??= readUnits();
  return units;
}

/** Where the word that begins at `start` ends, in bytes that are all ASCII up to `end`; 0 where none begins. */
export function asciiWordEnd(bytes: Uint8Array, start: number, end: number): number {
  const { classOfUnit, transitions, accepts } = wordTables();
  const limit = Math.min(start + MAX_WORD_LENGTH, end);
  let state = CLASS_COUNT;
  let wordEnd = 0;
  for (let at = start; at < limit; ) {
    state = transitions[state + (classOfUnit[bytes[at] ?? 0] ?? 0)] ?? 0;
    if (state === 0) break;
    at += 1;
    if (accepts[state] === 1) wordEnd = at;
  }
  return wordEnd;
}

/**
 * As `tokenize`, of a text that stands in bytes from `start` to `end`, all of them ASCII: `visit` is told where each word stands. Words are not
 * lower-cased.
 */
export function visitAsciiWords(bytes: Uint8Array, start: number, end: number, visit: (start: number, end: number) => void): void {
  const unitOf = asciiWordUnits();
  for (let at = start; at < end; ) {
    if (unitOf[bytes[at] ?? 0] === ASCII_UNITS.parts) {
      at += 1;
      continue;
    }
    const wordEnd = asciiWordEnd(bytes, at, end);
    if (wordEnd > 0) visit(at, wordEnd);
    at = Math.max(wordEnd, at + 1);
  }
}

function readUnits(): Uint8Array {
  const { classOfUnit, transitions, accepts } = wordTables();
  const follow = (state: number, byte: number): number => transitions[state + (classOfUnit[byte] ?? 0)] ?? 0;
  const reached = (from: readonly number[]): Set<number> => {
    const states = new Set(from.filter((state) => state !== 0));
    for (const state of states) for (let byte = 0; byte < ASCII; byte += 1) if (follow(state, byte) !== 0) states.add(follow(state, byte));
    return states;
  };
  const all = [...reached([CLASS_COUNT])];
  const parts = (byte: number): boolean => [...reached(all.map((state) => follow(state, byte)))].every((state) => accepts[state] !== 1);
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    if (/[A-Za-z0-9]/.test(String.fromCharCode(byte))) return String.fromCharCode(byte).toLowerCase().charCodeAt(0);
    return byte < ASCII && parts(byte) ? ASCII_UNITS.parts : ASCII_UNITS.mayJoin;
  });
}
