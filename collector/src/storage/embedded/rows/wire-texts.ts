import { isUtf8 } from 'node:buffer';
import { tokenize } from '@threadline/query-language';
import { scalarLeaf } from '../../../model/attribute-leaves.ts';
import { SEQUENCE_ATTRIBUTE } from '../../../model/indexed-record.ts';
import { VALUE_KINDS, type WireAttributes } from '../../../otlp/wire-attributes.ts';
import { isSameBytes } from '../../../otlp/wire-fields.ts';
import { leafTokens, type TokenStart, type TokenWriter } from '../filter/token-writer.ts';
import { encodeTypedLeaf, LEAF_CLASSES, RECORD_SEPARATOR } from '../leaf-text.ts';
import type { AttributeColumn, AttributeColumns } from './attribute-columns.ts';
import { type Composite, CompositeLeaves } from './attributes.ts';

/** The escape and both separators: what has one of them is encoded the long way. */
const FIRST_ESCAPED = 0x1d;
const LAST_ESCAPED = 0x1f;
/** Of a value's kind. */
const CLASSES = [LEAF_CLASSES.text, LEAF_CLASSES.int, LEAF_CLASSES.double, LEAF_CLASSES.bool];
/** Shapes that are kept: services are few, and so are the forms of their records. */
const MAX_SHAPES = 4_096;
/** The digits of 64 bits, and more. */
const MAX_SCRATCH_BYTES = 32;
const DIGIT_ZERO = 0x30;
const MAX_DIGITS_VALUE = 2 ** 31;

interface KnownKey {
  readonly text: string;
  readonly bytes: Buffer;
  readonly tokens: TokenStart;
  readonly isSequence: boolean;
}

/** The keys and kinds of a record's first attributes, as far as they were looked at: records of one form come to the same one. */
interface Shape {
  readonly key: KnownKey;
  readonly kind: number;
  /** Where values of its last attribute go; undefined for a shape that takes the long way, as one with a key that stands twice. */
  readonly column: AttributeColumn | undefined;
  /** The column of leaves, without the values; of its last attribute alone. */
  readonly text: string;
  readonly leaf: string;
  readonly before: Shape | undefined;
  readonly next: ShapeList;
}

/** The shapes with one attribute more. */
class ShapeList {
  readonly shapes = new Map<string, Shape>();
  /** Mostly the next record has the same. */
  last: Shape | undefined;
}

/** The attributes of a record as `encodeAttributes` encodes them, from the bytes that they were sent in. */
export class WireAttributesText {
  readonly #tokens: TokenWriter;
  readonly #columns: AttributeColumns;
  /** Of one number or truth value: written again and again. */
  readonly #scratch = Buffer.allocUnsafe(MAX_SCRATCH_BYTES);
  readonly #keys = new Map<string, KnownKey>();
  readonly #shapes: (Shape | undefined)[] = [];
  readonly #composites = new CompositeLeaves();
  /** The text of the leaves where one of the attributes is no single value. */
  #mixedText = '';
  #first = new ShapeList();
  #shapeCount = 0;
  readonly #double = new Float64Array(1);
  readonly #doubleHalves = new Uint32Array(this.#double.buffer);
  /** `threadline.sequence`, when it is a number; else 0. */
  sequenceLow = 0;
  sequenceHigh = 0;

  constructor(tokens: TokenWriter, columns: AttributeColumns) {
    this.#tokens = tokens;
    this.#columns = columns;
  }

  /** Of what was read last; those of a record whose attributes took the long way are none of it. */
  get composites(): readonly Composite[] {
    return this.#composites.composites;
  }

  /** Looks a record's attributes through and writes their tokens. False where they take the long way; tokens that were written for those do no harm. */
  read(body: Buffer, attributes: WireAttributes): boolean {
    this.sequenceLow = 0;
    this.sequenceHigh = 0;
    this.#composites.clear();
    let list = this.#first;
    let before: Shape | undefined;
    for (let number = 0; number < attributes.count; number += 1) {
      if (attributes.kinds[number] === VALUE_KINDS.other) {
        this.#shapes[number] = undefined;
        continue;
      }
      const shape = this.#shape(list, body, attributes, number, before);
      if (!shape?.column || !this.#readValue(body, attributes, number, shape.key)) return false;
      this.#shapes[number] = shape;
      before = shape;
      list = shape.next;
    }
    return attributes.isSimple || this.#readComposites(body, attributes);
  }

  /** Adds the values of what was read last to their columns, and gives the text of the leaves. */
  add(body: Buffer, attributes: WireAttributes): string {
    const { count } = attributes;
    const { page } = this.#tokens;
    for (let number = 0; number < count; number += 1) {
      const column = this.#shapes[number]?.column;
      if (!column) continue;
      column.count(page);
      switch (attributes.kinds[number]) {
        case VALUE_KINDS.text:
          column.texts.addBytes(body, attributes.starts[number] ?? 0, attributes.ends[number] ?? 0);
          break;
        case VALUE_KINDS.int:
          column.longs.addHalves(attributes.lows[number] ?? 0, attributes.highs[number] ?? 0);
          break;
        case VALUE_KINDS.double:
          column.doubles.addHalves(attributes.lows[number] ?? 0, attributes.highs[number] ?? 0);
          break;
        default:
          column.texts.addText(attributes.lows[number] === 0 ? 'false' : 'true', 1);
      }
    }
    if (!attributes.isSimple) return this.#mixedText;
    return count === 0 ? '' : (this.#shapes[count - 1]?.text ?? '');
  }

  /** False where they take the long way. */
  #readComposites(body: Buffer, attributes: WireAttributes): boolean {
    const composites = this.#composites;
    const keys: string[] = [];
    let text = '';
    let leaves = 0;
    for (let number = 0; number < attributes.count; number += 1) {
      const shape = this.#shapes[number];
      if (shape) {
        if (keys.includes(shape.key.text)) return false;
        keys.push(shape.key.text);
        text += shape.leaf;
        leaves += 1;
        continue;
      }
      const attribute = attributes.decode(body, number);
      if ((attribute.value && scalarLeaf(attribute.value)) || keys.includes(attribute.key)) return false;
      keys.push(attribute.key);
      text += composites.add(attribute, leaves, this.#tokens);
      leaves += composites.lastCount;
    }
    this.#mixedText = text === '' ? '' : RECORD_SEPARATOR + text;
    return composites.areApart(keys);
  }

  /** Undefined for a key that is not plain ASCII. */
  #shape(list: ShapeList, body: Buffer, attributes: WireAttributes, number: number, before: Shape | undefined): Shape | undefined {
    const start = attributes.keyStarts[number] ?? 0;
    const end = attributes.keyEnds[number] ?? 0;
    const kind = attributes.kinds[number] ?? 0;
    const { last } = list;
    if (last && last.kind === kind && isSameBytes(last.key.bytes, body, start, end)) return last;
    const text = body.toString('latin1', start, end);
    const name = kind + text;
    const known = list.shapes.get(name);
    if (known) {
      list.last = known;
      return known;
    }
    for (let at = start; at < end; at += 1) if (!isPlainByte(body[at] ?? 0)) return undefined;
    const made = this.#makeShape(text, kind, before);
    // Those of the record at hand live on in it.
    if (this.#shapeCount >= MAX_SHAPES) {
      this.#first = new ShapeList();
      this.#shapeCount = 0;
      this.#keys.clear();
      return made;
    }
    this.#shapeCount += 1;
    list.shapes.set(name, made);
    list.last = made;
    return made;
  }

  #makeShape(text: string, kind: number, before: Shape | undefined): Shape {
    const key = this.#key(text);
    let isNew = true;
    for (let shape = before; shape && isNew; shape = shape.before) isNew = shape.key.text !== text;
    const leafClass = CLASSES[kind] ?? LEAF_CLASSES.text;
    const leaf = encodeTypedLeaf(text, leafClass);
    return {
      key,
      kind,
      column: isNew ? this.#columns.columnOf(text, leafClass) : undefined,
      text: (before?.text ?? RECORD_SEPARATOR) + leaf,
      leaf,
      before,
      next: new ShapeList(),
    };
  }

  #key(text: string): KnownKey {
    const known = this.#keys.get(text);
    if (known) return known;
    const made = { text, bytes: Buffer.from(text, 'latin1'), tokens: leafTokens(text), isSequence: text === SEQUENCE_ATTRIBUTE };
    this.#keys.set(text, made);
    return made;
  }

  /** Writes a value's tokens; false where it takes the long way. */
  #readValue(body: Buffer, attributes: WireAttributes, number: number, key: KnownKey): boolean {
    const tokens = this.#tokens;
    const low = attributes.lows[number] ?? 0;
    const high = attributes.highs[number] ?? 0;
    switch (attributes.kinds[number]) {
      case VALUE_KINDS.text:
        return this.#readText(body, attributes.starts[number] ?? 0, attributes.ends[number] ?? 0, key);
      case VALUE_KINDS.int:
        if (key.isSequence) {
          this.sequenceLow = low;
          this.sequenceHigh = high;
        }
        tokens.asciiLeaf(key.tokens, this.#scratch, 0, this.#digits(low, high));
        return true;
      case VALUE_KINDS.double: {
        this.#doubleHalves[0] = low;
        this.#doubleHalves[1] = high;
        const value = this.#double[0] ?? 0;
        // Neither NaN and infinities, which are no numbers to a search, nor -0, whose text is that of 0.
        if (!Number.isFinite(value) || Object.is(value, -0)) return false;
        tokens.asciiKey(key.tokens);
        return true;
      }
      default:
        tokens.asciiLeaf(key.tokens, this.#scratch, 0, this.#ascii(low === 0 ? 'false' : 'true'));
        return true;
    }
  }

  #readText(body: Buffer, start: number, end: number, key: KnownKey): boolean {
    if (this.#tokens.asciiLeaf(key.tokens, body, start, end)) return true;
    if (!isUtf8(body.subarray(start, end))) return false;
    this.#tokens.leaf(key.bytes.toString('latin1'), body.toString('utf8', start, end));
    return true;
  }

  /** The decimal digits of a whole number from its halves, with its sign, from the scratch's start; gives how many. */
  #digits(low: number, high: number): number {
    if (high !== 0 || low >= MAX_DIGITS_VALUE) return this.#ascii(String(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))));
    const out = this.#scratch;
    let end = 1;
    for (let rest = low; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
    let rest = low;
    for (let place = end - 1; place >= 0; place -= 1) {
      const tenth = Math.floor(rest / 10);
      out[place] = DIGIT_ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    return end;
  }

  #ascii(text: string): number {
    const out = this.#scratch;
    for (let index = 0; index < text.length; index += 1) out[index] = text.charCodeAt(index);
    return text.length;
  }
}

/** Writes the tokens of the words of a message from the bytes that it was sent in; false for one that is not valid UTF-8. */
export function writeWords(tokens: TokenWriter, body: Buffer, start: number, end: number): boolean {
  if (tokens.asciiWords(body, start, end)) return true;
  if (!isUtf8(body.subarray(start, end))) return false;
  for (const { text } of tokenize(body.toString('utf8', start, end))) tokens.word(text);
  return true;
}

function isPlainByte(byte: number): boolean {
  return byte < FIRST_ESCAPED || (byte > LAST_ESCAPED && byte < 0x80);
}
