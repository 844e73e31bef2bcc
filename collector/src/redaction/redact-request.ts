import { ThreadlineError } from '../errors.ts';
import { decodeLogs, decodeTraces, type Encoding } from '../otlp/decode-request.ts';
import { encodeRequest } from '../otlp/encode-request.ts';
import { Redactor, type RedactorOptions } from './redactor.ts';

/** Below what the log takes as one frame. Defaults that JSON writes out make a body longer than it was sent. */
const MAX_BODY_BYTES = 60 * 1024 * 1024;

/** An export request without what the rules remove, in the same encoding: its records in their order, unknown fields left out. Throws as decoding does. */
export type RedactRequest = (signal: 'logs' | 'traces', body: Uint8Array, encoding: Encoding) => Uint8Array;

/** The body is read, redacted and written anew, so that what no rule was asked about (a field that is not known) is not kept either. */
export function createRedaction(options: RedactorOptions): RedactRequest {
  const redactor = new Redactor(options);
  return (signal, body, encoding) => {
    const redacted = signal === 'logs' ? redactedLogs(redactor, body, encoding) : redactedTraces(redactor, body, encoding);
    if (redacted.length > MAX_BODY_BYTES)
      throw new ThreadlineError('body_too_large', `the body is over ${MAX_BODY_BYTES} bytes once it is redacted; send smaller batches`);
    return redacted;
  };
}

function redactedLogs(redactor: Redactor, body: Uint8Array, encoding: Encoding): Uint8Array {
  const request = decodeLogs(body, encoding);
  redactor.logs(request);
  return encodeRequest({ signal: 'logs', ...request }, encoding);
}

function redactedTraces(redactor: Redactor, body: Uint8Array, encoding: Encoding): Uint8Array {
  const request = decodeTraces(body, encoding);
  redactor.spans(request);
  return encodeRequest({ signal: 'traces', ...request }, encoding);
}
