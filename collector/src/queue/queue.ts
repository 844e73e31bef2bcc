/** A request body as it came in, after decompression, with what is needed to decode it again. */
export interface QueueEntry {
  readonly tenant: string;
  readonly signal: 'logs' | 'traces';
  readonly encoding: 'protobuf' | 'json';
  readonly body: Uint8Array;
  /** When the request was read, Unix nanoseconds. */
  readonly arrivalNanos: bigint;
  /** The sender's `idempotency-key`: the same key makes the same record ids, so that a retry is stored once. */
  readonly idempotencyKey?: string;
  /** The body as it was sent, where it is not `body`: what its key belongs to. Not kept. */
  readonly sentBody?: Uint8Array;
}

/** What the sender is told: records that were refused (each for good), and what was kept but cut. */
export interface AppendResult {
  readonly acceptedCount: number;
  readonly rejectedCount: number;
  /** For `partial_success.error_message`; empty when there is nothing to say. */
  readonly message: string;
}

/**
 * Between the receivers and the storage. `append` resolves when the body is safe: whatever happens to this process
 * afterwards, its records will be found. It throws `malformed_body` when the body cannot be decoded at all, and a retryable
 * `ThreadlineError` when it cannot be made safe now; nothing of such a body is kept in memory.
 */
export interface Queue {
  start(signal: AbortSignal): Promise<void>;
  append(entry: QueueEntry): Promise<AppendResult>;
  /** Refuses new bodies with `shutting_down` and resolves when those under way are answered. */
  shutdown(): Promise<void>;
}
