import { MAX_GROUP_TEXT_LENGTH } from '../../../stats/stats.ts';
import { ByteTexts } from '../byte-texts.ts';
import { FIRST_LISTED, NO_VALUE, UNLISTED } from './row-values.ts';

/** Different values of a field that are told apart, and the bytes that they may take. */
const MAX_TEXTS = 100_000;
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const ONE_KIND = 0;

/** The distinct values of a field by number, `NO_VALUE` and `UNLISTED` aside. */
export class ValueTexts {
  readonly #texts = new ByteTexts({ texts: MAX_TEXTS, bytes: MAX_TEXT_BYTES });
  readonly #ofNumbers = new Map<number, number>();
  #isFull = false;

  /** There were values that found no room: they are `UNLISTED`. */
  get isFull(): boolean {
    return this.#isFull;
  }

  number(text: string): number {
    if (text.length > MAX_GROUP_TEXT_LENGTH) return UNLISTED;
    const bytes = Buffer.from(text);
    return this.#number(bytes, 0, bytes.length);
  }

  /** Of a text in UTF-8. */
  numberOfBytes(bytes: Buffer, start: number, end: number): number {
    // No text has more UTF-16 units than bytes.
    return end - start > MAX_GROUP_TEXT_LENGTH ? this.number(bytes.toString('utf8', start, end)) : this.#number(bytes, start, end);
  }

  /** Of a double, or of a whole number that a double holds. */
  numberOfDouble(value: number): number {
    const known = this.#ofNumbers.get(value);
    if (known !== undefined) return known;
    const number = this.number(String(value));
    if (this.#ofNumbers.size < MAX_TEXTS) this.#ofNumbers.set(value, number);
    return number;
  }

  /** Undefined for `NO_VALUE`. */
  text(number: number): string | undefined {
    return number === NO_VALUE ? undefined : this.#texts.text(number - FIRST_LISTED).toString();
  }

  #number(bytes: Buffer, start: number, end: number): number {
    const number = this.#texts.number(bytes, start, end, ONE_KIND);
    if (number >= 0) return number + FIRST_LISTED;
    this.#isFull = true;
    return UNLISTED;
  }
}
