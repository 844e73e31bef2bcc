import type { RowGroup } from '../segments/segment.ts';
import { ByteTexts } from './byte-texts.ts';

/** Fields of which values are kept: those that one person's lists show again and again. */
const MAX_FIELDS = 4;
/** Of each field: different values, and the bytes that they may take. Of what has more a list tells them apart anew, in bounds of its own. */
const LIMITS = { texts: 100_000, bytes: 2 * 1024 * 1024 };

/** Values of one attribute by number, which pages that were looked at once are kept as. */
export class FieldValues {
  readonly texts: ByteTexts;
  readonly #owners = new WeakMap<RowGroup, object>();

  constructor(limits: typeof LIMITS) {
    this.texts = new ByteTexts(limits);
  }

  /** What the numbers of this row group's pages are kept for in a `PageCache`: they mean nothing to other texts. */
  ownerOf(group: RowGroup): object {
    const known = this.#owners.get(group);
    if (known) return known;
    const made = {};
    this.#owners.set(group, made);
    return made;
  }
}

/** The values of the attributes that one thread was asked for last. */
export class KnownValues {
  /** The one that was asked for last comes last; undefined: it has too many. */
  readonly #fields = new Map<string, FieldValues | undefined>();
  readonly #limits: typeof LIMITS;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** Undefined for an attribute that was found to have too many. */
  of(key: string): FieldValues | undefined {
    const known = this.#fields.has(key) ? this.#fields.get(key) : new FieldValues(this.#limits);
    this.#set(key, known);
    return known;
  }

  /** They are kept no more. */
  tooMany(key: string): void {
    this.#set(key, undefined);
  }

  #set(key: string, values: FieldValues | undefined): void {
    this.#fields.delete(key);
    this.#fields.set(key, values);
    for (const [oldest] of this.#fields) {
      if (this.#fields.size <= MAX_FIELDS) return;
      this.#fields.delete(oldest);
    }
  }
}
