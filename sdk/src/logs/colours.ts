const ESCAPE = '\u001b[';
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences that set colours and styles, and nothing else.
const COLOURS = /\u001b\[[0-9;:]*m/g;

/** Whether there may be colours in a text: cheap enough to be asked of each line. */
export function hasColours(text: string): boolean {
  return text.includes(ESCAPE);
}

/** A text as it reads without the colours that a terminal shows. */
export function withoutColours(text: string): string {
  return hasColours(text) ? text.replace(COLOURS, '') : text;
}
