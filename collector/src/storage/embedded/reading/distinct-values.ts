import { MAX_FACET_VALUE_LENGTH } from '../../storage.ts';
import { LEAF_CLASSES, UNIT_SEPARATOR, unescapeText } from '../leaf-text.ts';

/** Different values that are kept apart, and the bytes that they may take: what one read may hold in memory, some 30 MB in all. */
const MAX_DISTINCT = 100_000;
const MAX_DISTINCT_BYTES = 16 * 1024 * 1024;
const UNIT_END = UNIT_SEPARATOR.charCodeAt(0);
const ELEMENT = LEAF_CLASSES.element.charCodeAt(0);
const LISTED: ReadonlySet<number> = new Set(
  [LEAF_CLASSES.text, LEAF_CLASSES.element, LEAF_CLASSES.bool, LEAF_CLASSES.int, LEAF_CLASSES.double].map((name) => name.charCodeAt(0)),
);

interface ValueCount {
  count: number;
  /** The text of leaves that had it last, so that one which has it twice counts once. */
  lastText: number;
}

export interface DistinctValues {
  readonly values: { readonly value: string; readonly count: number }[];
  readonly otherCount: number;
  readonly isCapped: boolean;
}

/** Counts the values of one key in texts of leaves, over their bytes. */
export class ValueCounter {
  readonly #prefix: Buffer;
  readonly #counts = new Map<string, ValueCount>();
  #bytes = 0;
  #texts = 0;
  /** Rows whose value no list has, with those for which the text at hand stands. */
  #unlisted = 0;
  #uncounted = 0;
  #longText = 0;
  /** Of the text at hand: for how many rows it stands when it has only values without a text, else 0. */
  #untyped = 0;
  #typedText = 0;

  /** `prefix` as `escapeText` gives it. */
  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix);
  }

  /** The leaves that follow belong to another row, or to rows that have the same. */
  beginText(): void {
    this.#unlisted += this.#untyped;
    this.#untyped = 0;
    this.#texts += 1;
  }

  /** The value that starts there in a text that stands for so many rows. Gives where the leaf's separator behind the value is. */
  add(bytes: Buffer, start: number, count: number): number {
    let end = start;
    while (bytes[end] !== UNIT_END && end < bytes.length) end += 1;
    const leafClass = bytes[end + 1] ?? 0;
    if (!LISTED.has(leafClass)) {
      this.#untyped = this.#typedText === this.#texts ? 0 : count;
      return end;
    }
    this.#typedText = this.#texts;
    this.#untyped = 0;
    if (isLong(bytes, start, end)) {
      if (this.#longText !== this.#texts) this.#unlisted += count;
      this.#longText = this.#texts;
      return end;
    }
    if (!this.#startsWithPrefix(bytes, start)) return end;
    // A text in an array is as good as one that stands alone.
    const name =
      leafClass === ELEMENT ? `${bytes.toString('latin1', start, end + 1)}${LEAF_CLASSES.text}` : bytes.toString('latin1', start, end + 2);
    const known = this.#counts.get(name) ?? this.#make(name);
    if (!known) this.#uncounted += count;
    else if (known.lastText !== this.#texts) {
      known.count += count;
      known.lastText = this.#texts;
    }
    return end;
  }

  result(): DistinctValues {
    this.beginText();
    const values = new Map<string, number>();
    for (const [name, { count }] of this.#counts) {
      const value = unescapeText(Buffer.from(name.slice(0, -2), 'latin1').toString());
      values.set(value, (values.get(value) ?? 0) + count);
    }
    return {
      values: Array.from(values, ([value, count]) => ({ value, count })),
      // What no list has starts with nothing.
      otherCount: this.#uncounted + (this.#prefix.length === 0 ? this.#unlisted : 0),
      isCapped: this.#uncounted > 0,
    };
  }

  #make(name: string): ValueCount | undefined {
    if (this.#counts.size >= MAX_DISTINCT || this.#bytes + name.length > MAX_DISTINCT_BYTES) return undefined;
    const made = { count: 0, lastText: 0 };
    this.#counts.set(name, made);
    this.#bytes += name.length;
    return made;
  }

  #startsWithPrefix(bytes: Buffer, start: number): boolean {
    const prefix = this.#prefix;
    for (let index = 0; index < prefix.length; index += 1) if (bytes[start + index] !== prefix[index]) return false;
    return true;
  }
}

function isLong(bytes: Buffer, start: number, end: number): boolean {
  // No text has more UTF-16 units than bytes.
  return end - start > MAX_FACET_VALUE_LENGTH && unescapeText(bytes.toString('utf8', start, end)).length > MAX_FACET_VALUE_LENGTH;
}
