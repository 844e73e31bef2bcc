import { isUtf8 } from 'node:buffer';
import type { KeyValue } from '../../../api/index.ts';
import { attributeLeaves } from '../../../model/attribute-leaves.ts';
import { CORRELATION_ID_ATTRIBUTE, SEQUENCE_ATTRIBUTE } from '../../../model/indexed-record.ts';
import { VALUE_KINDS, type WireAttributes } from '../../../otlp/wire-attributes.ts';
import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { EXCEPTION_MESSAGE, EXCEPTION_STACK, EXCEPTION_TYPE, type Exception, exceptionsOfLog } from '../../errors/exceptions.ts';
import { MAX_TERM_TEXT_LENGTH } from '../attribute-terms.ts';
import { knownKey } from '../known-keys.ts';
import { FIELD_TYPES, type FieldType, MAX_PLAIN_LEAVES, type PlaceTerms, termsOf } from '../place-encoding.ts';
import { type DocumentBytes, maxBytes, quotedOnce, TEXT_FORMS, textForm } from './document-bytes.ts';

/** Keys come again and again: what is known of them is kept, up to so many. */
const MAX_KEYS = 4_096;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** What an attribute takes beside its key and value: brackets, names, and its number in each form. */
const MAX_EXTRA_BYTES = 400;
/** How often a byte of a record stands in its document at most, each time as an escape of up to seven bytes. */
export const MAX_BYTES_A_BYTE = 32;

const CORRELATION_ID = Buffer.from(',"correlationId":"');
const KEYS = Buffer.from(',"attributes":{"keys":');
const PAIRS = Buffer.from('],"pairs":');
const NUMBERS = Buffer.from('],"numbers":');
const END_TERMS = Buffer.from(']');
/** Of which kind the values of a typed field are. */
const FIELD_KINDS: Readonly<Record<FieldType, number>> = {
  string: VALUE_KINDS.text,
  long: VALUE_KINDS.int,
  double: VALUE_KINDS.double,
  boolean: VALUE_KINDS.bool,
};
const TYPED_FIELDS = FIELD_TYPES.map((name) => ({ name, kind: FIELD_KINDS[name], start: Buffer.from(`,"${name}":`) }));
/** Around a value in the record, by its kind. */
const VALUE_STARTS = ['\\"stringValue\\":\\"', '\\"intValue\\":\\"', '\\"doubleValue\\":', '\\"boolValue\\":'].map((text) =>
  Buffer.from(text),
);
const VALUE_ENDS = ['\\"}}', '\\"}}', '}}', '}}'].map((text) => Buffer.from(text));
const NO_ATTRIBUTES = Buffer.from('[]');
const END_ATTRIBUTES = Buffer.from(']');

const EXCEPTION_KEYS: readonly string[] = [EXCEPTION_TYPE, EXCEPTION_MESSAGE, EXCEPTION_STACK];
const NO_EXCEPTIONS: readonly Exception[] = [];

/** An attribute that was decoded alone. */
interface DecodedAttribute {
  /** Of its leaves. */
  readonly terms: Readonly<PlaceTerms>;
  /** As the record has it, in a JSON string, with a comma before it. */
  readonly stored: string;
}

/** A key as it stands in documents. What begins an element has the comma that parts it from the one before. */
interface KeyBytes {
  readonly bytes: Buffer;
  readonly term: Buffer;
  readonly pairStart: Buffer;
  /** Undefined for a key that no typed field has. */
  readonly member: Buffer | undefined;
  readonly recordStart: Buffer;
  readonly isSequence: boolean;
  readonly isCorrelationId: boolean;
  /** Its place among the keys of an exception; -1 for another key. */
  readonly exceptionPart: number;
  /** The last record that has it, as a key of its own or of what is in a map. */
  record: number;
}

/** The attributes of one record after another, from the bytes that they were sent in to those of `encodeDocument`. */
export class AttributeBytes {
  readonly #out: DocumentBytes;
  readonly #known = new Map<string, KeyBytes>();
  /** Those of this record, then those of the one before: mostly the next one has the same. */
  readonly #keys: KeyBytes[] = [];
  readonly #forms = new Uint8Array(MAX_PLAIN_LEAVES);
  readonly #doubles = new Float64Array(MAX_PLAIN_LEAVES);
  readonly #doubleHalves = new Uint32Array(this.#doubles.buffer);
  /** Where each value stands among the pairs. */
  readonly #starts = new Int32Array(MAX_PLAIN_LEAVES);
  readonly #ends = new Int32Array(MAX_PLAIN_LEAVES);
  /** How many of each kind have a typed field. */
  readonly #typedCounts = new Uint32Array(TYPED_FIELDS.length);
  #numberCount = 0;
  #record = 0;
  /** `threadline.sequence`, when it is a number; else 0. */
  sequenceLow = 0;
  sequenceHigh = 0;
  /** Which of them is `correlation.id` and a text; -1 for none. */
  #correlationId = -1;
  /** Which of them are the texts of an exception, in the order of `EXCEPTION_KEYS`; -1 for none. */
  readonly #exception = new Int32Array(EXCEPTION_KEYS.length).fill(-1);
  #hasException = false;
  /** By number, those of kind `other`. */
  readonly #others = new Map<number, DecodedAttribute>();
  #leafCount = 0;

  constructor(out: DocumentBytes) {
    this.#out = out;
  }

  /** Looks at all of them and writes nothing. Gives how many bytes they take at most beside their own in `MAX_BYTES_A_BYTE`; -1 where the record takes the long way. */
  read(body: Buffer, attributes: WireAttributes): number {
    this.#clear();
    const { count, kinds, starts, ends } = attributes;
    if (count > MAX_PLAIN_LEAVES) return -1;
    if (this.#known.size >= MAX_KEYS) this.#forget();
    let extraBytes = count * MAX_EXTRA_BYTES;
    for (let number = 0; number < count; number += 1) {
      const kind = kinds[number] ?? 0;
      if (kind === VALUE_KINDS.other) {
        const otherBytes = this.#readOther(attributes.decode(body, number), number);
        if (otherBytes < 0) return -1;
        extraBytes += otherBytes;
        continue;
      }
      const key = this.#key(body, attributes.keyStarts[number] ?? 0, attributes.keyEnds[number] ?? 0, number);
      if (!key || key.record === this.#record) return -1;
      key.record = this.#record;
      if (kind === VALUE_KINDS.text) {
        const form = textForm(body, starts[number] ?? 0, ends[number] ?? 0);
        // As a hash, it may be.
        const isLong = (ends[number] ?? 0) - (starts[number] ?? 0) > MAX_TERM_TEXT_LENGTH;
        if (form === TEXT_FORMS.invalid || isLong) return -1;
        this.#forms[number] = form;
        if (key.isCorrelationId) this.#correlationId = number;
        if (key.exceptionPart >= 0) {
          this.#exception[key.exceptionPart] = number;
          this.#hasException = true;
        }
      } else if (key.exceptionPart >= 0) return -1;
      else if (kind !== VALUE_KINDS.bool) {
        this.#numberCount += 1;
        if (kind === VALUE_KINDS.double && !this.#readDouble(attributes, number)) return -1;
        if (kind === VALUE_KINDS.int && key.isSequence) {
          this.sequenceLow = attributes.lows[number] ?? 0;
          this.sequenceHigh = attributes.highs[number] ?? 0;
        }
      }
      this.#leafCount += 1;
      if (key.member) this.#typedCounts[kind] = (this.#typedCounts[kind] ?? 0) + 1;
    }
    return extraBytes;
  }

  /** What they say of an exception, as those of a log. */
  exceptions(body: Buffer, attributes: WireAttributes): readonly Exception[] {
    if (!this.#hasException) return NO_EXCEPTIONS;
    return exceptionsOfLog((key) => {
      const number = this.#exception[EXCEPTION_KEYS.indexOf(key)] ?? -1;
      return number < 0 ? undefined : body.toString('utf8', attributes.starts[number], attributes.ends[number]);
    });
  }

  /** As a member with a comma before it; nothing where there is none. */
  writeCorrelationId(body: Buffer, attributes: WireAttributes): void {
    const out = this.#out;
    if (this.#correlationId < 0) return;
    out.put(CORRELATION_ID);
    this.#writeText(body, attributes, this.#correlationId);
    out.byte(QUOTE);
  }

  /** The terms and typed fields of what was read, as a member with a comma before it; nothing where there are none. */
  writeFields(body: Buffer, attributes: WireAttributes): void {
    const { count, kinds } = attributes;
    const out = this.#out;
    if (this.#leafCount === 0) return;
    out.put(KEYS);
    let first = out.at;
    for (let number = 0; number < count; number += 1) {
      if (kinds[number] === VALUE_KINDS.other) out.utf8(this.#otherOf(number).terms.keys);
      else out.put(this.#keyOf(number).term);
    }
    out.bytes[first] = OPEN_BRACKET;
    out.put(PAIRS);
    first = out.at;
    for (let number = 0; number < count; number += 1) {
      if (kinds[number] === VALUE_KINDS.other) out.utf8(this.#otherOf(number).terms.pairs);
      else this.#writePair(body, attributes, number);
    }
    out.bytes[first] = OPEN_BRACKET;
    if (this.#numberCount > 0) this.#writeNumbers(attributes);
    out.put(END_TERMS);
    for (const { kind, name, start } of TYPED_FIELDS) {
      if (this.#typedCounts[kind] === 0) continue;
      out.put(start);
      first = out.at;
      for (let number = 0; number < count; number += 1) {
        if (kinds[number] === kind) this.#writeTyped(number, kind);
        else if (kinds[number] === VALUE_KINDS.other) out.utf8(this.#otherOf(number).terms[name]);
      }
      out.bytes[first] = OPEN_BRACE;
      out.byte(CLOSE_BRACE);
    }
    out.byte(CLOSE_BRACE);
  }

  /** What was read as the record has it, in a JSON string. After `writeFields`. */
  writeRecord(body: Buffer, attributes: WireAttributes): void {
    const out = this.#out;
    const { count, kinds } = attributes;
    if (count === 0) {
      out.put(NO_ATTRIBUTES);
      return;
    }
    const first = out.at;
    for (let number = 0; number < count; number += 1) {
      const kind = kinds[number] ?? 0;
      if (kind === VALUE_KINDS.other) {
        out.utf8(this.#otherOf(number).stored);
        continue;
      }
      out.put(this.#keyOf(number).recordStart);
      out.put(chunkOf(VALUE_STARTS, kind));
      if (kind === VALUE_KINDS.text && this.#forms[number] === TEXT_FORMS.withEscapes)
        out.textTwice(body, attributes.starts[number] ?? 0, attributes.ends[number] ?? 0, TEXT_FORMS.withEscapes);
      else out.again(this.#starts[number] ?? 0, this.#ends[number] ?? 0);
      out.put(chunkOf(VALUE_ENDS, kind));
    }
    out.bytes[first] = OPEN_BRACKET;
    out.put(END_ATTRIBUTES);
  }

  /** The text of an attribute in a JSON string, where it is one. */
  #writeText(body: Buffer, attributes: WireAttributes, number: number): void {
    const form = this.#forms[number] === TEXT_FORMS.withEscapes ? TEXT_FORMS.withEscapes : TEXT_FORMS.asItIs;
    this.#out.text(body, attributes.starts[number] ?? 0, attributes.ends[number] ?? 0, form);
  }

  /** Before the next record. */
  #clear(): void {
    this.#record += 1;
    this.sequenceLow = 0;
    this.sequenceHigh = 0;
    this.#correlationId = -1;
    if (this.#hasException) this.#exception.fill(-1);
    this.#hasException = false;
    if (this.#others.size > 0) this.#others.clear();
    this.#leafCount = 0;
    this.#numberCount = 0;
    this.#typedCounts.fill(0);
  }

  /** As `read`, of an attribute that was decoded. */
  #readOther(attribute: KeyValue, number: number): number {
    const own = this.#keyOfText(attribute.key);
    // What a record is found by is not looked for in here.
    if (!own || own.isSequence || own.isCorrelationId || own.exceptionPart >= 0) return -1;
    const leaves = attributeLeaves([attribute]);
    const terms = termsOf(leaves);
    if (terms.hashedKeys.length > 0) return -1;
    // Its own too where it has no leaf of that name: of the same key again, which may come, only this one counts.
    for (const key of new Set([attribute.key, ...leaves.map((leaf) => leaf.key)])) {
      const known = this.#keyOfText(key);
      if (!known || known.record === this.#record) return -1;
      known.record = this.#record;
    }
    const stored = `,${quotedOnce(JSON.stringify(attribute))}`;
    this.#others.set(number, { terms, stored });
    this.#leafCount += leaves.length;
    if (terms.numbers !== '') this.#numberCount += 1;
    for (const { kind, name } of TYPED_FIELDS) if (terms[name] !== '') this.#typedCounts[kind] = (this.#typedCounts[kind] ?? 0) + 1;
    return maxBytes(stored, terms.keys, terms.pairs, terms.numbers, ...FIELD_TYPES.map((type) => terms[type]));
  }

  #otherOf(number: number): DecodedAttribute {
    const other = this.#others.get(number);
    if (!other) throw new Error('an attribute was not read');
    return other;
  }

  /** Between two records, since one is known twice by what its keys have. */
  #forget(): void {
    this.#known.clear();
    this.#keys.length = 0;
  }

  #keyOf(number: number): KeyBytes {
    const key = this.#keys[number];
    if (!key) throw new Error('an attribute was not read');
    return key;
  }

  /** Undefined for a key that is not valid UTF-8, or whose terms are not as different as keys are. */
  #key(body: Buffer, start: number, end: number, number: number): KeyBytes | undefined {
    const guess = this.#keys[number];
    if (guess && isSameBytes(guess.bytes, body, start, end)) return guess;
    const name = body.toString('latin1', start, end);
    const key = this.#known.get(name) ?? describeKey(body.subarray(start, end));
    if (!key) return undefined;
    this.#known.set(name, key);
    this.#keys[number] = key;
    return key;
  }

  /** As `#key`, of a key that was decoded. */
  #keyOfText(text: string): KeyBytes | undefined {
    const bytes = Buffer.from(text);
    const name = bytes.toString('latin1');
    const key = this.#known.get(name) ?? describeKey(bytes);
    if (key) this.#known.set(name, key);
    return key;
  }

  /** Neither NaN and infinities, which are no numbers to a search, nor -0, whose text is that of 0. */
  #readDouble(attributes: WireAttributes, number: number): boolean {
    this.#doubleHalves[2 * number] = attributes.lows[number] ?? 0;
    this.#doubleHalves[2 * number + 1] = attributes.highs[number] ?? 0;
    const value = this.#doubles[number] ?? 0;
    return Number.isFinite(value) && !Object.is(value, -0);
  }

  #writeValue(body: Buffer, attributes: WireAttributes, number: number): void {
    const out = this.#out;
    switch (attributes.kinds[number]) {
      case VALUE_KINDS.text:
        this.#writeText(body, attributes, number);
        break;
      case VALUE_KINDS.int:
        out.signedDecimal(attributes.lows[number] ?? 0, attributes.highs[number] ?? 0);
        break;
      case VALUE_KINDS.double:
        out.ascii(String(this.#doubles[number]));
        break;
      default:
        out.ascii(attributes.lows[number] === 0 ? 'false' : 'true');
    }
  }

  #writePair(body: Buffer, attributes: WireAttributes, number: number): void {
    const out = this.#out;
    out.put(this.#keyOf(number).pairStart);
    this.#starts[number] = out.at;
    this.#writeValue(body, attributes, number);
    this.#ends[number] = out.at;
    out.byte(QUOTE);
  }

  #writeNumbers(attributes: WireAttributes): void {
    const out = this.#out;
    out.put(NUMBERS);
    const first = out.at;
    for (let number = 0; number < attributes.count; number += 1) {
      const kind = attributes.kinds[number];
      if (kind === VALUE_KINDS.other) out.utf8(this.#otherOf(number).terms.numbers);
      if (kind !== VALUE_KINDS.int && kind !== VALUE_KINDS.double) continue;
      out.put(this.#keyOf(number).pairStart);
      if (kind === VALUE_KINDS.int) out.orderedInteger(attributes.lows[number] ?? 0, attributes.highs[number] ?? 0);
      else out.orderedDouble(attributes.lows[number] ?? 0, attributes.highs[number] ?? 0);
      out.byte(QUOTE);
    }
    out.bytes[first] = OPEN_BRACKET;
  }

  #writeTyped(number: number, kind: number): void {
    const out = this.#out;
    const { member } = this.#keyOf(number);
    if (!member) return;
    out.put(member);
    if (kind === VALUE_KINDS.text) out.byte(QUOTE);
    out.again(this.#starts[number] ?? 0, this.#ends[number] ?? 0);
    if (kind === VALUE_KINDS.text) out.byte(QUOTE);
  }
}

function describeKey(bytes: Buffer): KeyBytes | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString();
  const known = knownKey(text);
  return (
    known && {
      bytes: Buffer.from(bytes),
      term: Buffer.from(`,${known.term}`),
      pairStart: Buffer.from(`,${known.pairStart}`),
      member: known.member === undefined ? undefined : Buffer.from(`,${known.member}`),
      recordStart: Buffer.from(`,{${quotedOnce(`"key":"${quotedOnce(text)}","value":{`)}`),
      isSequence: text === SEQUENCE_ATTRIBUTE,
      isCorrelationId: text === CORRELATION_ID_ATTRIBUTE,
      exceptionPart: EXCEPTION_KEYS.indexOf(text),
      record: 0,
    }
  );
}

function chunkOf(chunks: readonly Buffer[], kind: number): Buffer {
  const chunk = chunks[kind];
  if (!chunk) throw new Error('a kind of value without a chunk');
  return chunk;
}
