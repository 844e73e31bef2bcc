interface Entry {
  readonly owner: Map<number, Entry>;
  readonly key: number;
  readonly value: unknown;
  readonly bytes: number;
  wasUsed: boolean;
}

/** So many that are gone are taken out of the list at once. */
const MIN_TIDIED = 1_024;

/** What was unpacked lately, up to so many bytes; what was not used since room was last looked for goes first. */
export class PageCache {
  readonly #maxBytes: number;
  /** By what it is a part of: which part is a number, as a text for each look would cost more than what is looked for. */
  readonly #owners = new WeakMap<object, Map<number, Entry>>();
  /** From `#first` on, in the order in which they are looked at when there is no room. No set: what is at its front is found behind all that was deleted. */
  #entries: Entry[] = [];
  #first = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The parts of this object. */
  partsOf(owner: object): CachedParts {
    let entries = this.#owners.get(owner);
    if (!entries) {
      entries = new Map();
      this.#owners.set(owner, entries);
    }
    return new CachedParts(entries, this.#keep);
  }

  readonly #keep = (entry: Entry): void => {
    if (entry.bytes * 4 > this.#maxBytes) return;
    entry.owner.set(entry.key, entry);
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    while (this.#bytes > this.#maxBytes && this.#first < this.#entries.length) this.#dropOldest();
    if (this.#first > MIN_TIDIED && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  };

  #dropOldest(): void {
    const oldest = this.#entries[this.#first];
    this.#first += 1;
    if (!oldest) return;
    if (oldest.wasUsed) {
      oldest.wasUsed = false;
      this.#entries.push(oldest);
    } else {
      oldest.owner.delete(oldest.key);
      this.#bytes -= oldest.bytes;
    }
  }
}

/** What is kept of one object. */
export class CachedParts {
  readonly #entries: Map<number, Entry>;
  readonly #keep: (entry: Entry) => void;

  constructor(entries: Map<number, Entry>, keep: (entry: Entry) => void) {
    this.#entries = entries;
    this.#keep = keep;
  }

  /** `make` gives the value and about what it holds. One key always stands for one type. */
  get<T>(key: number, make: () => { readonly value: T; readonly bytes: number }): T {
    const known = this.#entries.get(key);
    if (known) {
      known.wasUsed = true;
      return known.value as T;
    }
    const { value, bytes } = make();
    this.#keep({ owner: this.#entries, key, value, bytes, wasUsed: false });
    return value;
  }
}
