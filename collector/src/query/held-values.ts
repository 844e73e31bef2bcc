export interface HeldValuesOptions {
  /** How long each is good for. */
  readonly heldMillis: number;
  /** Of all together, in whatever unit each is given its size. */
  readonly maxSize: number;
}

interface HeldValue<Value> {
  readonly value: Value;
  readonly size: number;
  readonly sinceMillis: number;
}

/** What was read, by name, to be used again for a while. Only a help: what is not held any more is read again. */
export class HeldValues<Value> {
  readonly #options: HeldValuesOptions;
  /** The one that was held longest ago first. */
  readonly #held = new Map<string, HeldValue<Value>>();
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeldValuesOptions) {
    this.#options = options;
  }

  find(name: string): Value | undefined {
    this.#dropOld();
    return this.#held.get(name)?.value;
  }

  /** In place of what the name had. Those held longest ago make room; one that is too large alone is not held. `sinceMillis`: `performance.now()` from when it counts. */
  hold(name: string, value: Value, { size, sinceMillis }: Pick<HeldValue<Value>, 'size' | 'sinceMillis'>): void {
    this.drop(name);
    const { maxSize } = this.#options;
    if (size > maxSize) return;
    for (const other of this.#held.keys()) {
      if (this.#size + size <= maxSize) break;
      this.drop(other);
    }
    this.#held.set(name, { value, size, sinceMillis });
    this.#size += size;
    this.#watch();
  }

  drop(name: string): void {
    this.#size -= this.#held.get(name)?.size ?? 0;
    this.#held.delete(name);
  }

  #dropOld(): void {
    const oldest = performance.now() - this.#options.heldMillis;
    for (const [name, { sinceMillis }] of this.#held) if (sinceMillis <= oldest) this.drop(name);
  }

  /** For what nobody comes for. */
  #watch(): void {
    if (this.#timer !== undefined || this.#held.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#dropOld();
      this.#watch();
    }, this.#options.heldMillis).unref();
  }
}
