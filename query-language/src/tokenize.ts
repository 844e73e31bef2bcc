/** A word of a text: lower-cased, with its place in UTF-16 units, `end` exclusive. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The words of a text, in order. */
export function tokenize(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}_\p{M}]+(?:[.'][\p{L}\p{N}_\p{M}]+)*/gu)].map((m) => ({
    text: m[0].toLowerCase(),
    start: m.index,
    end: m.index + m[0].length,
  }));
}
export function lowerCase(text: string): string {
  return Array.from(text, (c) => c.toLowerCase()).join('');
}
