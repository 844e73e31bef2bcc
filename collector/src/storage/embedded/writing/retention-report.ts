import type { CatalogEntry } from '../segments/segment-catalog.ts';

/** Of what goes all the time one line an hour says enough. */
const PERIOD_MILLIS = 60 * 60 * 1_000;

/** What retention gave up since it was told last. */
export interface GivenUp {
  readonly segments: number;
  readonly records: number;
  readonly bytes: number;
  /** When the first and the last of them were written, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

export interface RetentionReportOptions {
  readonly tell: (givenUp: GivenUp) => void;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Tells what retention gives up: at once, then what came together in each hour in which there was anything. */
export class RetentionReport {
  readonly #options: RetentionReportOptions;
  #entries: CatalogEntry[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: RetentionReportOptions) {
    this.#options = options;
  }

  /** To be called again and again, with nothing too: what waits is told then. */
  add(entries: readonly CatalogEntry[]): void {
    this.#entries.push(...entries);
    if (this.#options.now() - this.#toldAt >= PERIOD_MILLIS) this.flush();
  }

  /** Tells what waits, if anything does. */
  flush(): void {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    this.#toldAt = this.#options.now();
    this.#options.tell({
      segments: entries.length,
      records: entries.reduce((sum, { rows }) => sum + rows, 0),
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
      from: entries.reduce((first, { from }) => Math.min(first, from), Number.POSITIVE_INFINITY),
      to: entries.reduce((last, { to }) => Math.max(last, to), Number.NEGATIVE_INFINITY),
    });
  }
}
