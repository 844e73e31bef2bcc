import { createNamePatterns } from '../name-patterns.ts';
import { isWordCharacter } from './characters.ts';

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
}

/** The built-in names and the app's own, in any case, with `*` for any characters; these are compared whole and by their last part. */
export function createSecretNames(own: readonly string[]): SecretNames {
  const matches = createNamePatterns(own.map((pattern) => pattern.toLowerCase()));
  const isOwn = (name: string): boolean => own.length > 0 && (matches(name.toLowerCase()) || matches(lastPart(name).toLowerCase()));
  return {
    isSecret: remembering((name) => isBuiltIn(name) || isOwn(name)),
    isSecretParameter: remembering((name) => isSecretParameter(name) || isOwn(name)),
  };
}

/** The same names come with every request. */
function remembering(decide: (name: string) => boolean): (name: string) => boolean {
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
