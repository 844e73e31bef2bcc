import type { Baggage, BaggageEntry } from '@opentelemetry/api';

/**
 * Baggage in the order of its members, with whatever keys W3C allows. OpenTelemetry's own is made from an object, which puts
 * keys that look like numbers first and has no room for `__proto__`. Never changed, only replaced.
 */
export class OrderedBaggage implements Baggage {
  readonly #entries: ReadonlyMap<string, BaggageEntry>;

  /** Keeps the map, which nobody may change any more. */
  constructor(entries: ReadonlyMap<string, BaggageEntry>) {
    this.#entries = entries;
  }

  getEntry(key: string): BaggageEntry | undefined {
    return this.#entries.get(key);
  }

  getAllEntries(): [string, BaggageEntry][] {
    return [...this.#entries];
  }

  /** A key that is there keeps its place. */
  setEntry(key: string, entry: BaggageEntry): OrderedBaggage {
    return new OrderedBaggage(new Map(this.#entries).set(key, entry));
  }

  removeEntry(key: string): OrderedBaggage {
    return this.removeEntries(key);
  }

  removeEntries(...keys: string[]): OrderedBaggage {
    const entries = new Map(this.#entries);
    for (const key of keys) entries.delete(key);
    return new OrderedBaggage(entries);
  }

  clear(): OrderedBaggage {
    return new OrderedBaggage(new Map());
  }
}
