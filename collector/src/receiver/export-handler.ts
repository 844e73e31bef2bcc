import type { Encoding } from '../otlp/decode-request.ts';
import { encodeExportResponse } from '../otlp/encode-response.ts';
import type { Queue } from '../queue/queue.ts';
import type { SignalRow } from './signals.ts';

/** The only tenant until there are more. */
const TENANT = 'default';

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
}

/** Takes one export request and answers with its ExportServiceResponse in the request's encoding. */
export type ExportHandler = (request: ExportRequest) => Promise<Buffer>;

/** The one handler behind every door and signal: append to the queue, answer once the records are safe. Errors are the queue's. */
export function createExportHandler({ queue, now }: ExportHandlerOptions): ExportHandler {
  return async ({ row, encoding, body, idempotencyKey }) => {
    const key = idempotencyKey === undefined || idempotencyKey === '' ? {} : { idempotencyKey };
    const outcome = await queue.append({ tenant: TENANT, signal: row.signal, encoding, body, arrivalNanos: now(), ...key });
    return encodeExportResponse(outcome, encoding, row.rejectedField);
  };
}
