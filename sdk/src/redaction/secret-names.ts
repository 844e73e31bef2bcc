import { createNamePatterns } from '../name-patterns.ts';
import { isDigit, isWordCharacter } from './characters.ts';

/** The ends of names whose values are secrets, as `plainName` writes them. */
const SECRET_ENDS = [
  'authorization',
  'cookie',
  'cookies',
  'token',
  'secret',
  'password',
  'passwordhash',
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
/** Names that are a secret only when there is nothing else in them: `sid`, not `presid`. */
const SECRET_NAMES: ReadonlySet<string> = new Set(['auth', 'sid', 'pass', 'cvv', 'cvc', 'pin', 'otp']);
/** What hides a query's parameter beside these. The semantic conventions ask for the signed addresses of AWS, Azure and Google. */
const SECRET_PARAMETER = /^sig$|signature$|token|secret|password|apikey/;
/** Nearly every name ends with another letter, and costs one look. */
const LAST_LETTERS: ReadonlySet<string> = new Set([...SECRET_ENDS, ...SECRET_NAMES].map((name) => name.slice(-1)));

const LAST_CODES: ReadonlySet<number> = new Set([...LAST_LETTERS].map((letter) => letter.charCodeAt(0)));
/** The last three letters of each, in one number. */
const ENDINGS: ReadonlySet<number> = new Set(
  [...SECRET_ENDS, ...SECRET_NAMES].map((name) => {
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
/** Names that stand before a colon and a blank for no other reason than to give the value away. */
const PASSWORD_NAME = /(password|passwd|pwd|passphrase|secret|apikey)$/;

/** Which names hide what belongs to them. Compared without case, dots, hyphens, underscores and blanks. */
export interface SecretNames {
  /** Of an attribute, a key of a map, a header, a baggage member. Of a dotted name the last part counts: `http.request.header.cookie`. */
  isSecret(name: string): boolean;
  /** Of a parameter of a query. */
  isSecretParameter(name: string): boolean;
  /** False where no secret name can end, whatever it begins with: three characters tell for nearly every word before a colon. */
  mayEndAt(text: string, end: number): boolean;
}

/** The built-in names and the app's own, in any case, with `*` for any characters; these are compared whole and by their last part. */
export function createSecretNames(own: readonly string[]): SecretNames {
  const matches = createNamePatterns(own.map((pattern) => pattern.toLowerCase()));
  const isOwn = (name: string): boolean => own.length > 0 && (matches(name.toLowerCase()) || matches(lastPart(name).toLowerCase()));
  return {
    isSecret: rememberNames((name) => isBuiltIn(name) || isOwn(name)),
    isSecretParameter: rememberNames((name) => isSecretParameter(name) || isOwn(name)),
    mayEndAt: own.length === 0 ? mayEndAt : () => true,
  };
}

/** What escapes, signs or another script have a part in is not decided here. */
function mayEndAt(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  for (let at = Math.max(end - LONGEST_ESCAPE_BEFORE, 0); at < end; at += 1) if (text.charCodeAt(at) === PERCENT) return true;
  if (isDigit(last)) return false;
  const letters = last | 32;
  if (letters < 97 || letters > 122) return true;
  if (!LAST_CODES.has(letters)) return false;
  const second = text.charCodeAt(end - 2) | 32;
  const third = text.charCodeAt(end - 3) | 32;
  const areLetters = second >= 97 && second <= 122 && third >= 97 && third <= 122;
  return !areLetters || ENDINGS.has(letters + (second << 8) + (third << 16));
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

/** Passwords, secrets and API keys. */
export function isPasswordName(name: string): boolean {
  return PASSWORD_NAME.test(plainName(name));
}

function isBuiltIn(name: string): boolean {
  let end = name.length;
  while (end > 0 && !isWordCharacter(name.charCodeAt(end - 1))) end -= 1;
  const last = name.charAt(end - 1).toLowerCase();
  if (last !== '_' && !LAST_LETTERS.has(last)) return false;
  const plain = plainName(name);
  return SECRET_NAMES.has(plain) || SECRET_ENDS.some((end) => plain.endsWith(end));
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
