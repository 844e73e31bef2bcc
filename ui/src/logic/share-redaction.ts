import type { AnyValue, KeyValue } from '@threadline/collector/api';
import { escapeExpression, isSecretList, isSecretName } from './secret-names.ts';
import { PATTERNS, REDACTED, SHARE_PATTERNS, type SharePattern } from './share-patterns.ts';

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

const NAME_IN_LIST = /^-{0,2}[\w.-]{2,80}$/;

export interface ShareRedactor {
  /** A copy in which nothing is left of what the rules hide; a record, or anything of texts and numbers. The value itself stays as it is. */
  redact<Value>(value: Value): Value;
  text(value: string): string;
  readonly counts: ShareCounts;
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
    if (value.arrayValue !== undefined) return { arrayValue: { values: listed(value.arrayValue.values) } };
    if (value.kvlistValue !== undefined) return { kvlistValue: { values: keyValues(value.kvlistValue.values) } };
    return scalar(value);
  }

  /** Of several secrets under one name: numbers there are counts. */
  function withoutTexts(value: AnyValue): AnyValue {
    if (value.arrayValue !== undefined) return { arrayValue: { values: value.arrayValue.values.map(withoutTexts) } };
    if (value.kvlistValue !== undefined) {
      const values = value.kvlistValue.values.map(({ key, value: one }) => ({ key: text(key), ...(one && { value: withoutTexts(one) }) }));
      return { kvlistValue: { values } };
    }
    if (value.stringValue === undefined && value.bytesValue === undefined) return scalar(value);
    counts.hidden.name += 1;
    return { stringValue: REDACTED };
  }

  /** Options of a command and headers stand in lists too, each name before its value. */
  function listed(values: readonly AnyValue[]): AnyValue[] {
    return values.map((value, place) => {
      const name = values[place - 1]?.stringValue;
      if (name === undefined || !NAME_IN_LIST.test(name) || !isSecretName(name, rules.names)) return anyValue(value);
      counts.hidden.name += 1;
      return { stringValue: REDACTED };
    });
  }

  /** Parameters of an address without its question mark. */
  function query(value: string): string {
    return text(`?${value}`).slice(1);
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
      if (value !== undefined && isSecretList(key)) return [{ key: text(key), value: withoutTexts(value) }];
      if (key === 'url.query' && value?.stringValue !== undefined) return [{ key, value: { stringValue: query(value.stringValue) } }];
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKeyValues(value: unknown): value is KeyValue[] {
  return Array.isArray(value) && value.every((item: unknown) => isObject(item) && typeof item.key === 'string');
}
