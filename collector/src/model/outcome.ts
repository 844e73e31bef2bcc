import type { Truncation } from '../api/index.ts';
import { LIMITS } from '../otlp/limits.ts';

/** Counts what happens to the records of one request and says it in one line for `partial_success.error_message`. */
export class Outcome {
  readonly #noun: string;
  #acceptedCount = 0;
  #rejectedCount = 0;
  readonly #rejections = new Map<string, number>();
  readonly #warnings = new Map<string, number>();
  readonly #cuts = new Map<Truncation['limit'], number>();
  #cutCount = 0;

  /** What a record is called, as "log record". */
  constructor(noun: string) {
    this.#noun = noun;
  }

  get acceptedCount(): number {
    return this.#acceptedCount;
  }

  get rejectedCount(): number {
    return this.#rejectedCount;
  }

  accept(truncations: readonly Truncation[]): void {
    this.#acceptedCount++;
    if (truncations.length === 0) return;
    this.#cutCount++;
    for (const limit of new Set(truncations.map((truncation) => truncation.limit))) increment(this.#cuts, limit);
  }

  reject(reason: string): void {
    this.#rejectedCount++;
    increment(this.#rejections, reason);
  }

  warn(warning: string): void {
    increment(this.#warnings, warning);
  }

  /** Empty when every record was kept as it was sent. Counts and reasons only, nothing of the records. */
  message(): string {
    const parts: string[] = [];
    if (this.#rejectedCount > 0) parts.push(`${this.#count(this.#rejectedCount)} rejected: ${list(this.#rejections)}`);
    for (const [warning, count] of this.#warnings) parts.push(`${this.#count(count)} ${warning}`);
    if (this.#cutCount > 0) {
      const cuts = new Map([...this.#cuts].map(([limit, count]) => [`${limit} ${LIMITS[limit]}`, count]));
      parts.push(`${this.#count(this.#cutCount)} cut to the limits and marked as truncated: ${list(cuts)}`);
    }
    return parts.join('; ');
  }

  #count(count: number): string {
    return `${count} ${this.#noun}${count === 1 ? '' : 's'}`;
  }
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([reason, count]) => `${reason} (${count})`).join(', ');
}
