/** Of a digest, so many bytes are kept: two of a trillion different ones meet with a probability below 10^-14. */
const KEPT_BYTES = 16;
const WORDS = KEPT_BYTES / 4;
const FIRST_CAPACITY = 1024;
const MAX_LOAD = 0.7;

/** A set of digests in 23 to 46 bytes each: a hash table with open addressing, whose hash is the digest itself. */
export class DigestSet {
  #table = new Uint32Array(FIRST_CAPACITY * WORDS);
  #capacity = FIRST_CAPACITY;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(digest: Uint8Array): boolean {
    return this.#isAt(this.#slotOf(this.#table, wordsOf(digest)));
  }

  /** False when it was there already. */
  add(digest: Uint8Array): boolean {
    if ((this.#size + 1) / this.#capacity > MAX_LOAD) this.#grow();
    const words = wordsOf(digest);
    const slot = this.#slotOf(this.#table, words);
    if (this.#isAt(slot)) return false;
    this.#table.set(words, slot);
    this.#size += 1;
    return true;
  }

  #isAt(slot: number): boolean {
    return this.#table[slot] !== 0;
  }

  /** Where the words stand, else the empty slot where they would. */
  #slotOf(table: Uint32Array, words: Uint32Array): number {
    const capacity = table.length / WORDS;
    for (let index = (words[0] ?? 0) % capacity; ; index = (index + 1) % capacity) {
      const slot = index * WORDS;
      if (
        table[slot] === 0 ||
        (table[slot] === words[0] && table[slot + 1] === words[1] && table[slot + 2] === words[2] && table[slot + 3] === words[3])
      )
        return slot;
    }
  }

  #grow(): void {
    const grown = new Uint32Array(this.#table.length * 2);
    for (let slot = 0; slot < this.#table.length; slot += WORDS) {
      if (this.#table[slot] === 0) continue;
      const words = this.#table.subarray(slot, slot + WORDS);
      grown.set(words, this.#slotOf(grown, words));
    }
    this.#table = grown;
    this.#capacity *= 2;
  }
}

/** The first word is never 0, which stands for an empty slot. */
function wordsOf(digest: Uint8Array): Uint32Array {
  const words = new Uint32Array(WORDS);
  const view = new DataView(digest.buffer, digest.byteOffset, KEPT_BYTES);
  for (let word = 0; word < WORDS; word += 1) words[word] = view.getUint32(word * 4, true);
  if (words[0] === 0) words[0] = 1;
  return words;
}
