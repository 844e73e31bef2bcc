import { decodeRequest } from '../src/testing/otlp-protobuf.ts';

export { type ReceivedLog as LogLine, type ReceivedSpan as SpanLine, readLogs, readSpans } from '../src/testing/received-records.ts';

/** The body of an export request, whatever it is written in. */
export function parseRequest(signal: 'traces' | 'logs', contentType: string | undefined, body: Buffer): unknown {
  return contentType === 'application/json' ? JSON.parse(body.toString()) : decodeRequest(signal, body);
}
