import { findCardNumbers, MIN_CARD_DIGITS, type Range } from './card-numbers.ts';
import { isBlank, isDigit, isSpace } from './characters.ts';
import { findEmails } from './emails.ts';
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
const CREDENTIALS = /\b(Bearer|Basic)([ \t]+)([^\s"'`,;<>\\]{4,})/gi;
const DIGEST = /\b(Digest[ \t]+)(\w+=[^\r\n]*)/gi;
/** What follows `Bearer` and `Basic` in sentences. */
const NO_CREDENTIALS = /^(tokens?|auth|authentication|authorization|credentials?|schemes?|headers?|information)[.:!?)]*$/i;

/** What a text may hold, each a bit. */
const NAMED = 1;
const AT = 2;
const WEB_TOKEN = 4;
const SCHEME = 8;
const DIGITS = 16;

/**
 * A text without credentials, values of secret names, passwords of addresses, card numbers, what the app's own patterns
 * match and, when asked for, addresses of e-mail. Its time grows with the text's length; of a text that can hold none of
 * these each character is looked at once and nothing is searched.
 */
export function redactText(text: string, rules: TextRules): string {
  const hints = readHints(text);
  let result = text;
  if (hints !== 0) {
    if ((hints & WEB_TOKEN) !== 0) result = result.replace(JWT, REDACTED);
    if ((hints & SCHEME) !== 0) result = result.replace(DIGEST, `$1${REDACTED}`).replace(CREDENTIALS, hideCredentials);
    if ((hints & AT) !== 0 && (hints & NAMED) !== 0) result = hide(result, findUserInfo(result), `${REDACTED}:${REDACTED}`);
    if ((hints & NAMED) !== 0) result = hide(result, findNamedSecrets(result, rules.names));
    if ((hints & DIGITS) !== 0) result = hide(result, findCardNumbers(result));
    if ((hints & AT) !== 0 && rules.emails) result = hide(result, findEmails(result));
  }
  for (const pattern of rules.patterns) result = result.replace(pattern, REDACTED);
  return result;
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
    if (code === 61 || code === 58) hints |= NAMED;
    else if (code === 64) hints |= AT;
    else if (code === 74 && at > 1 && text.charCodeAt(at - 1) === 121 && text.charCodeAt(at - 2) === 101) hints |= WEB_TOKEN;
    else if (isBlank(code) && endsScheme(text, at)) hints |= SCHEME;
    // Escapes of an equals sign and of an at sign.
    else if (code === 37 && text.charCodeAt(at + 1) === 51 && (text.charCodeAt(at + 2) | 32) === 100) hints |= NAMED;
    else if (code === 37 && text.charCodeAt(at + 1) === 52 && text.charCodeAt(at + 2) === 48) hints |= AT;
    // What may stand between the groups of a card number, `%20` with its digits.
    if (!(isBlank(code) || code === 45 || code === 43 || code === 37)) digits = 0;
  }
  return hints;
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

function hideCredentials(whole: string, scheme: string, blanks: string, credentials: string): string {
  if (NO_CREDENTIALS.test(credentials)) return whole;
  // In a sentence, `basic` is followed by all kinds of words; its credentials are Base64 of a name, a colon and a password.
  if (scheme.toLowerCase() === 'basic' && !Buffer.from(credentials, 'base64').includes(':')) return whole;
  return `${scheme}${blanks}${REDACTED}`;
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

function hide(text: string, ranges: readonly Range[], shown = REDACTED): string {
  if (ranges.length === 0) return text;
  const parts: string[] = [];
  let kept = 0;
  for (const [start, end] of ranges) {
    parts.push(text.slice(kept, start), shown);
    kept = end;
  }
  return parts.join('') + text.slice(kept);
}
