import { isUtf8 } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { AnyValue, KeyValue, OtlpLogRecord, OtlpSpan, Resource, Scope } from '../api/index.ts';
import type { DecodedRequest } from '../otlp/decode-request.ts';
import type { Range } from './find-matches.ts';
import type { RedactionRule } from './redaction-rules.ts';

/** In place of what is masked. */
const MASK = 'REDACTED';
/** 128 bits: enough to tell values apart. */
const HASH_DIGITS = 32;
/** Names of attributes whose rules are remembered; more come from names that are made up. */
const MAX_KNOWN_KEYS = 10_000;
/** A longer name is looked at each time. */
const MAX_KNOWN_KEY_LENGTH = 200;

export interface RedactorOptions {
  readonly rules: readonly RedactionRule[];
  /** For rules that hash. */
  readonly hashKey: string | undefined;
  /** Told of each value that a rule changed. */
  readonly onRedacted: (rule: string) => void;
}

/** What the rules have to say of an attribute by its name. */
interface KeyRules {
  /** The first that is for the whole value. */
  readonly whole: RedactionRule | undefined;
  /** Those that look into it, beside those for every text. */
  readonly within: readonly RedactionRule[];
}

const NO_RULES: readonly RedactionRule[] = [];

/**
 * Removes from requests what the rules name, in place: from bodies, attributes with their names at any depth, of records, resources, scopes, events and
 * links, from names of spans and events, messages of statuses, trace states and every other text. Rules are applied in their order, those for every text before those for
 * attributes of a name, each to what the one before left. Ids, times and numbers of a record's own stay.
 */
export class Redactor {
  readonly #options: RedactorOptions;
  readonly #everywhere: readonly RedactionRule[];
  readonly #byKey: readonly RedactionRule[];
  readonly #known = new Map<string, KeyRules>();
  readonly #cleanNames = new Set<string>();

  constructor(options: RedactorOptions) {
    this.#options = options;
    this.#everywhere = options.rules.filter(({ isKey }) => isKey === undefined);
    this.#byKey = options.rules.filter(({ isKey }) => isKey !== undefined);
  }

  logs(request: DecodedRequest<OtlpLogRecord>): void {
    this.#forEach(request, (log) => {
      this.#texts(log, ['severityText', 'eventName']);
      if (log.body) this.#value(log.body, '', NO_RULES);
      this.#attributes(log.attributes, '', NO_RULES);
    });
  }

  spans(request: DecodedRequest<OtlpSpan>): void {
    this.#forEach(request, (span) => {
      this.#texts(span, ['name', 'traceState']);
      if (span.status) this.#texts(span.status, ['message']);
      this.#attributes(span.attributes, '', NO_RULES);
      for (const event of span.events ?? []) {
        this.#texts(event, ['name']);
        this.#attributes(event.attributes, '', NO_RULES);
      }
      for (const link of span.links ?? []) {
        this.#texts(link, ['traceState']);
        this.#attributes(link.attributes, '', NO_RULES);
      }
    });
  }

  #forEach<R>({ groups }: DecodedRequest<R>, redact: (record: R) => void): void {
    for (const { resource, scopes } of groups) {
      this.#resource(resource);
      for (const { scope, records } of scopes) {
        this.#scope(scope);
        for (const record of records) redact(record);
      }
    }
  }

  #resource(resource: Resource): void {
    this.#texts(resource, ['schemaUrl']);
    this.#attributes(resource.attributes, '', NO_RULES);
    for (const ref of resource.entityRefs ?? []) {
      this.#texts(ref, ['schemaUrl', 'type']);
      if (ref.idKeys) ref.idKeys = ref.idKeys.map((key) => this.#text(key, NO_RULES));
      if (ref.descriptionKeys) ref.descriptionKeys = ref.descriptionKeys.map((key) => this.#text(key, NO_RULES));
    }
  }

  #scope(scope: Scope): void {
    this.#texts(scope, ['name', 'version', 'schemaUrl']);
    this.#attributes(scope.attributes, '', NO_RULES);
  }

  #texts<N extends string>(holder: { [name in N]?: string }, names: readonly N[]): void {
    for (const name of names) {
      const text = holder[name];
      if (text !== undefined) holder[name] = this.#text(text, NO_RULES);
    }
  }

  /** `path` is the names around the list, each with a dot behind it; `within` the rules for what is inside. */
  #attributes(attributes: KeyValue[], path: string, within: readonly RedactionRule[]): void {
    let kept = 0;
    for (const attribute of attributes) {
      const rules = this.#rulesOf(attribute.key, path);
      if (rules.whole?.action === 'drop') {
        this.#options.onRedacted(rules.whole.name);
        continue;
      }
      if (rules.whole && attribute.value) {
        this.#options.onRedacted(rules.whole.name);
        attribute.value = { stringValue: this.#replacement(rules.whole, wholeText(attribute.value)) };
      }
      if (attribute.value) this.#value(attribute.value, `${path}${attribute.key}.`, joined(within, rules.within));
      attribute.key = this.#name(attribute.key);
      attributes[kept++] = attribute;
    }
    attributes.length = kept;
  }

  #value(value: AnyValue, path: string, within: readonly RedactionRule[]): void {
    if (value.stringValue !== undefined) value.stringValue = this.#text(value.stringValue, within);
    else if (value.kvlistValue) this.#attributes(value.kvlistValue.values, path, within);
    else if (value.arrayValue) for (const element of value.arrayValue.values) this.#value(element, path, within);
    else if (value.bytesValue !== undefined) value.bytesValue = this.#bytes(value.bytesValue, within);
    else if (value.intValue !== undefined || value.doubleValue !== undefined) this.#number(value, within);
  }

  /** A number in which a rule finds something becomes a text. */
  #number(value: AnyValue, within: readonly RedactionRule[]): void {
    const digits = value.intValue ?? String(value.doubleValue);
    const text = this.#text(digits, within);
    if (text === digits) return;
    delete value.intValue;
    delete value.doubleValue;
    value.stringValue = text;
  }

  #bytes(base64: string, within: readonly RedactionRule[]): string {
    const bytes = Buffer.from(base64, 'base64');
    const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
    const text = bytes.toString(encoding);
    const redacted = this.#text(text, within);
    return redacted === text ? base64 : Buffer.from(redacted, encoding).toString('base64');
  }

  /** Of an attribute: the same few come again and again. */
  #name(key: string): string {
    if (this.#cleanNames.has(key)) return key;
    const redacted = this.#text(key, NO_RULES);
    if (redacted === key && key.length <= MAX_KNOWN_KEY_LENGTH) {
      if (this.#cleanNames.size >= MAX_KNOWN_KEYS) this.#cleanNames.clear();
      this.#cleanNames.add(key);
    }
    return redacted;
  }

  #text(text: string, within: readonly RedactionRule[]): string {
    if (text === '') return text;
    let left = text;
    for (const rule of this.#everywhere) left = this.#apply(rule, left);
    for (const rule of within) left = this.#apply(rule, left);
    return left;
  }

  #apply(rule: RedactionRule, text: string): string {
    let left = text;
    for (const find of rule.finders) {
      const ranges = find(left);
      if (ranges.length === 0) continue;
      for (const _range of ranges) this.#options.onRedacted(rule.name);
      left = this.#replace(rule, left, ranges);
    }
    return left;
  }

  #replace(rule: RedactionRule, text: string, ranges: readonly Range[]): string {
    let written = '';
    let from = 0;
    for (const [start, end] of ranges) {
      written += text.slice(from, start) + this.#replacement(rule, text.slice(start, end));
      from = end;
    }
    return written + text.slice(from);
  }

  /** `drop` takes a part of a text away; of a whole attribute nothing is left at all, so it does not come here. */
  #replacement({ action }: RedactionRule, text: string): string {
    if (action === 'mask') return MASK;
    if (action === 'drop') return '';
    const hash = createHmac('sha256', this.#options.hashKey ?? '')
      .update(text)
      .digest('hex');
    return `hmac:${hash.slice(0, HASH_DIGITS)}`;
  }

  #rulesOf(key: string, path: string): KeyRules {
    if (this.#byKey.length === 0) return { whole: undefined, within: NO_RULES };
    const full = path + key;
    const known = this.#known.get(full);
    if (known) return known;
    const [name, fullName] = [key.toLowerCase(), full.toLowerCase()];
    const matching = this.#byKey.filter(({ isKey }) => isKey?.(name) || isKey?.(fullName));
    const rules: KeyRules = {
      whole: matching.find(({ finders }) => finders.length === 0),
      within: matching.filter(({ finders }) => finders.length > 0),
    };
    if (this.#known.size >= MAX_KNOWN_KEYS) this.#known.clear();
    if (full.length <= MAX_KNOWN_KEY_LENGTH) this.#known.set(full, rules);
    return rules;
  }
}

function joined(outer: readonly RedactionRule[], inner: readonly RedactionRule[]): readonly RedactionRule[] {
  if (inner.length === 0) return outer;
  return outer.length === 0 ? inner : [...new Set([...outer, ...inner])];
}

/** What a whole value's hash is made of: a text or a number alone as it is, all else as JSON. */
function wholeText(value: AnyValue): string {
  const { stringValue, intValue, doubleValue, boolValue } = value;
  const scalar = stringValue ?? intValue ?? doubleValue ?? boolValue;
  return scalar === undefined ? JSON.stringify(value) : String(scalar);
}
