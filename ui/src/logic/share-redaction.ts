import type { AnyValue, KeyValue } from '@threadline/collector/api';

/** What stands in the place of what is hidden. */
export const REDACTED = 'REDACTED';

/** What can be hidden wherever it appears in a text. */
export const SHARE_PATTERNS = ['secrets', 'tokens', 'emails', 'cards', 'addresses'] as const;
export type SharePattern = (typeof SHARE_PATTERNS)[number];
/** An address of a host says who called whom: it stays unless it is asked for. */
export const DEFAULT_PATTERNS: readonly SharePattern[] = ['secrets', 'tokens', 'emails', 'cards'];

export interface ShareRules {
  readonly patterns: readonly SharePattern[];
  /** Further names whose values are hidden, with `*`; the whole key, or its last part. */
  readonly names: readonly string[];
  /** Further texts that are hidden wherever they appear, in any case. */
  readonly texts: readonly string[];
  /** Keys of attributes that are left out, wherever they stand. */
  readonly leftOut: ReadonlySet<string>;
}

/** What redaction did. */
export interface ShareCounts {
  /** Values hidden, by rule; `name`: for their name, `text`: for a text of the reader's. */
  readonly hidden: Record<SharePattern | 'name' | 'text', number>;
  leftOut: number;
}

function emptyCounts(): ShareCounts {
  return { hidden: { secrets: 0, tokens: 0, emails: 0, cards: 0, addresses: 0, name: 0, text: 0 }, leftOut: 0 };
}

/** Last words of names whose values are secrets, in any writing: `db.password`, `x-api-key`, `accessToken`. Source: the SDK's redaction, docs/sdk.md, "Secrets". */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  'authorization cookie cookies token password passwd pwd passphrase secret apikey credential credentials jwt auth sid cvv cvc pin otp iban ssn'.split(
    ' ',
  ),
);
const SECRET_PAIRS: ReadonlySet<string> = new Set([
  'api key',
  'private key',
  'access key',
  'secret key',
  'session id',
  'set cookie',
  'signing key',
]);
/** Fields of a record itself that are ids and times: nothing of them is a text that somebody wrote. */
const KEPT_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'traceId',
  'spanId',
  'parentSpanId',
  'timeUnixNano',
  'observedTimeUnixNano',
  'arrivalTimeUnixNano',
  'startTimeUnixNano',
  'endTimeUnixNano',
]);

interface Pattern {
  readonly find: RegExp;
  readonly replace: (...parts: string[]) => string;
}

const NAMED_VALUE =
  /(["']?(?<![\w.-])(?:[\w.-]{0,64}[._-])?(?:authorization|cookie|token|password|passwd|pwd|passphrase|secret|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credentials?|session[_-]?id|jwt|cvv|cvc|pin|otp)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:(?:Bearer|Basic)\s+)?[^\s,;&"'}\]]+)/gi;

// Every repetition is bounded or begins where none can go before it: a text of a megabyte takes a moment, whatever it holds.
const PATTERNS: Readonly<Record<SharePattern, readonly Pattern[]>> = {
  secrets: [{ find: NAMED_VALUE, replace: (_, name = '') => `${name}${REDACTED}` }],
  tokens: [
    { find: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, replace: () => REDACTED },
    { find: /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, replace: (_, scheme = '') => `${scheme} ${REDACTED}` },
    { find: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, replace: () => REDACTED },
    {
      find: /\b(?:(?:sk|pk|rk)_(?:live|test)_\w+|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abposr]-[\w-]{10,}|AIza[\w-]{30,}|glpat-[\w-]{16,})/g,
      replace: () => REDACTED,
    },
    {
      find: /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@]{0,256}:[^\s/@]{1,512}@/gi,
      replace: (_, scheme = '') => `${scheme}${REDACTED}@`,
    },
  ],
  emails: [{ find: /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g, replace: () => REDACTED }],
  cards: [{ find: /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g, replace: (digits = '') => (isCard(digits) ? REDACTED : digits) }],
  addresses: [
    { find: /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])/g, replace: () => REDACTED },
    { find: /(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4}){1,4}(?![\w:])/gi, replace: () => REDACTED },
  ],
};

export interface ShareRedactor {
  /** A copy in which nothing is left of what the rules hide; a record, or anything of texts and numbers. The value itself stays as it is. */
  redact<Value>(value: Value): Value;
  text(value: string): string;
  readonly counts: ShareCounts;
}

/** Whether a value is hidden for its name alone. */
export function isSecretName(key: string, names: readonly string[]): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const [beforeLast = '', last = ''] = words.slice(-2).length === 2 ? words.slice(-2) : ['', ...words.slice(-1)];
  if (SECRET_WORDS.has(last) || SECRET_PAIRS.has(`${beforeLast} ${last}`)) return true;
  const lower = key.toLowerCase();
  return names.some(
    (name) => matchesName(lower, name.toLowerCase()) || matchesName(lower.slice(lower.lastIndexOf('.') + 1), name.toLowerCase()),
  );
}

export function createShareRedactor(rules: ShareRules): ShareRedactor {
  const counts = emptyCounts();
  const patterns = SHARE_PATTERNS.filter((name) => rules.patterns.includes(name)).flatMap((name) =>
    PATTERNS[name].map((pattern) => ({ name, ...pattern })),
  );
  const literal = rules.texts.filter(Boolean).map(escapeExpression).join('|');
  const texts = literal === '' ? undefined : new RegExp(literal, 'gi');

  function text(value: string): string {
    let shown = value;
    if (texts !== undefined) {
      shown = shown.replace(texts, () => {
        counts.hidden.text += 1;
        return REDACTED;
      });
    }
    for (const { name, find, replace } of patterns) {
      shown = shown.replace(find, (...parts: string[]) => {
        const replaced = replace(...parts);
        if (replaced !== parts[0]) counts.hidden[name] += 1;
        return replaced;
      });
    }
    return shown;
  }

  function scalar(value: AnyValue): AnyValue {
    if (value.stringValue !== undefined) return { stringValue: text(value.stringValue) };
    // A number that is hidden is a text from then on.
    if (value.intValue !== undefined || value.doubleValue !== undefined) {
      const digits = String(value.intValue ?? value.doubleValue);
      const shown = text(digits);
      return shown === digits ? value : { stringValue: shown };
    }
    if (value.bytesValue !== undefined) return hidesBytes(value.bytesValue) ? { stringValue: REDACTED } : value;
    return value;
  }

  function hidesBytes(base64: string): boolean {
    try {
      const decoded = atob(base64);
      return text(decoded) !== decoded;
    } catch {
      return true;
    }
  }

  function anyValue(value: AnyValue): AnyValue {
    if (value.arrayValue !== undefined) return { arrayValue: { values: value.arrayValue.values.map(anyValue) } };
    if (value.kvlistValue !== undefined) return { kvlistValue: { values: keyValues(value.kvlistValue.values) } };
    return scalar(value);
  }

  function keyValues(list: readonly KeyValue[]): KeyValue[] {
    return list.flatMap(({ key, value }) => {
      if (rules.leftOut.has(key)) {
        counts.leftOut += 1;
        return [];
      }
      if (isSecretName(key, rules.names)) {
        counts.hidden.name += 1;
        return [{ key: text(key), value: { stringValue: REDACTED } }];
      }
      return [{ key: text(key), ...(value === undefined ? {} : { value: anyValue(value) }) }];
    });
  }

  /** Fields of a record, a resource, a scope, an event, a link or a status: lists of attributes, values, texts, and objects of these. */
  function field(name: string, value: unknown): unknown {
    if (KEPT_FIELDS.has(name)) return value;
    if (name === 'attributes' && isKeyValues(value)) return keyValues(value);
    if (name === 'body' && isObject(value)) return anyValue(value);
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map((item: unknown) => field('', item));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, field(inner, one)]));
    return value;
  }

  return { text, counts, redact: <Value>(value: Value): Value => field('', value) as Value };
}

function matchesName(key: string, pattern: string): boolean {
  if (pattern === '') return false;
  if (!pattern.includes('*')) return key === pattern;
  return new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`).test(key);
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKeyValues(value: unknown): value is KeyValue[] {
  return Array.isArray(value) && value.every((item: unknown) => isObject(item) && typeof item.key === 'string');
}
