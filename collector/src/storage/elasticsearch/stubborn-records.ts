/** So long others are taken while one fails, before it counts as the record's own fault: a shard that moves or a disk that is full is seen to by then. */
const PATIENCE_MILLIS = 5 * 60_000;
/** More that fail at once are a fault of the cluster. */
const MAX_FAILING = 1_000;

/**
 * Tells a cluster that fails from a record at which it fails. Elasticsearch answers both with 500: an ingest pipeline of somebody else's, or a fault of its own, may do so for
 * one document for good, and whatever is behind that in the log would wait for it for good.
 */
export class StubbornRecords {
  readonly #now: () => number;
  readonly #failingSince = new Map<string, number>();
  /** By data stream. */
  readonly #takenAt = new Map<string, number>();

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Some record was stored. */
  noteTaken(dataStream: string): void {
    this.#takenAt.set(dataStream, this.#now());
  }

  /** To be asked each time that Elasticsearch fails at a record: true where it has done so for minutes and takes others meanwhile. */
  isStubborn(dataStream: string, id: string): boolean {
    const key = `${dataStream} ${id}`;
    const since = this.#failingSince.get(key);
    if (since === undefined) {
      if (this.#failingSince.size >= MAX_FAILING) this.#failingSince.clear();
      this.#failingSince.set(key, this.#now());
      return false;
    }
    return this.#now() - since >= PATIENCE_MILLIS && (this.#takenAt.get(dataStream) ?? 0) > since;
  }
}
