import { isSecretList, isSecretName } from './secret-names.ts';

/** What stands in the place of what is hidden. */
export const REDACTED = 'REDACTED';

/** What can be hidden wherever it appears in a text. */
export const SHARE_PATTERNS = ['secrets', 'tokens', 'emails', 'cards', 'addresses'] as const;
export type SharePattern = (typeof SHARE_PATTERNS)[number];
/** An address of a host says who called whom: it stays unless it is asked for. */
export const DEFAULT_PATTERNS: readonly SharePattern[] = ['secrets', 'tokens', 'emails', 'cards'];

interface Pattern {
  readonly find: RegExp;
  readonly replace: (...parts: string[]) => string;
}

const QUOTED = String.raw`\\{1,3}"[^"\\]{0,4000}\\{1,3}"|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
/** What goes on to the end of its line: its parts have names of their own. */
const LINE_SCHEMES = String.raw`(?:Digest|Signature|OAuth|AWS4-HMAC-SHA256)\s[^\r\n]+`;
const WORD_SCHEMES = String.raw`(?:(?:Bearer|Basic|Token|ApiKey|Negotiate|NTLM)\s+)?[^\s,;&"'}\])\\]+`;
/** Of several values under one name. */
const LIST = String.raw`\[[^\[\]]*\]`;
/** A name with one of these somewhere in it is looked at as a whole. */
const SECRET_PARTS = 'auth|cookie|token|pass|pwd|secret|key|credential|session|sid|jwt|cvv|cvc|pin|otp|iban|ssn';
const NAMED_VALUE = new RegExp(
  String.raw`(?<![\w.-])(?=[\w.-]{0,80}?(?:${SECRET_PARTS}))(-{0,2}[a-z_][\w.-]{0,80})(\\{0,3}["']?\s{0,8}(?:=>|:=|[:=])\s{0,8})(${QUOTED}|${LIST}|${LINE_SCHEMES}|${WORD_SCHEMES})`,
  'gi',
);
/** A command's option and the word after it. */
const FLAG_VALUE = new RegExp(String.raw`(?<![\w-])(--?[a-z][\w-]{0,80})(\s+)(?!-)(${QUOTED}|[^\s"']+)`, 'gi');

/** Whether a value after this name in a text is a secret. `auth: failed` says what happened, as an attribute of that name does not. */
function isNamedSecret(name: string): boolean {
  return name.toLowerCase() !== 'auth' && isSecretName(name, []);
}

/** Words of sentences too (`second pass: done`): what became of them is no secret. */
const SENTENCE_NAMES = /^(?:pass|tokens|secrets|passwords|passphrases|jwts)$/i;
const STATES =
  /^(?:null|none|true|false|accepted|changed|created|denied|disabled|done|empty|enabled|expired|failed|invalid|malformed|mismatch|missing|ok|passed|refreshed|refused|rejected|required|revoked|rotated|sent|unauthorized|unknown|unlimited|valid|verified|wrong)$/i;
/** A number, or a list of nothing else: a count. */
const COUNT = /^\[?[\d\s,.+-]*\]?$/;

function isHidden(name: string, between: string, value: string): boolean {
  if (SENTENCE_NAMES.test(name) && /:\s/.test(between) && STATES.test(value.replace(/\W+$/, ''))) return false;
  return isNamedSecret(name) || (isSecretList(name) && !COUNT.test(value));
}

function hideNamed(whole: string, name = '', between = '', value = ''): string {
  if (isHidden(name, between, value)) return `${name}${between}${REDACTED}`;
  // The value may have names of its own.
  const inner = value.replace(NAMED_VALUE, hideNamed);
  return inner === value ? whole : `${name}${between}${inner}`;
}

// Every repetition is bounded or begins where none can go before it: a text of a megabyte takes a moment, whatever it holds.
export const PATTERNS: Readonly<Record<SharePattern, readonly Pattern[]>> = {
  secrets: [
    {
      find: /(?<![\w-])((?:set-)?cookies?\s{0,8}[:=]\s{0,8})([^\s"',;}\]]+(?:;[ \t]*[^\s"',;}\]]+)*)/gi,
      replace: (_, name = '') => `${name}${REDACTED}`,
    },
    { find: NAMED_VALUE, replace: hideNamed },
    {
      find: FLAG_VALUE,
      replace: (whole, flag = '', between = '', value = '') =>
        isSecretName(flag, []) || (isSecretList(flag) && !COUNT.test(value)) ? `${flag}${between}${REDACTED}` : whole,
    },
    {
      find: /(?<![\w-])(-u|--user)(\s+|=)["']?[^\s:"']{1,256}:[^\s"']+/g,
      replace: (_, flag = '', between = '') => `${flag}${between}${REDACTED}`,
    },
    {
      // Names that say nothing anywhere but in an address.
      find: /([?&](?:key|sig|signature|code|assertion|x-(?:amz|goog|oss)-(?:signature|credential))=)[^&#\s"'<>]{8,}/gi,
      replace: (_, name = '') => `${name}${REDACTED}`,
    },
  ],
  tokens: [
    { find: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, replace: () => REDACTED },
    { find: /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, replace: (_, scheme = '') => `${scheme} ${REDACTED}` },
    { find: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, replace: () => REDACTED },
    {
      find: /\b(?:(?:sk|pk|rk)_(?:live|test)_\w+|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abposr]-[\w-]{10,}|AIza[\w-]{30,}|glpat-[\w-]{16,}|sk-[\w-]{20,}|ya29\.[\w-]{20,}|(?:npm|hf)_\w{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|whsec_\w{16,})/g,
      replace: () => REDACTED,
    },
    {
      // Up to the last @ before the host: a password may have one.
      find: /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@]{0,256}:[^\s/]{1,512}@/gi,
      replace: (_, scheme = '') => `${scheme}${REDACTED}@`,
    },
  ],
  emails: [
    {
      // In an address the @ is written as %40.
      find: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/giu,
      replace: () => REDACTED,
    },
  ],
  cards: [
    { find: /(?<![A-Za-z0-9.-])\d(?:[ -]?\d){12,18}(?![A-Za-z0-9-])/g, replace: (digits = '') => (isCard(digits) ? REDACTED : digits) },
    {
      find: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
      replace: (text = '') => (isIban(text) ? REDACTED : text),
    },
    // Of the United States and of Korea.
    { find: /(?<![\w.-])(?:\d{3}-\d{2}-\d{4}|\d{6}-[1-8]\d{6})(?![\w-])/g, replace: () => REDACTED },
  ],
  addresses: [
    { find: /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])/g, replace: () => REDACTED },
    { find: /(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4}){1,4}(?![\w:])/gi, replace: () => REDACTED },
  ],
};

/** Luhn's check over 13 to 19 digits that begin as a card's do. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (!/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check of ISO 7064, modulo 97, which an account's number of ISO 13616 fulfils. */
function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '');
  if (plain.length < 15 || plain.length > 34) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
