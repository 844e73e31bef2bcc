import type { TextPage } from '../parquet/decode-column.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';

const FIRST_SLOTS = 1 << 10;
const FIRST_BYTES = 16 * 1024;
/** Four slots share a line of the processor's cache: a few steps more cost less than a table twice as large. */
const MAX_FILL = 0.75;
/** Of each slot: one more than a text's number (0: it is free), its length and kind, and two words. */
const SLOT_INTS = 4;
/** A text of no more bytes stands in its slot's words as a whole; of a longer one there are two hashes. */
const WORDS_BYTES = 8;
const WORD_BYTES = 4;
/** So many bytes a loop copies sooner than a call does. */
const FEW_BYTES = 32;

/** Of the texts of one page: what the slot of each has, where that is looked for, and whose slot stands there. */
const labels = new Int32Array(PAGE_ROWS);
const firsts = new Int32Array(PAGE_ROWS);
const seconds = new Int32Array(PAGE_ROWS);
const places = new Int32Array(PAGE_ROWS);
const owners = new Int32Array(PAGE_ROWS);

/** Distinct texts as bytes, each with a kind, numbered from 0 as they come. A text that comes again costs no object, and a short one a look at one place in memory. */
export class ByteTexts {
  readonly #maxTexts: number;
  readonly #maxBytes: number;
  #slots = new Int32Array(FIRST_SLOTS * SLOT_INTS);
  #mask = FIRST_SLOTS - 1;
  /** Where each text starts; the kind is its last byte. */
  #starts = new Int32Array(FIRST_SLOTS + 1);
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #size = 0;
  /** Of the text at hand: its length and kind, and its words. */
  #label = 0;
  #first = 0;
  #second = 0;

  constructor(limits: { readonly texts: number; readonly bytes: number }) {
    this.#maxTexts = limits.texts;
    this.#maxBytes = limits.bytes;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the text in these bytes; -1 for a new one that has no room. `kind`: 0 to 255. */
  number(bytes: Buffer, start: number, end: number, kind: number): number {
    this.#read(bytes, start, end, kind);
    return this.#find(bytes, start, end, this.#place());
  }

  /**
   * As `number`, of texts of a page: of the first `count` of `rows`, over which the numbers are written. All slots are asked for before the first text is compared,
   * so that the processor waits for their memory together, and not for each in turn.
   */
  numbers({ bytes, starts }: TextPage, kind: number, rows: Int32Array, count: number): void {
    const slots = this.#slots;
    for (let index = 0; index < count; index += 1) {
      const row = rows[index] ?? 0;
      this.#read(bytes, starts[row] ?? 0, starts[row + 1] ?? 0, kind);
      labels[index] = this.#label;
      firsts[index] = this.#first;
      seconds[index] = this.#second;
      places[index] = this.#place();
    }
    for (let index = 0; index < count; index += 1) owners[index] = slots[places[index] ?? 0] ?? 0;
    const last = slots.length - 1;
    for (let index = 0; index < count; index += 1) {
      const label = labels[index] ?? 0;
      const first = firsts[index] ?? 0;
      const second = seconds[index] ?? 0;
      const row = rows[index] ?? 0;
      let at = places[index] ?? 0;
      let number = (owners[index] ?? 0) - 1;
      while (number >= 0) {
        const isAlike = slots[at + 2] === first && slots[at + 3] === second && slots[at + 1] === label;
        if (isAlike && this.#isText(number, bytes, starts[row] ?? 0, starts[row + 1] ?? 0)) break;
        at = (at + SLOT_INTS) & last;
        number = (slots[at] ?? 0) - 1;
      }
      if (number < 0) number = this.number(bytes, starts[row] ?? 0, starts[row + 1] ?? 0, kind);
      rows[index] = number;
    }
  }

  /** The text of a number. */
  text(number: number): Buffer {
    return this.#bytes.subarray(this.#starts[number], this.#end(number));
  }

  kind(number: number): number {
    return this.#bytes[this.#end(number)] ?? 0;
  }

  #end(number: number): number {
    return (this.#starts[number + 1] ?? 0) - 1;
  }

  #read(bytes: Buffer, start: number, end: number, kind: number): void {
    const length = end - start;
    let first = 0;
    let second = 0;
    if (length < WORD_BYTES) for (let at = end - 1; at >= start; at -= 1) first = (first << 8) | (bytes[at] ?? 0);
    else {
      // The last word may have bytes of the one before: of texts of one length both words together are still the text.
      first = wordAt(bytes, start);
      second = wordAt(bytes, end - WORD_BYTES);
      if (length > WORDS_BYTES) {
        for (let at = start + WORD_BYTES; at < end - WORD_BYTES; at += WORD_BYTES) {
          first = Math.imul(first ^ (first >>> 15), 0x9e3779b1) ^ wordAt(bytes, at);
          second = Math.imul(second ^ (second >>> 13), 0x5bd1e995) ^ first;
        }
      }
    }
    this.#label = (length << 8) | kind;
    this.#first = first;
    this.#second = second;
  }

  /** Where the slot of the text at hand is, or the first one that is looked at for it. */
  #place(): number {
    return (placeOf(this.#label, this.#first, this.#second) & this.#mask) * SLOT_INTS;
  }

  /** The text at hand, from that place on. */
  #find(bytes: Buffer, start: number, end: number, place: number): number {
    const slots = this.#slots;
    const label = this.#label;
    const first = this.#first;
    const second = this.#second;
    for (let at = place; ; at = (at + SLOT_INTS) & (slots.length - 1)) {
      const number = (slots[at] ?? 0) - 1;
      if (number < 0) return this.#add(bytes, start, end, at);
      if (slots[at + 2] !== first || slots[at + 3] !== second || slots[at + 1] !== label) continue;
      if (this.#isText(number, bytes, start, end)) return number;
    }
  }

  /** Of one with the same label and words. */
  #isText(number: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start <= WORDS_BYTES) return true;
    const own = this.#bytes;
    const from = (this.#starts[number] ?? 0) - start;
    for (let at = start; at < end; at += 1) if (own[from + at] !== bytes[at]) return false;
    return true;
  }

  /** The text at hand, in a slot that is free. */
  #add(bytes: Buffer, start: number, end: number, at: number): number {
    const number = this.#size;
    const from = this.#starts[number] ?? 0;
    const to = from + end - start + 1;
    if (number >= this.#maxTexts || to > this.#maxBytes) return -1;
    if (to > this.#bytes.length) this.#growBytes(to);
    if (end - start > FEW_BYTES) bytes.copy(this.#bytes, from, start, end);
    else for (let byte = start; byte < end; byte += 1) this.#bytes[from + byte - start] = bytes[byte] ?? 0;
    this.#bytes[to - 1] = this.#label & 0xff;
    const slots = this.#slots;
    slots[at] = number + 1;
    slots[at + 1] = this.#label;
    slots[at + 2] = this.#first;
    slots[at + 3] = this.#second;
    this.#starts[number + 1] = to;
    this.#size = number + 1;
    if (this.#size > (this.#mask + 1) * MAX_FILL) this.#growSlots();
    return number;
  }

  #growBytes(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, least));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }

  #growSlots(): void {
    const old = this.#slots;
    const count = (this.#mask + 1) * 2;
    const slots = new Int32Array(count * SLOT_INTS);
    for (let from = 0; from < old.length; from += SLOT_INTS) {
      if (old[from] === 0) continue;
      let slot = placeOf(old[from + 1] ?? 0, old[from + 2] ?? 0, old[from + 3] ?? 0) & (count - 1);
      while (slots[slot * SLOT_INTS] !== 0) slot = (slot + 1) & (count - 1);
      const to = slot * SLOT_INTS;
      for (let int = 0; int < SLOT_INTS; int += 1) slots[to + int] = old[from + int] ?? 0;
    }
    const starts = new Int32Array(count + 1);
    starts.set(this.#starts);
    this.#slots = slots;
    this.#mask = count - 1;
    this.#starts = starts;
  }
}

function placeOf(label: number, first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second ^ (second >>> 15), 0x85ebca6b) ^ Math.imul(label, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return hash ^ (hash >>> 15);
}

function wordAt(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
