import type { Encoding } from './decode-request.ts';
import { ProtobufWriter } from './response-bytes.ts';

/** What `partial_success` says. */
export interface ExportOutcome {
  readonly rejectedCount: number;
  /** Why records were rejected, else a warning; empty when there is nothing to say. */
  readonly message: string;
}

/** The field of `partial_success` that counts what was rejected, in JSON; its number in protobuf is 1 for every signal. */
export type RejectedField = 'rejectedLogRecords' | 'rejectedSpans' | 'rejectedDataPoints';

/** A `google.rpc.Status`: the body of every 4xx and 5xx, and of `grpc-status-details-bin`. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** Written as a `google.rpc.RetryInfo` in the details. */
  readonly retryAfterMillis?: number;
}

/**
 * The response of any signal's export. `partial_success` is left out when nothing was rejected and there is
 * nothing to warn of. Source: OTLP specification, "Partial Success".
 */
export function encodeExportResponse(outcome: ExportOutcome, encoding: Encoding, rejectedField: RejectedField): Buffer {
  const isFull = outcome.rejectedCount === 0 && outcome.message === '';
  if (encoding === 'json') {
    // An int64 is a decimal string in proto3's JSON mapping.
    const partialSuccess = { [rejectedField]: String(outcome.rejectedCount), errorMessage: outcome.message };
    return Buffer.from(JSON.stringify(isFull ? {} : { partialSuccess }));
  }
  if (isFull) return Buffer.alloc(0);
  const partialSuccess = new ProtobufWriter().integer(1, outcome.rejectedCount).text(2, outcome.message).finish();
  return new ProtobufWriter().bytes(1, partialSuccess).finish();
}

const RETRY_INFO_TYPE = 'type.googleapis.com/google.rpc.RetryInfo';

/** A `google.rpc.Status` in the encoding of the request that it answers. */
export function encodeStatus(status: RpcStatus, encoding: Encoding): Buffer {
  const { code, message, retryAfterMillis } = status;
  if (encoding === 'json') {
    const details = retryAfterMillis === undefined ? [] : [{ '@type': RETRY_INFO_TYPE, retryDelay: `${retryAfterMillis / 1000}s` }];
    return Buffer.from(JSON.stringify({ code, message, ...(details.length > 0 && { details }) }));
  }
  const writer = new ProtobufWriter().integer(1, code).text(2, message);
  if (retryAfterMillis !== undefined) {
    writer.bytes(3, new ProtobufWriter().text(1, RETRY_INFO_TYPE).bytes(2, encodeRetryInfo(retryAfterMillis)).finish());
  }
  return writer.finish();
}

/** `google.rpc.RetryInfo { google.protobuf.Duration retry_delay = 1; }` with Duration's seconds and nanos. */
function encodeRetryInfo(millis: number): Buffer {
  const duration = new ProtobufWriter()
    .integer(1, Math.floor(millis / 1000))
    .integer(2, (millis % 1000) * 1_000_000)
    .finish();
  return new ProtobufWriter().bytes(1, duration).finish();
}
