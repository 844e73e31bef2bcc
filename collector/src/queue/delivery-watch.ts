import { nowNanos } from '../now-nanos.ts';
import { reasonOf } from './dead-letters.ts';
import type { DeliveryState, NotedFault } from './queue-state.ts';

export interface DeliveryWatchOptions {
  /** Told once when the storage stops to take records, and why, and once when it takes them again. */
  readonly onStorageAway: (error: unknown) => void;
  readonly onStorageBack: () => void;
}

/** Whether the storage takes records, as the deliveries tell. */
export class DeliveryWatch {
  readonly #options: DeliveryWatchOptions;
  #sinceUnixNano: string | undefined;
  #lastFault: NotedFault | undefined;

  constructor(options: DeliveryWatchOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#sinceUnixNano !== undefined;
  }

  get state(): DeliveryState {
    return { state: this.isAway ? 'waiting' : 'delivering', sinceUnixNano: this.#sinceUnixNano, lastFault: this.#lastFault };
  }

  noteAway(error: unknown): void {
    const atUnixNano = String(nowNanos());
    this.#lastFault = { atUnixNano, reason: reasonOf(error) };
    if (this.isAway) return;
    this.#sinceUnixNano = atUnixNano;
    this.#options.onStorageAway(error);
  }

  noteBack(): void {
    if (!this.isAway) return;
    this.#sinceUnixNano = undefined;
    this.#options.onStorageBack();
  }
}
