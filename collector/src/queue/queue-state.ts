import type { DeadLetter } from './dead-letter-file.ts';
import type { DeadLetterReason } from './dead-letters.ts';

/** A fault in our own words, which never quote a record. */
export interface NotedFault {
  readonly atUnixNano: string;
  readonly reason: string;
}

/** Whether the storage takes what the log has. */
export interface DeliveryState {
  readonly state: 'delivering' | 'waiting';
  /** Of `waiting`: since when, Unix nanoseconds. */
  readonly sinceUnixNano: string | undefined;
  readonly lastFault: NotedFault | undefined;
}

/** Whether requests are taken, or refused for want of room or of the log itself. */
export interface IngestState {
  readonly state: 'taking' | 'refusing';
  /** Of `refusing`: since when, Unix nanoseconds. */
  readonly sinceUnixNano: string | undefined;
  /** Of `refusing`: what holds as much as it may, the log or its disk; `removed`: the log, or its newest file, is not there any more. */
  readonly reason: 'log_full' | 'disk' | 'removed' | undefined;
  /** Of `refusing`: what the latest sender was told, in our own words. */
  readonly fault: string | undefined;
}

/** What the queue holds and how it fares, at this moment. */
export interface QueueState {
  readonly usedBytes: number;
  readonly capacityBytes: number;
  /** Undefined until what earlier processes left has been counted, and where the log cannot be read. */
  readonly waitingRequests: number | undefined;
  /** When the oldest request arrived that the storage is about to get; undefined when there is none. */
  readonly oldestArrivalNanos: bigint | undefined;
  readonly ingest: IngestState;
  readonly delivery: DeliveryState;
  /** Parts of the log that were damaged on disk or that nobody can decode any more; their bytes are kept. */
  readonly setAside: { readonly count: number; readonly bytes: number };
  readonly deadLetters: { readonly kept: number; readonly total: number; readonly reasons: readonly DeadLetterReason[] };
}

/** What others may see of the queue. */
export interface QueueView {
  /** Undefined before it is open and after it was shut down. */
  readonly state: QueueState | undefined;
  /** The newest first; `before` leaves out that number and what is newer. */
  listDeadLetters(request: { readonly before?: number; readonly limit: number }): Promise<readonly DeadLetter[]>;
}
