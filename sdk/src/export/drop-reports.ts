import { type Loss, MAX_TRACE_IDS, type Signal } from './batch.ts';

/** Reasons are few; a collector that words each refusal differently must not fill the memory. */
const MAX_REPORTS = 32;
const OTHER_REASONS = 'several reasons';

/** Losses of one signal for one reason, added up. */
export interface DropReport {
  readonly signal: Signal;
  readonly reason: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly firstMillis: number;
  readonly lastMillis: number;
  /** At most 100. */
  readonly traceIds: readonly string[];
}

interface OpenReport extends Omit<DropReport, 'traceIds'> {
  readonly traceIds: Set<string>;
}

/** What was lost and has not been told to the collector yet. Bounded, however much that is. */
export class DropReports {
  readonly #nowMillis: () => number;
  #open = new Map<string, OpenReport>();

  constructor(nowMillis: () => number) {
    this.#nowMillis = nowMillis;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  add({ signal, count, reason, traceIds }: Loss): void {
    const named = `${signal} ${reason}`;
    const key = this.#open.has(named) || this.#open.size < MAX_REPORTS ? named : `${signal} ${OTHER_REASONS}`;
    const now = this.#nowMillis();
    const before = this.#open.get(key);
    const ids = before?.traceIds ?? new Set<string>();
    for (const id of traceIds) {
      if (ids.size >= MAX_TRACE_IDS) break;
      ids.add(id);
    }
    this.#open.set(key, {
      signal,
      reason: key === named ? reason : OTHER_REASONS,
      count: (before?.count ?? 0) + count,
      firstMillis: before?.firstMillis ?? now,
      lastMillis: now,
      traceIds: ids,
    });
  }

  /** All that was added since it was taken the last time. */
  all(): DropReport[] {
    return [...this.#open.values()].map((report) => ({ ...report, traceIds: [...report.traceIds] }));
  }

  takeAll(): DropReport[] {
    const reports = this.all();
    this.#open = new Map();
    return reports;
  }
}
