import { createNamePatterns } from '../name-patterns.ts';
import { isDigit } from './characters.ts';

/** The ends of names whose values are secrets, as `plainName` writes them. */
const SECRET_ENDS = [
  'authorization',
  'cookie',
  'cookies',
  'token',
  'secret',
  'password',
  'passwordhash',
  'passwordconfirm',
  'passwordconfirmation',
  'passwordrepeat',
  'passwd',
  'pwd',
  'passphrase',
  'apikey',
  'privatekey',
  'secretkey',
  'accesskey',
  'accesskeyid',
  'accountkey',
  'credential',
  'credentials',
  'sessionid',
  'jwt',
];
/** Names that are a secret only when there is nothing else in them: `sid`, neither `preside` nor the `account_sid` that Twilio shows everywhere. */
const SECRET_NAMES: ReadonlySet<string> = new Set(['auth', 'sid', 'pass', 'cvv', 'cvc', 'pin', 'otp']);
/** Those that are one as the last word of a longer name too: `DB_PASS` and `dbPass`, not `bypass`. */
const LAST_WORD = /(?:[^A-Za-z](?:pass|cvv|cvc|pin|otp)|[a-z0-9](?:Pass|Cvv|Cvc|Pin|Otp)|[^A-Za-z](?:PASS|CVV|CVC|PIN|OTP))$/;
/** Ends of names of several secrets. Some are names of counts as well (`max_tokens`), so that numbers under them are none. */
const LIST_ENDS = [
  'tokens',
  'secrets',
  'passwords',
  'passphrases',
  'apikeys',
  'privatekeys',
  'secretkeys',
  'accesskeys',
  'sessionids',
  'jwts',
];
/** What hides a query's parameter beside these. The semantic conventions ask for the signed addresses of AWS, Azure and Google. */
const SECRET_PARAMETER = /^sig$|signature$|token|secret|password|apikey/;
/** Nearly every name ends with another letter, and costs one look. */
const LAST_LETTERS: ReadonlySet<string> = new Set([...SECRET_ENDS, ...SECRET_NAMES, ...LIST_ENDS].map((name) => name.slice(-1)));

const LAST_CODES: ReadonlySet<number> = new Set([...LAST_LETTERS].map((letter) => letter.charCodeAt(0)));
/** The last three letters of each, in one number. */
const ENDINGS: ReadonlySet<number> = new Set(
  [...SECRET_ENDS, ...SECRET_NAMES, ...LIST_ENDS].map((name) => {
    const [third = 0, second = 0, last = 0] = Buffer.from(name.slice(-3));
    return last + (second << 8) + (third << 16);
  }),
);
const PERCENT = 37;
/** Where an escape begins that is one of the last three characters. */
const LONGEST_ESCAPE_BEFORE = 5;

const MAX_REMEMBERED_NAMES = 2000;
const MAX_REMEMBERED_CHARACTERS = 64;

/** Names whose value goes to the end of a line: it has blanks and several parts. */
const LINE_NAME = /(authorization|cookies?)$/;
/**
 * Words that sentences have before a colon as well (`invalid token: expected string`). Any longer name (`refresh_token`), and a name that no sentence has
 * (`apikey`), stands there for no other reason than to give the value away; so does `password`.
 */
const WORDS: ReadonlySet<string> = new Set([...SECRET_NAMES, ...LIST_ENDS, 'token', 'jwt', 'credential', 'credentials']);

/** Which names hide what belongs to them. Compared without case, dots, hyphens, underscores and blanks. */
export interface SecretNames {
  /** Of an attribute, a key of a map, a header, a baggage member. Of a dotted name the last part counts: `http.request.header.cookie`. */
  isSecret(name: string): boolean;
  /** Of a name in the plural, whose texts are secrets and whose numbers are counts: `tokens`. */
  isSecretList(name: string): boolean;
  /** Of a text that comes before another one in a list: a header that hides what comes behind it, not a word that happens to be a secret name. */
  isSecretHeader(name: string): boolean;
  /** Of a parameter of a query. */
  isSecretParameter(name: string): boolean;
  /** False where no secret name can end, whatever it begins with: three characters tell for nearly every word before a colon. */
  mayEndAt(text: string, end: number): boolean;
}

/** The built-in names and the app's own, in any case, with `*` for any characters; these are compared whole and by their last part. */
export function createSecretNames(own: readonly string[]): SecretNames {
  const matches = createNamePatterns(own.map((pattern) => pattern.toLowerCase()));
  const isOwn = (name: string): boolean => own.length > 0 && (matches(name.toLowerCase()) || matches(lastPart(name).toLowerCase()));
  const isSecret = rememberNames((name) => isBuiltIn(name) || isOwn(name));
  return {
    isSecret,
    isSecretList: rememberNames((name) => hasEnd(name, LIST_ENDS)),
    isSecretHeader: rememberNames((name) => isLineName(name) || (name.includes('-') && isSecret(name))),
    isSecretParameter: rememberNames((name) => isSecretParameter(name) || isOwn(name)),
    mayEndAt: own.length === 0 ? mayEndAt : () => true,
  };
}

/** What escapes, signs or another script have a part in is not decided here. */
function mayEndAt(text: string, end: number): boolean {
  if (hasEscapeBefore(text, end)) return true;
  const last = text.charCodeAt(end - 1);
  if (isDigit(last)) return mayEndNumbered(text, end);
  const letters = last | 32;
  if (letters < 97 || letters > 122) return true;
  if (!LAST_CODES.has(letters)) return false;
  const second = text.charCodeAt(end - 2) | 32;
  const third = text.charCodeAt(end - 3) | 32;
  const areLetters = second >= 97 && second <= 122 && third >= 97 && third <= 122;
  return !areLetters || ENDINGS.has(letters + (second << 8) + (third << 16));
}

/** `password2:`. Nearly all digits before a colon are of a time or an address, which have no word before them. */
function mayEndNumbered(text: string, end: number): boolean {
  let start = end - 1;
  while (isDigit(text.charCodeAt(start - 1))) start -= 1;
  const isWord = LAST_CODES.has(text.charCodeAt(start - 1) | 32) && !isDigit(text.charCodeAt(start - 2));
  return isWord ? mayEndAt(text, start) : hasEscapeBefore(text, start);
}

function hasEscapeBefore(text: string, end: number): boolean {
  for (let at = Math.max(end - LONGEST_ESCAPE_BEFORE, 0); at < end; at += 1) if (text.charCodeAt(at) === PERCENT) return true;
  return false;
}

/** The same names come with every request. */
export function rememberNames(decide: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const decided = decide(name);
    // What an app makes up, or what only looks like a name, must not fill the memory.
    if (known.size >= MAX_REMEMBERED_NAMES) known.clear();
    if (name.length <= MAX_REMEMBERED_CHARACTERS) known.set(name, decided);
    return decided;
  };
}

/** Whether the conventions or common sense hide this parameter of a query, whatever the settings say. */
export function isSecretParameter(name: string): boolean {
  return isBuiltIn(name) || SECRET_PARAMETER.test(plainName(name));
}

/** `authorization`, `cookie` and their likes. */
export function isLineName(name: string): boolean {
  return LINE_NAME.test(plainName(name));
}

/** Whether a sentence may have this name before a colon. */
export function isWordOfSentences(name: string): boolean {
  return WORDS.has(name.toLowerCase().replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, ''));
}

function isBuiltIn(name: string): boolean {
  let end = name.length;
  while (end > 0 && !/[a-z]/i.test(name.charAt(end - 1))) end -= 1;
  if (!LAST_LETTERS.has(name.charAt(end - 1).toLowerCase())) return false;
  return SECRET_NAMES.has(plainName(name)) || LAST_WORD.test(lastPart(name)) || hasEnd(name, SECRET_ENDS);
}

/** Also of a name with a number behind it: `password2`. */
function hasEnd(name: string, ends: readonly string[]): boolean {
  const plain = plainName(name).replace(/\d+$/, '');
  return ends.some((end) => plain.endsWith(end));
}

function plainName(name: string): string {
  return lastPart(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** `c` of `a.b.c`, of `a[b][c]`. */
function lastPart(name: string): string {
  const end = name.endsWith(']') ? name.length - 1 : name.length;
  return name.slice(Math.max(name.lastIndexOf('.', end), name.lastIndexOf('[', end)) + 1, end);
}
