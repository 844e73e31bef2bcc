/** Finds places by a 64-bit id in two halves: open addressing, so that a hundred thousand ids cost one array. */
export interface IdIndex {
  /** A power of two; -1 where a slot is free. */
  readonly slots: Int32Array;
}

interface IdColumns {
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
}

export function createIdIndex(count: number): IdIndex {
  return { slots: new Int32Array(2 ** Math.ceil(Math.log2(Math.max(8, count * 2)))).fill(-1) };
}

/** Adds a place whose id the columns have; the first of an id stays, and is what this gives for another one. -1 for the first. */
export function addId({ slots }: IdIndex, place: number, { high, low }: IdColumns): number {
  const mask = slots.length - 1;
  let slot = hash(high[place] ?? 0, low[place] ?? 0) & mask;
  for (let there = slots[slot] ?? -1; there !== -1; there = slots[slot] ?? -1) {
    if (high[there] === high[place] && low[there] === low[place]) return there;
    slot = (slot + 1) & mask;
  }
  slots[slot] = place;
  return -1;
}

/** The place of an id; -1 where it is not there. */
export function findId({ slots }: IdIndex, { high, low }: IdColumns, id: { readonly high: number; readonly low: number }): number {
  const mask = slots.length - 1;
  let slot = hash(id.high, id.low) & mask;
  for (let there = slots[slot] ?? -1; there !== -1; there = slots[slot] ?? -1) {
    if (high[there] === id.high && low[there] === id.low) return there;
    slot = (slot + 1) & mask;
  }
  return -1;
}

/** Mixes both halves: ids that count up must not stand side by side in one run. Source: MurmurHash3's finalizer. */
function hash(high: number, low: number): number {
  let mixed = Math.imul(high ^ (low >>> 16), 0x85ebca6b) ^ low;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
