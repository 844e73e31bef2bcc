const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = '\u2421';

/**
 * Characters that a terminal or a browser would act on: C0 and C1 controls, and those that turn or hide text
 * (bidirectional overrides and isolates, zero-width characters, line separators). Data may hold them; a reader must see them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
const ACTING = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, without tab and line feed
const ACTING_IN_BLOCK = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A zero-width joiner hides what it stands in, but between the parts of one emoji, which it makes. */
const JOINER = /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/** Text for one line: every control character as its picture (`␛`, `␊`) or its number (`‹U+202E›`). */
export function showControls(text: string): string {
  return showJoiners(text.replace(ACTING, picture));
}

/** What sets colours and weights in a terminal (SGR), as loggers write it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
const COLOURS = /\u001b\[[\d;:]*m/g;

/** A message for one line: without a terminal's colours, which say nothing here, up to so many characters; all else as `showControls` has it. */
export function messageLine(text: string, maxCharacters: number): string {
  const plain = text.replace(COLOURS, '');
  return showControls(plain.length > maxCharacters ? `${plain.slice(0, maxCharacters)}…` : plain);
}

/** It sets colours of a terminal. */
export function hasColours(text: string): boolean {
  return text.search(COLOURS) !== -1;
}

/** Text for a block: the same, but line feeds and tabs do what they do. A carriage return before a line feed is left out. */
export function showControlsInBlock(text: string): string {
  return showJoiners(text.replace(/\r\n/g, '\n').replace(ACTING_IN_BLOCK, picture));
}

/** Most texts have none: that is seen at once. */
function showJoiners(text: string): string {
  return text.includes('\u200d') ? text.replace(JOINER, picture) : text;
}

const NAMES = 'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
  ' ',
);
let showsNames = false;

/** For readers whose fonts have no pictures of control characters: from here on they are names, `‹ESC›`. */
export function nameControls(): void {
  showsNames = true;
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return showsNames ? `‹${NAMES[code]}›` : String.fromCharCode(CONTROL_PICTURES + code);
  if (code === 0x7f) return showsNames ? '‹DEL›' : DELETE_PICTURE;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
