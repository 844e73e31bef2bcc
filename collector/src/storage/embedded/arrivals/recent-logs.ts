import { attributesBytes, type TextMeasure, valueBytes } from '../../../model/content-size.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { type IndexedLog, isLog } from '../../../model/record.ts';

/** What the logs that are kept may be in number and take in memory, some 64 MB as JavaScript holds them. */
const MAX_KEPT = 50_000;
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
/** Every record takes this beside its own content. */
const RECORD_BYTES = 200;
/** Without a reader for this long nothing is kept: longer than a reader needs who comes back after a broken connection. */
const UNREAD_MILLIS = 60_000;
/** Dropped logs at the front of the list that are not worth moving all others. */
const MAX_HOLES = 4_096;

const characters: TextMeasure = (text) => text.length;

export interface RecentLogsOptions {
  /** Milliseconds of a clock that only goes on. */
  readonly now: () => number;
}

/** The logs of one tenant that were stored last, each with a number that rises by one from log to log. */
export class RecentLogs {
  readonly #now: () => number;
  /** From `#holes` on; those before are dropped and only not yet moved. */
  #kept: { readonly log: IndexedLog | undefined; readonly bytes: number }[] = [];
  #holes = 0;
  #bytes = 0;
  /** Number of the next log that is stored. */
  #next = 0;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor({ now }: RecentLogsOptions) {
    this.#now = now;
  }

  /** The number that the next stored log gets: as many as there were. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest log that is kept; `next` when none is. */
  get first(): number {
    return this.#next - (this.#kept.length - this.#holes);
  }

  /** Somebody reads: what is stored from now on is kept. */
  noteReader(): void {
    this.#readAt = this.#now();
  }

  /** `mayRepeat`: those that are kept already are left out. */
  add(logs: readonly IndexedLog[], mayRepeat: boolean): void {
    if (this.#isUnread) {
      this.#countOnly(logs.length);
      return;
    }
    const known = mayRepeat ? new Set(this.#kept.map(({ log }) => log?.id)) : undefined;
    for (const log of logs) {
      if (known?.has(log.id)) continue;
      const bytes = bytesOf(log);
      this.#kept.push({ log, bytes });
      this.#bytes += bytes;
      this.#next += 1;
    }
    this.#drop();
  }

  /**
   * Requests that are about to be stored, which may take their bodies: gives what adds their logs once they are. Those are not decoded while nobody
   * reads; of requests of spans nothing is kept. `mayRepeat`: as of `add`.
   */
  expectRequests(requests: readonly PlainRequest[], mayRepeat: boolean): () => void {
    const ofLogs = requests.filter(({ signal }) => signal === 'logs');
    const logsOf = (): IndexedLog[] => ofLogs.flatMap((request) => request.records()).filter(isLog);
    const logs = this.#isUnread ? undefined : logsOf();
    return () => {
      const isGone = ofLogs.some(({ wire }) => wire.body.length === 0);
      if (!logs && (this.#isUnread || isGone)) this.#countOnly(ofLogs.reduce((sum, { wire }) => sum + wire.recordCount, 0));
      else this.add(logs ?? logsOf(), mayRepeat);
    };
  }

  at(number: number): IndexedLog | undefined {
    return this.#kept[this.#holes + number - this.first]?.log;
  }

  get #isUnread(): boolean {
    return this.#now() - this.#readAt > UNREAD_MILLIS;
  }

  #countOnly(count: number): void {
    this.#next += count;
    this.#kept = [];
    this.#holes = 0;
    this.#bytes = 0;
  }

  #drop(): void {
    while (this.#kept.length - this.#holes > MAX_KEPT || this.#bytes > MAX_KEPT_BYTES) {
      this.#bytes -= this.#kept[this.#holes]?.bytes ?? 0;
      this.#kept[this.#holes] = { log: undefined, bytes: 0 };
      this.#holes += 1;
    }
    if (this.#holes <= MAX_HOLES) return;
    this.#kept = this.#kept.slice(this.#holes);
    this.#holes = 0;
  }
}

/** What stands for the memory of a log. Records of one request share their resource, which counts for each. */
function bytesOf({ record }: IndexedLog): number {
  return (
    RECORD_BYTES +
    valueBytes(record.body, characters) +
    attributesBytes(record.attributes, characters) +
    attributesBytes(record.resource.attributes, characters) +
    attributesBytes(record.scope.attributes, characters)
  );
}
