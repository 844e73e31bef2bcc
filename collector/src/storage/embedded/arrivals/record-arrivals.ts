import { randomBytes } from 'node:crypto';
import type { QueryNode } from '@threadline/query-language';
import type { LogRecord } from '../../../api/index.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { changedStorage } from '../../changed-storage.ts';
import type { ArrivalPage, ArrivalRequest, LogArrivals, StorageWithArrivals } from '../../log-arrivals.ts';
import type { ReadContext, Storage, WriteOptions } from '../../storage.ts';
import { compileLogMatch, type LogMatch } from './match-log.ts';
import { RecentLogs, type RecentLogsOptions } from './recent-logs.ts';
import { ThreadShare } from './thread-share.ts';

/** `<the process's own word>-<number of the log that comes next>`. */
const POSITION = /^([0-9a-f]{16})-(\d{1,15})$/;
/** So many are looked at in any case, unless the query's own pattern takes long: a thread that had to wait for its processor has not worked meanwhile. */
const MIN_LOOKED_AT = 200;

/**
 * Notes what is written through the storage that it gives, once that is searchable. For a storage that only this process writes to: there are no
 * other arrivals. A position is good while the process lives; what is no longer in memory is counted.
 */
export function recordArrivals(storage: Storage, { now = () => performance.now() }: Partial<RecentLogsOptions> = {}): StorageWithArrivals {
  const tenants = new Map<string, RecentLogs>();
  const recentOf = (tenant: string): RecentLogs => {
    const recent = tenants.get(tenant) ?? new RecentLogs({ now });
    tenants.set(tenant, recent);
    return recent;
  };
  const writeRequests = storage.writeRequests?.bind(storage);
  return {
    storage: changedStorage(storage, {
      ...(writeRequests && {
        async writeRequests(tenant: string, requests: readonly PlainRequest[], options?: WriteOptions) {
          const addRequests = recentOf(tenant).expectRequests(requests, options?.mayRepeat === true);
          await writeRequests(tenant, requests, options);
          addRequests();
        },
      }),
      async writeLogs(tenant, logs, options) {
        await storage.writeLogs(tenant, logs, options);
        recentOf(tenant).add(logs, options?.mayRepeat === true);
      },
    }),
    arrivals: new RecordedArrivals({ recentOf, hasten: () => storage.hasten(), now }),
  };
}

interface BoundedMatch {
  readonly match: LogMatch;
  /** When a pattern that takes long gives up. */
  stopAt: number;
}

interface RecordedArrivalsOptions {
  readonly recentOf: (tenant: string) => RecentLogs;
  /** Asks for what was written to be searchable soon. */
  readonly hasten: () => void;
  /** Milliseconds of a clock that only goes on. */
  readonly now: () => number;
}

class OutOfTimeError extends Error {}

class RecordedArrivals implements LogArrivals {
  readonly #recentOf: (tenant: string) => RecentLogs;
  readonly #hasten: () => void;
  readonly #now: () => number;
  /** Of the collector's own thread, on which the matching is done. */
  readonly #share: ThreadShare;
  readonly #process = randomBytes(8).toString('hex');
  /** A reader asks with the same tree again and again. */
  readonly #matches = new WeakMap<QueryNode, BoundedMatch>();

  constructor({ recentOf, hasten, now }: RecordedArrivalsOptions) {
    this.#recentOf = recentOf;
    this.#hasten = hasten;
    this.#now = now;
    this.#share = new ThreadShare(now);
  }

  async read({ query, after, limit }: ArrivalRequest, { tenant, signal }: ReadContext): Promise<ArrivalPage> {
    signal.throwIfAborted();
    const recent = this.#recentOf(tenant);
    recent.noteReader();
    // What waits for more to share a file with it is here at the next look.
    this.#hasten();
    const bounded = this.#matchOf(query);
    const end = recent.next;
    const known = after === undefined ? end : this.#numberOf(after);
    const from = known !== undefined && known <= end ? known : undefined;
    const found: LogRecord[] = [];
    let skippedCount = 0;
    let number = end - 1;
    const began = this.#now();
    bounded.stopAt = began + this.#share.next();
    for (; number >= Math.max(from ?? end, recent.first); number -= 1) {
      if (end - number > MIN_LOOKED_AT && this.#now() > bounded.stopAt) break;
      const log = recent.at(number);
      const isMatch = log === undefined ? undefined : matchesInTime(bounded, log);
      if (log === undefined || isMatch === undefined) break;
      if (!isMatch) continue;
      if (found.length < limit) found.push(log.record);
      else skippedCount += 1;
    }
    this.#share.spend(this.#now() - began);
    return {
      records: found.reverse(),
      skippedCount,
      unreadCount: from === undefined ? 0 : number - from + 1,
      isBroken: from === undefined,
      position: `${this.#process}-${end}`,
    };
  }

  #matchOf(query: QueryNode): BoundedMatch {
    const known = this.#matches.get(query);
    if (known) return known;
    const bounded: BoundedMatch = {
      match: compileLogMatch(query, () => {
        if (this.#now() > bounded.stopAt) throw new OutOfTimeError();
      }),
      stopAt: 0,
    };
    this.#matches.set(query, bounded);
    return bounded;
  }

  #numberOf(position: string): number | undefined {
    const [, process, number] = POSITION.exec(position) ?? [];
    return process === this.#process ? Number(number) : undefined;
  }
}

/** Undefined where time is over. */
function matchesInTime({ match }: BoundedMatch, log: Parameters<LogMatch>[0]): boolean | undefined {
  try {
    return match(log);
  } catch (error) {
    if (error instanceof OutOfTimeError) return undefined;
    throw error;
  }
}
