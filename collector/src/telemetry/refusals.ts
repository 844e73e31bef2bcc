import type { RefusalCount, RefusalReason } from '../api/index.ts';
import { nowNanos } from '../now-nanos.ts';

/** Tenants come out of the configuration, so there are few; should there be more, the rest is counted without its name. */
const MAX_COUNTS = 1_000;

/** The requests and records that the collector refused since it started, by tenant and reason. */
export class Refusals {
  readonly #counts = new Map<string, RefusalCount>();

  add(refusal: {
    readonly tenant: string | undefined;
    readonly reason: RefusalReason;
    readonly requests?: number;
    readonly records?: number;
  }): void {
    const { reason, requests = 0, records = 0 } = refusal;
    const tenant = this.#counts.size < MAX_COUNTS ? refusal.tenant : undefined;
    const key = `${reason} ${tenant ?? ''}`;
    const known = this.#counts.get(key);
    this.#counts.set(key, {
      ...(tenant !== undefined && { tenant }),
      reason,
      requests: requests + (known?.requests ?? 0),
      records: records + (known?.records ?? 0),
      lastAtUnixNano: String(nowNanos()),
    });
  }

  /** The latest first. */
  list(): RefusalCount[] {
    return [...this.#counts.values()].sort((left, right) => Number(BigInt(right.lastAtUnixNano) - BigInt(left.lastAtUnixNano)));
  }
}
