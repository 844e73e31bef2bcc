import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;
export type Style = keyof typeof STYLES;

const DEFAULT_COLUMNS = 100;
const MIN_COLUMNS = 40;

/** A stream that a person or a program reads. */
export interface Terminal {
  /** A person looks at it as it comes. */
  readonly isInteractive: boolean;
  /** Of its width in characters; 100 where it has none. */
  readonly columns: number;
  /** The text in a style, where there are colours. */
  style(text: string, ...styles: readonly Style[]): string;
  /** Resolves when the stream has room for more. */
  write(text: string): Promise<void>;
}

/** Colours for a person alone, unless `NO_COLOR` is set or `FORCE_COLOR` asks for them (no-color.org). */
export function createTerminal(stream: Writable | WriteStream, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isInteractive = 'isTTY' in stream && stream.isTTY === true;
  const isAsked = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const isRefused = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  const hasColours = !isRefused && (isAsked || (isInteractive && env.TERM !== 'dumb'));
  return {
    isInteractive,
    get columns() {
      return Math.max(MIN_COLUMNS, 'columns' in stream && stream.columns > 0 ? stream.columns : Number(env.COLUMNS) || DEFAULT_COLUMNS);
    },
    style: (text, ...styles) => (hasColours ? styles.reduce((inner, style) => wrap(inner, style), text) : text),
    write: async (text) => {
      if (!stream.write(text)) await once(stream, 'drain');
    },
  };
}

function wrap(text: string, style: Style): string {
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** The text with what would move the cursor or change colours shown, not run: it comes from whoever sent a record. Line feeds and tabs stay. */
export function showControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === '\r' ? '' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Hangul, kana, ideographs, full-width forms and emoji take two columns (Unicode Standard Annex 11, roughly). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;

function widthOf(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text in exactly so many columns: cut with an ellipsis, or with blanks behind it. One line. */
export function fit(text: string, columns: number): string {
  const line = showControls(text).replaceAll(/[\n\t]/g, ' ');
  const characters = Array.from(line);
  const total = characters.reduce((sum, character) => sum + widthOf(character), 0);
  if (total <= columns) return line + ' '.repeat(columns - total);
  let kept = '';
  let width = 0;
  for (const character of characters) {
    if (width + widthOf(character) > columns - 1) break;
    kept += character;
    width += widthOf(character);
  }
  return `${kept}…${' '.repeat(columns - 1 - width)}`;
}
