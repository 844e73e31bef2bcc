import { FIRST_LISTED, NO_VALUE } from './row-values.ts';

/** Of records that are in no group that is told apart. */
export const OTHERS = 0;
/** Groups that are told apart while they are counted: as many as values of a field. */
const MAX_GROUPS = 100_000;
/** More than any number of a value. */
const PAIR_BASE = 2 ** 20;

/** Two numbers of values; of groups by one field, the second is `NO_VALUE`. */
export interface GroupKey {
  readonly first: number;
  readonly second: number;
}

/** Groups by number, from 1 on, as they come; those of a list only where there is one. */
export class GroupNumbers {
  readonly #numbers = new Map<number, number>();
  readonly #keys: GroupKey[] = [];
  /** Of groups by one field, which need no look-up: one more than their number; 0: not known yet. */
  #byFirst = new Int32Array(1_024);
  readonly #isFixed: boolean;
  #isFull = false;

  constructor(only?: readonly GroupKey[]) {
    this.#isFixed = only !== undefined;
    for (const key of only ?? []) this.#add(key.first * PAIR_BASE + key.second, key);
  }

  /** `OTHERS` aside. */
  get size(): number {
    return this.#keys.length;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  key(number: number): GroupKey {
    return this.#keys[number - 1] ?? { first: NO_VALUE, second: NO_VALUE };
  }

  /** Values that make no group lead to `OTHERS`. */
  ofFirst(first: number): number {
    const known = this.#byFirst[first] ?? 0;
    if (known > 0) return known - 1;
    const number = this.of(first, NO_VALUE);
    if (first >= this.#byFirst.length) {
      const larger = new Int32Array(Math.max(first + 1, this.#byFirst.length * 2));
      larger.set(this.#byFirst);
      this.#byFirst = larger;
    }
    this.#byFirst[first] = number + 1;
    return number;
  }

  of(first: number, second: number): number {
    if (!isListed(first) || !isListed(second)) return OTHERS;
    const pair = first * PAIR_BASE + second;
    const known = this.#numbers.get(pair);
    if (known !== undefined) return known;
    if (this.#isFixed) return OTHERS;
    if (this.#keys.length >= MAX_GROUPS) {
      this.#isFull = true;
      return OTHERS;
    }
    return this.#add(pair, { first, second });
  }

  #add(pair: number, key: GroupKey): number {
    this.#keys.push(key);
    this.#numbers.set(pair, this.#keys.length);
    return this.#keys.length;
  }
}

function isListed(number: number): boolean {
  return number === NO_VALUE || number >= FIRST_LISTED;
}
