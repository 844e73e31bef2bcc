import { MAX_FACET_KEY_LENGTH } from '../../storage.ts';
import { LEAF_CLASSES, RECORD_SEPARATOR, UNIT_SEPARATOR, unescapeText } from '../leaf-text.ts';

/** More keys of one place than this are no list that a person reads; with their length it bounds the memory that hostile keys can take. */
const MAX_KEYS = 10_000;
/** What is longer is too long for a list whatever its characters: none takes more than three bytes a UTF-16 unit, escaped or not. */
const MAX_KEY_BYTES = MAX_FACET_KEY_LENGTH * 3;
const RECORD_END = RECORD_SEPARATOR.charCodeAt(0);
const UNIT_END = UNIT_SEPARATOR.charCodeAt(0);

const INT = LEAF_CLASSES.int.charCodeAt(0);
const DOUBLE = LEAF_CLASSES.double.charCodeAt(0);

interface KeyCount {
  readonly key: Buffer;
  count: number;
  /** One of its values is a number. */
  hasNumbers: boolean;
  /** The text that had it last, so that one which has it twice counts once. */
  lastText: number;
  /** The key that stood behind it last: nearly always the one that stands there again. */
  next: KeyCount | undefined;
}

/** Counts the keys in texts of leaves, over their bytes. */
export class LeafKeys {
  readonly #keys = new Map<string, KeyCount>();
  readonly #before: KeyCount = { key: Buffer.alloc(0), count: 0, hasNumbers: false, lastText: 0, next: undefined };
  #texts = 0;
  #isFull = false;

  /** There were more keys than are kept, or some that no list has for their length. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** A text of leaves that stands for so many rows. */
  add(bytes: Buffer, { start, end, count }: { readonly start: number; readonly end: number; readonly count: number }): void {
    this.#texts += 1;
    let last = this.#before;
    let keyStart = start + 1;
    while (keyStart < end) {
      const known = last.next !== undefined && isAt(bytes, keyStart, last.next.key) ? last.next : this.#find(bytes, keyStart);
      let position = keyStart;
      if (known) {
        position += known.key.length;
        if (known.lastText !== this.#texts) known.count += count;
        known.lastText = this.#texts;
        last.next = known;
        last = known;
      }
      while (position < end && bytes[position] !== RECORD_END) position += 1;
      // The kind of value stands last, whether or not the value stands before it.
      if (known && !known.hasNumbers) known.hasNumbers = bytes[position - 1] === INT || bytes[position - 1] === DOUBLE;
      keyStart = position + 1;
    }
  }

  /** Each key, its number of rows, and whether some of them have a number there. */
  counts(): { readonly key: string; readonly count: number; readonly hasNumbers: boolean }[] {
    return [...this.#keys.values()].map(({ key, count, hasNumbers }) => ({
      key: unescapeText(key.toString('utf8', 0, key.length - 1)),
      count,
      hasNumbers,
    }));
  }

  /** The key that starts there; undefined for a new one where there is no room, and for a very long one. */
  #find(bytes: Buffer, start: number): KeyCount | undefined {
    let end = start;
    while (end < bytes.length && bytes[end] !== UNIT_END) end += 1;
    if (end - start > MAX_KEY_BYTES) {
      this.#isFull = true;
      return undefined;
    }
    const text = bytes.toString('latin1', start, end);
    const known = this.#keys.get(text);
    if (known) return known;
    if (this.#keys.size >= MAX_KEYS) {
      this.#isFull = true;
      return undefined;
    }
    // With the separator behind it, so that no key is found where a longer one stands.
    const made = { key: Buffer.from(bytes.subarray(start, end + 1)), count: 0, hasNumbers: false, lastText: 0, next: undefined };
    this.#keys.set(text, made);
    return made;
  }
}

function isAt(bytes: Buffer, start: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (bytes[start + index] !== wanted[index]) return false;
  return true;
}
