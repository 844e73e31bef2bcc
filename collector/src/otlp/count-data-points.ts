import { type Encoding, jsonText } from './decode-request.ts';
import { walkJson } from './json-walker.ts';
import { LIMITS } from './limits.ts';
import { tooManyMessages } from './object-builder.ts';
import { walkProtobuf } from './protobuf-walker.ts';
import { messageSpec } from './schema.ts';
import type { ValueSink, WireSink } from './sinks.ts';

/**
 * How many data points an ExportMetricsServiceRequest holds. Every field is walked and nothing is built: the body is a valid request, or `malformed_body`
 * is thrown as by `decodeLogs`.
 */
export function countDataPoints(body: Uint8Array, encoding: Encoding): number {
  const counter = new PointCounter();
  const root = messageSpec('ExportMetricsServiceRequest');
  if (encoding === 'protobuf') walkProtobuf(body, root, counter);
  else walkJson(jsonText(body), root, counter);
  return counter.points;
}

class PointCounter implements ValueSink, WireSink {
  points = 0;
  #messages = 0;

  open({ name }: { readonly name: string }): void {
    if (++this.#messages > LIMITS.messages) throw tooManyMessages();
    if (name === 'dataPoints') this.points += 1;
  }

  close(): void {
    // A point counts from its first byte.
  }

  value(): void {
    // Checked by the walk, wanted by nobody yet.
  }

  range(): void {
    // As `value`.
  }

  bits(): void {
    // As `value`.
  }
}
