import { countDataPoints } from '../otlp/count-data-points.ts';
import type { Encoding } from '../otlp/decode-request.ts';
import type { AppendResult, Queue } from '../queue/queue.ts';
import type { RedactRequest } from '../redaction/redact-request.ts';
import { type Refusal, TENANT } from './refusal.ts';
import type { SignalRow } from './signals.ts';

/** What a door makes of whatever came through it. */
export interface ExportRequest {
  readonly row: SignalRow;
  readonly encoding: Encoding;
  /** After decompression. */
  readonly body: Uint8Array;
  readonly idempotencyKey: string | undefined;
}

export interface ExportHandlerOptions {
  readonly queue: Queue;
  /** Unix nanoseconds. */
  readonly now: () => bigint;
  /** Told of single records that are refused, while the rest of their request is taken. */
  readonly onRefused: (refusal: Refusal) => void;
  /** Takes out what must not be kept; undefined where nothing is taken out, which costs nothing. */
  readonly redact?: RedactRequest | undefined;
  /** Told of each request of metrics that was taken. */
  readonly onMetrics: (request: { readonly tenant: string; readonly dataPoints: number }) => void;
}

/** Takes one export request and says what became of its records. */
export type ExportHandler = (request: ExportRequest) => Promise<AppendResult>;

/**
 * The one handler behind every door and signal: append to the queue, answer once the records are safe. Errors are the queue's. Metrics are read through,
 * counted and not kept. What is redacted is taken out before the queue sees it.
 */
export function createExportHandler({ queue, now, onRefused, redact, onMetrics }: ExportHandlerOptions): ExportHandler {
  return async ({ row, encoding, body, idempotencyKey }) => {
    if (row.signal === 'metrics') {
      const dataPoints = countDataPoints(body, encoding);
      onMetrics({ tenant: TENANT, dataPoints });
      return { acceptedCount: dataPoints, rejectedCount: 0, message: '' };
    }
    const key = idempotencyKey === undefined || idempotencyKey === '' ? {} : { idempotencyKey };
    const kept = redact ? { body: redact(row.signal, body, encoding), sentBody: body } : { body };
    const outcome = await queue.append({ tenant: TENANT, signal: row.signal, encoding, ...kept, arrivalNanos: now(), ...key });
    if (outcome.rejectedCount > 0) {
      onRefused({ tenant: TENANT, reason: 'invalid_record', requests: 1, records: outcome.rejectedCount });
    }
    return outcome;
  };
}
