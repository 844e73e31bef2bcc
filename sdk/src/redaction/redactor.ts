import { CORRELATION_ID_ATTRIBUTE } from '../correlation/correlation-id.ts';
import { isCardNumber } from './card-numbers.ts';
import { REDACTED, redactText, type TextRules } from './redact-text.ts';
import type { RedactionConfig } from './redaction-config.ts';
import { createSecretNames } from './secret-names.ts';

/** So many values are looked at in one attribute; the rest of it is hidden. Only a value that contains itself has more. */
const MAX_VALUES = 100_000;
/** As deep as the collector keeps. */
const MAX_DEPTH = 16;
/** The least number of 13 digits. */
const MIN_CARD_NUMBER = 1e12;
/** An app that makes its keys up must not fill the memory. */
const MAX_REMEMBERED_NAMES = 2000;
/** Of a text that is held to be known again. */
const MAX_REMEMBERED_CHARACTERS = 128;

/** Attributes by key, as spans, events and log records have them. */
export type AttributeMap = Record<string, unknown>;

/** Hides secrets. Never throws, and changes nothing that the app holds: what has a secret in it is replaced by a copy. */
export interface Redactor {
  text(text: string): string;
  /** The value that belongs to a name, or what stands in its place. */
  value(name: string, value: unknown): unknown;
  /** Changes the map in place. The correlation id is left as it is, since everything is found by it. */
  attributes(attributes: AttributeMap): void;
}

/** What a name hides of what belongs to it: all of it, or its texts that are no numbers, however deep. */
type Hides = 'all' | 'texts' | 'nothing';

/** A count, as text. */
const NUMBERS = /^[\d\s.,+-]*$/;

interface KnownName {
  readonly hides: Hides;
  /** The name itself, unless there is a secret in it. */
  readonly shown: string;
  /** The last text of this name in which there was nothing to hide: methods, hosts, routes and programs come again and again. */
  clean: string | undefined;
}

/** The built-in rules and the app's own. */
export function createRedactor(config: RedactionConfig): Redactor {
  const names = createSecretNames(config.names);
  const rules: TextRules = { names, emails: config.emails, patterns: config.patterns };
  const known = new Map<string, KnownName>();

  function know(name: string): KnownName {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const fresh = { hides: hidesOf(name), shown: redactText(name, rules), clean: undefined };
    if (known.size < MAX_REMEMBERED_NAMES) known.set(name, fresh);
    return fresh;
  }

  function hidesOf(name: string): Hides {
    if (names.isSecret(name)) return 'all';
    return names.isSecretList(name) ? 'texts' : 'nothing';
  }

  function redactString(hides: Hides, text: string): string {
    return hides === 'all' || (hides === 'texts' && !NUMBERS.test(text)) ? REDACTED : redactText(text, rules);
  }

  function redact(hides: Hides, value: unknown, budget: Budget): unknown {
    if (value === null || value === undefined || typeof value === 'boolean') return value;
    if (hides === 'all') return REDACTED;
    if (typeof value === 'string') return redactString(hides, value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      return value >= MIN_CARD_NUMBER && isWhole(value) && isCardNumber(String(value)) ? REDACTED : value;
    }
    if (typeof value !== 'object') return value;
    budget.left -= 1;
    if (budget.left < 0 || budget.depth === MAX_DEPTH) return REDACTED;
    budget.depth += 1;
    const shown = redactObject(hides, value, budget);
    budget.depth -= 1;
    return shown;
  }

  function redactObject(hides: Hides, value: object, budget: Budget): unknown {
    if (value instanceof Uint8Array) return hides === 'texts' ? REDACTED : redactBytes(value);
    return Array.isArray(value) ? redactList(hides, value, budget) : redactMap(hides, value, budget);
  }

  /** Byte by byte, so that what is no text comes back as it was. */
  function redactBytes(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const shown = redactText(text, rules);
    return shown === text ? bytes : Buffer.from(shown, 'latin1');
  }

  function redactList(hides: Hides, list: readonly unknown[], budget: Budget): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (const [index, item] of list.entries()) {
      // Node's raw headers are names and values in turn.
      const name = index % 2 === 1 ? list[index - 1] : undefined;
      const isHeader = typeof name === 'string' && names.isSecretHeader(name);
      const shown = isPair(item) ? redactPair(hides, item, budget) : redact(isHeader ? 'all' : hides, item, budget);
      if (shown === item) continue;
      copy ??= [...list];
      copy[index] = shown;
    }
    return copy ?? list;
  }

  /** What `Object.entries` makes of each field. */
  function redactPair(hides: Hides, pair: Pair, budget: Budget): unknown {
    const [name, value] = pair;
    const own = hidesOf(name);
    if (own === 'nothing') return redact(hides, pair, budget);
    const shown = redact(own, value, budget);
    return shown === value ? pair : [redactString(hides, name), shown];
  }

  function redactMap(hides: Hides, map: object, budget: Budget): object {
    // A header or a field as a pair: { name: 'cookie', value: … }.
    const label: unknown = Reflect.get(map, 'name') ?? Reflect.get(map, 'key');
    const ofLabel = typeof label === 'string' ? know(label).hides : 'nothing';
    let isChanged = false;
    const shown = Object.entries(map).map(([key, item]): [string, unknown] => {
      const name = know(key);
      const value = redact(strictest(name.hides, key === 'value' ? ofLabel : 'nothing', hides), item, budget);
      if (value !== item || name.shown !== key) isChanged = true;
      return [name.shown, value];
    });
    return isChanged ? Object.fromEntries(shown) : map;
  }

  function redactSafely(hides: Hides, value: unknown): unknown {
    if (typeof value === 'string') return redactString(hides, value);
    try {
      return redact(hides, value, { left: MAX_VALUES, depth: 0 });
    } catch {
      // A getter or a proxy of the app's: what cannot be looked at is not sent.
      return REDACTED;
    }
  }

  return {
    text: (text) => redactText(text, rules),
    value: (name, value) => redactSafely(know(name).hides, value),
    attributes(attributes) {
      for (const key in attributes) {
        if (key === CORRELATION_ID_ATTRIBUTE) continue;
        const given = attributes[key];
        const name = know(key);
        if (given !== undefined && given === name.clean) continue;
        // No number below it is a card's.
        if (typeof given === 'number' && given < MIN_CARD_NUMBER && name.hides !== 'all' && name.shown === key) continue;
        const shown = redactSafely(name.hides, given);
        if (name.shown !== key) {
          delete attributes[key];
          attributes[name.shown] = shown;
        } else if (shown !== given) attributes[key] = shown;
        else if (typeof given === 'string' && given.length <= MAX_REMEMBERED_CHARACTERS) name.clean = given;
      }
    },
  };
}

type Pair = readonly [name: string, value: unknown];

function isPair(item: unknown): item is Pair {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';
}

function strictest(own: Hides, ofLabel: Hides, ofWhole: Hides): Hides {
  if (own === 'all' || ofLabel === 'all') return 'all';
  return own === 'nothing' && ofLabel === 'nothing' ? ofWhole : 'texts';
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

interface Budget {
  left: number;
  depth: number;
}
