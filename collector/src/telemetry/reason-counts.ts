import type { ReasonCount } from '../api/index.ts';
import { nowNanos } from '../now-nanos.ts';

/** Of the reasons that are told apart; the oldest make room. */
const MAX_REASONS = 50;

/** How often something happened since the collector started, by reason. */
export class ReasonCounts {
  readonly #reasons = new Map<string, ReasonCount>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(reason: string): void {
    this.#count += 1;
    const count = (this.#reasons.get(reason)?.count ?? 0) + 1;
    // The latest stands last.
    this.#reasons.delete(reason);
    this.#reasons.set(reason, { reason, count, lastAtUnixNano: String(nowNanos()) });
    for (const oldest of this.#reasons.keys()) {
      if (this.#reasons.size <= MAX_REASONS) break;
      this.#reasons.delete(oldest);
    }
  }

  /** The latest first. */
  list(): ReasonCount[] {
    return [...this.#reasons.values()].reverse();
  }
}
