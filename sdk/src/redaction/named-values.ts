import type { Range } from './card-numbers.ts';
import { isBlank, isDigit, isQuote, isSpace, isWordCharacter } from './characters.ts';
import { isLineName, isWordOfSentences, type SecretNames } from './secret-names.ts';

/** A longer name is one by its end. */
const MAX_NAME_CHARACTERS = 64;
/** Blanks on either side of a colon or an equals sign. */
const MAX_BLANKS = 4;
/** A word after a name and a colon that is as long as this is none of a language. */
const MIN_LONG_WORD = 16;

/** What says that there is no secret. */
const LITERALS: ReadonlySet<string> = new Set(['null', 'undefined', 'none', 'nil', 'true', 'false']);
/** What became of a secret, as messages of errors say it. */
const STATES: ReadonlySet<string> = new Set(
  'accepted created denied disabled empty enabled expired failed invalid malformed mismatch missing ok refreshed refused rejected required revoked rotated sent unauthorized unknown unlimited valid verified wrong'.split(
    ' ',
  ),
);
const BEFORE_FIELD = '\n\r,;:|([{]<>"\'`-';
const AFTER_FIELD = '\n\r,;|)]}"\'`&';

/** What is longer is not looked through: it may be in another one, and that in another. */
const MAX_COUNTS_CHARACTERS = 500;
/** A key of a map, also where the map is text of a text. */
const KEY = /[\w.-]{1,64}[\\"']{0,4}\s{0,4}:/g;
const NO_NUMBER = /[^\d\s.,:+\-[\]{}\\"']/;

const BACKSLASH = 92;
const AMPERSAND = 38;
const COLON = 58;

/** What stands before an equals sign or a colon. */
interface Name {
  readonly text: string;
  readonly start: number;
  /** `"name":`, `["name"] =`. */
  readonly isQuoted: boolean;
  /** The quote right before a name that is not quoted itself: what encloses both the name and the value. */
  readonly enclosing: string | undefined;
  /** After `?` or `&`, or first of all: a parameter of a query. */
  readonly isParameter: boolean;
  readonly isFirst: boolean;
}

/**
 * The values that a text gives to secret names: `?token=…`, `Authorization: …`, `"password":"…"` (also in JSON that is
 * text of JSON), `password = '…'`, `Cookie: a=…; b=…`, `token%3D…`. When in doubt where a value ends, more is hidden
 * rather than less. Behind a word that sentences have before a colon too, a word of letters is hidden where both stand as a
 * field does (`token: abcdef`), and not in a sentence (`invalid token: expected string`) or where it says what became of the
 * secret (`token: expired`). What `null` and its likes say is shown, as are numbers under a name in the plural (`tokens: 512`).
 * Linear in the text's length.
 */
export function findNamedSecrets(text: string, names: SecretNames): Range[] {
  const found: Range[] = [];
  // The last range: a name may be in it, when what was taken for a value is the name of the next one.
  let from = 0;
  let covered = 0;
  for (let at = 0; at < text.length; at += 1) {
    const length = separatorLength(text, at);
    if (length === 0 || (text.charCodeAt(at) === COLON && !names.mayEndAt(text, at))) continue;
    const name = nameBefore(text, at, from);
    if (name === undefined) continue;
    const isSecret = name.isParameter ? names.isSecretParameter(name.text) : names.isSecret(name.text);
    if (!isSecret && !names.isSecretList(name.text)) continue;
    const [start, end] = valueAfter(text, { at, length, covered }, name);
    if (end <= start || (!isSecret && saysNumbersAlone(text.slice(start, end)))) continue;
    found.push([start, end]);
    from = start;
    covered = end;
  }
  return found;
}

/** 1 for `=` and `:`, 3 for an equals sign that a query escapes. */
function separatorLength(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 61 || code === 58) return 1;
  return code === 37 && text.charCodeAt(at + 1) === 51 && (text.charCodeAt(at + 2) | 32) === 100 ? 3 : 0;
}

function nameBefore(text: string, at: number, from: number): Name | undefined {
  let end = at > from && text[at - 1] === ':' ? at - 1 : at;
  for (let blanks = 0; blanks < MAX_BLANKS && end > from && isBlank(text.charCodeAt(end - 1)); blanks += 1) end -= 1;
  if (text[end - 1] === ']' && isQuote(text.charCodeAt(end - 2))) end -= 1;
  const isQuoted = end > from && isQuote(text.charCodeAt(end - 1));
  if (isQuoted) end -= 1;
  while (isQuoted && end > from && text.charCodeAt(end - 1) === BACKSLASH) end -= 1;
  let start = end;
  while (start > from && end - start < MAX_NAME_CHARACTERS && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
  if (start >= end) return undefined;
  const before = text.charAt(start - 1);
  const written = text.slice(start, end);
  const decoded = written.includes('%') ? decode(written) : written;
  // A query that another one carries is decoded up to its own parameter.
  const inner = Math.max(decoded.lastIndexOf('?'), decoded.lastIndexOf('&'), decoded.lastIndexOf('='));
  return {
    text: decoded.slice(inner + 1),
    start,
    isQuoted,
    enclosing: !isQuoted && isQuote(before.charCodeAt(0)) ? before : undefined,
    isParameter: text[at] !== ':' && !isQuoted && (start === 0 || before === '?' || before === '&' || inner >= 0),
    isFirst: start === 0,
  };
}

interface Separator {
  readonly at: number;
  readonly length: number;
  /** Up to here everything is hidden already. */
  readonly covered: number;
}

function valueAfter(text: string, { at, length, covered }: Separator, name: Name): Range {
  let start = at + length;
  // `==`, `=>`
  while (text[start] === '=' || text[start] === '>') start += 1;
  const afterSign = start;
  while (start - afterSign < MAX_BLANKS && isBlank(text.charCodeAt(start))) start += 1;
  let opening = start;
  while (text.charCodeAt(opening) === BACKSLASH) opening += 1;
  if (opening < covered) return [opening, opening];
  if (isQuote(text.charCodeAt(opening))) {
    return [opening + 1, closingQuote(text, opening + 1, { quote: text.charAt(opening), backslashes: opening - start })];
  }
  if (text[start] === '[' || text[start] === '{') return [start, closingBracket(text, start)];
  const endOfPart = endOfWord(text, start, { isEscaped: length > 1, isParameter: name.isParameter });
  // What begins a text is a query when another parameter follows, else it may be a header.
  const isQuery = name.isParameter && (!name.isFirst || text.charCodeAt(endOfPart) === AMPERSAND);
  const isLine = !isQuery && isLineName(name.text);
  const end = isLine ? endOfLine(text, start) : endOfPart;
  const isSpoken = text[at] === ':' && start > afterSign && !name.isQuoted && !isLine;
  if (isSpoken && isWord(text, start, end) && isShown(text, [start, end], name)) return [start, start];
  if (name.enclosing === undefined) return [start, end];
  return [start, Math.min(end, closingQuote(text, start, { quote: name.enclosing, backslashes: 0 }))];
}

/** Where the quote is closed, before the backslashes that opened it; the end of the text when it is not. */
function closingQuote(text: string, from: number, opened: { readonly quote: string; readonly backslashes: number }): number {
  const { quote, backslashes } = opened;
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let run = 0;
    while (at - 1 - run >= from && text.charCodeAt(at - 1 - run) === BACKSLASH) run += 1;
    if (run > backslashes && (backslashes > 0 || run % 2 === 1)) continue;
    // SQL doubles the quote that is part of a text.
    if (quote === "'" && text[at + 1] === quote) at += 1;
    else return backslashes === 0 ? at : at - run;
  }
  return text.length;
}

function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function endOfLine(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

function endOfWord(text: string, start: number, written: { readonly isEscaped: boolean; readonly isParameter: boolean }): number {
  for (let end = start; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (isSpace(code) || code === AMPERSAND) return end;
    if (written.isEscaped && text.startsWith('%26', end)) return end;
    // No address has these.
    if (written.isParameter && (code === 35 || code === 60 || code === 62 || code === 34 || code === BACKSLASH)) return end;
    if ((code === 34 || code === 39) && isEndOfQuoted(text, end + 1)) return end;
  }
  return text.length;
}

/** What may follow the text that all of this is in. */
function isEndOfQuoted(text: string, next: number): boolean {
  return next >= text.length || isSpace(text.charCodeAt(next)) || ',}])'.includes(text.charAt(next));
}

/** Letters alone, and not too many: a sentence goes on. */
function isWord(text: string, start: number, end: number): boolean {
  if (end - start >= MIN_LONG_WORD) return false;
  for (let at = start; at < end; at += 1) if (isDigit(text.charCodeAt(at))) return false;
  return true;
}

/** Whether a word behind a name, a colon and a blank is none that anybody has to keep. */
function isShown(text: string, [start, end]: Range, name: Name): boolean {
  const word = text.slice(start, end).replace(/\W+$/, '').toLowerCase();
  if (LITERALS.has(word)) return true;
  return isWordOfSentences(name.text) && (STATES.has(word) || !isField(text, name.start, end));
}

/** Whether what is between these stands for itself: a line, or between marks or other fields. */
function isField(text: string, start: number, end: number): boolean {
  let before = start - 1;
  while (before >= 0 && isBlank(text.charCodeAt(before))) before -= 1;
  if (before >= 0 && !BEFORE_FIELD.includes(text.charAt(before))) return false;
  if (AFTER_FIELD.includes(text.charAt(end - 1))) return true;
  let after = end;
  while (isBlank(text.charCodeAt(after))) after += 1;
  if (after >= text.length || AFTER_FIELD.includes(text.charAt(after))) return true;
  const next = after;
  while (after - next < MAX_NAME_CHARACTERS && isNameCharacter(text.charCodeAt(after))) after += 1;
  return after > next && separatorLength(text, after) > 0;
}

/** A number, or a list or a map in which there is nothing else: a count. */
function saysNumbersAlone(value: string): boolean {
  return value.length <= MAX_COUNTS_CHARACTERS && !NO_NUMBER.test(value.replace(KEY, ''));
}

function isNameCharacter(code: number): boolean {
  return isWordCharacter(code) || code === 45 || code === 46 || code === 37 || code === 91 || code === 93 || code === 36 || code === 126;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A percent sign that escapes nothing, or the cut one of an escape: what can be read of it.
    return name.replace(/%([0-7][0-9a-f])/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
