/** What was unpacked lately, up to so many bytes; the least used goes first. */
export class PageCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, { readonly value: unknown; readonly bytes: number }>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** `make` gives the value and about what it holds. One key always stands for one type. */
  get<T>(key: string, make: () => { readonly value: T; readonly bytes: number }): T {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value as T;
    }
    const made = make();
    if (made.bytes * 4 > this.#maxBytes) return made.value;
    this.#entries.set(key, made);
    this.#bytes += made.bytes;
    for (const [oldest, { bytes }] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= bytes;
    }
    return made.value;
  }
}
