import { findCardNumbers, MIN_CARD_DIGITS, type Range } from './card-numbers.ts';
import { isBlank, isDigit, isSpace } from './characters.ts';
import { findEmails } from './emails.ts';
import { findEscaped } from './escaped-values.ts';
import { findKeyValues, findPrivateKeys, findQuotedSecrets, findSecretArguments, findSecretElements } from './marked-values.ts';
import { findNamedSecrets } from './named-values.ts';
import type { SecretNames } from './secret-names.ts';

/** What stands in a secret's place. */
export const REDACTED = 'REDACTED';

export interface TextRules {
  readonly names: SecretNames;
  readonly emails: boolean;
  /** The app's own, each with the flag g. */
  readonly patterns: readonly RegExp[];
}

const JWT = /\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g;
const SCHEME = /\b(?:Bearer|Basic|Digest)[ \t]+/gi;
const CREDENTIALS = /[^\s"'`,;<>\\]{4,}/y;
const DIGEST_FIELDS = /\w+=[^\r\n]*/y;
/** What follows `Bearer` and `Basic` in sentences. */
const NO_CREDENTIALS = /^(tokens?|auth|authentication|authorization|credentials?|schemes?|headers?|information)[.:!?)]*$/i;

/** What a text may hold, each a bit. */
const NAMED = 1;
const AT = 2;
const WEB_TOKEN = 4;
const HAS_SCHEME = 8;
const DIGITS = 16;
const ESCAPED = 32;
const ELEMENTS = 64;
const DASHES = 128;
const QUOTED = 256;
const BRACKETED = 512;

/** A part of a text that is hidden, and what is shown in its place. */
interface Hidden {
  readonly start: number;
  readonly end: number;
  readonly shown: string;
}

/**
 * A text without credentials, values of secret names, passwords of addresses, card numbers, what the app's own patterns
 * match and, when asked for, addresses of e-mail. Each rule sees the text as it was written, so that none hides from
 * another what it goes by. Its time grows with the text's length; of a text that can hold none of these each character is
 * looked at once and nothing is searched.
 */
export function redactText(text: string, rules: TextRules): string {
  const hints = readHints(text);
  if (hints === 0 && rules.patterns.length === 0) return text;
  const hidden: Hidden[] = [];
  const hide = (ranges: readonly Range[], shown = REDACTED): void => {
    for (const [start, end] of ranges) hidden.push({ start, end, shown });
  };
  if ((hints & NAMED) !== 0) hide(findNamedSecrets(text, rules.names));
  if ((hints & AT) !== 0 && (hints & NAMED) !== 0) hide(findUserInfo(text), `${REDACTED}:${REDACTED}`);
  if ((hints & WEB_TOKEN) !== 0) hide(findMatches(text, JWT));
  if ((hints & HAS_SCHEME) !== 0) hide(findCredentials(text));
  if ((hints & ESCAPED) !== 0)
    hide(findEscaped(text, (decoded) => [...findNamedSecrets(decoded, rules.names), ...findCredentials(decoded)]));
  if ((hints & ELEMENTS) !== 0) hide(findSecretElements(text, rules.names));
  if ((hints & DASHES) !== 0) hide([...findSecretArguments(text, rules.names), ...findPrivateKeys(text)]);
  if ((hints & QUOTED) !== 0) hide(findQuotedSecrets(text));
  if ((hints & (QUOTED | BRACKETED)) !== 0) hide(findKeyValues(text, rules.names));
  if ((hints & DIGITS) !== 0) hide(findCardNumbers(text));
  if ((hints & AT) !== 0 && rules.emails) hide(findEmails(text));
  for (const pattern of rules.patterns) hide(findMatches(text, pattern));
  return hidden.length === 0 ? text : withoutHidden(text, hidden);
}

/** What is hidden twice is shown as one. */
function withoutHidden(text: string, hidden: readonly Hidden[]): string {
  const parts: string[] = [];
  let kept = 0;
  let isFirst = true;
  for (const { start, end, shown } of hidden.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    if (isFirst || start >= kept) parts.push(text.slice(kept, start), shown);
    isFirst = false;
    kept = Math.max(kept, end);
  }
  return parts.join('') + text.slice(kept);
}

function findMatches(text: string, pattern: RegExp): Range[] {
  return [...text.matchAll(pattern)].map((match) => [match.index, match.index + match[0].length]);
}

function readHints(text: string): number {
  let hints = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      if (digits >= MIN_CARD_DIGITS) hints |= DIGITS;
      continue;
    }
    if (code === 61 || code === 58) hints |= text.charCodeAt(at - 1) === 41 ? NAMED | BRACKETED : NAMED;
    else if (code === 64) hints |= AT;
    else if (code === 60 && text.charCodeAt(at + 1) === 47) hints |= ELEMENTS;
    else if (code === 45 && text.charCodeAt(at + 1) === 45) hints |= DASHES;
    else if ((code === 34 || code === 39) && isBlank(text.charCodeAt(at - 1))) hints |= QUOTED;
    else if (code === 74 && at > 1 && text.charCodeAt(at - 1) === 121 && text.charCodeAt(at - 2) === 101) hints |= WEB_TOKEN;
    else if (isBlank(code) && endsScheme(text, at)) hints |= HAS_SCHEME;
    // Escapes of an equals sign, of a colon or a percent sign, and of an at sign.
    else if (code === 37 && text.charCodeAt(at + 1) === 51 && (text.charCodeAt(at + 2) | 32) === 100) hints |= NAMED;
    else if (code === 37 && isColonOrPercent(text.charCodeAt(at + 1), text.charCodeAt(at + 2))) hints |= ESCAPED;
    else if (code === 37 && text.charCodeAt(at + 1) === 52 && text.charCodeAt(at + 2) === 48) hints |= AT;
    // What may stand between the groups of a card number, `%20` with its digits.
    if (!(isBlank(code) || (code >= 45 && code <= 46) || code === 43 || code === 37 || code === 95)) digits = 0;
  }
  return hints;
}

/** `3a`, `25`. */
function isColonOrPercent(first: number, second: number): boolean {
  return (first === 51 && (second | 32) === 97) || (first === 50 && second === 53);
}

/** `…rer`, `…sic`, `…est` in any case before a blank. */
function endsScheme(text: string, at: number): boolean {
  if (at < 5) return false;
  const last = text.charCodeAt(at - 1) | 32;
  const middle = text.charCodeAt(at - 2) | 32;
  if (last === 114) return middle === 101 && (text.charCodeAt(at - 3) | 32) === 114;
  if (last === 99) return middle === 105 && (text.charCodeAt(at - 3) | 32) === 115;
  return last === 116 && middle === 115 && (text.charCodeAt(at - 3) | 32) === 101;
}

/** What follows the name of a scheme: of Digest a line of fields, of the others one word. */
function findCredentials(text: string): Range[] {
  const found: Range[] = [];
  for (const match of text.matchAll(SCHEME)) {
    const start = match.index + match[0].length;
    // Within a line that is hidden anyway.
    if (start < (found.at(-1)?.[1] ?? 0)) continue;
    const scheme = match[0].trim().toLowerCase();
    const pattern = scheme === 'digest' ? DIGEST_FIELDS : CREDENTIALS;
    pattern.lastIndex = start;
    const credentials = pattern.exec(text)?.[0];
    if (credentials !== undefined && isCredentials(scheme, credentials)) found.push([start, start + credentials.length]);
  }
  return found;
}

function isCredentials(scheme: string, credentials: string): boolean {
  if (NO_CREDENTIALS.test(credentials)) return false;
  // In a sentence, `basic` is followed by all kinds of words; its credentials are Base64 of a name, a colon and a password.
  return scheme !== 'basic' || Buffer.from(credentials, 'base64').includes(':');
}

/** `user:password` of `scheme://user:password@host`. */
function findUserInfo(text: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    let end = start;
    while (end < text.length && !isEndOfAuthority(text.charCodeAt(end))) end += 1;
    // A slash in a password should be escaped, and often is not: then what is before it looks like a port that is no number.
    if (text[end] === '/' && /^[^:@]*:(?!\d*$)[^@]*$/.test(text.slice(start, end))) end = endOfAddress(text, end);
    const userInfo = text.lastIndexOf('@', end - 1);
    if (userInfo > start) found.push([start, userInfo]);
    at = Math.max(at, end - 3);
  }
  return found;
}

function endOfAddress(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isSpace(text.charCodeAt(end)) && text[end] !== '"' && text[end] !== "'") end += 1;
  return end;
}

function isEndOfAuthority(code: number): boolean {
  return (
    isSpace(code) || code === 47 || code === 63 || code === 35 || code === 34 || code === 39 || code === 60 || code === 62 || code === 92
  );
}
