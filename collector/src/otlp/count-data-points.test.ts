import { expect, it } from 'vitest';
import { countDataPoints } from './count-data-points.ts';
import { ENCODINGS } from './decode-request.ts';
import { walkJson } from './json-walker.ts';
import { walkProtobuf } from './protobuf-walker.ts';
import type { ScalarField } from './schema.ts';
import { messageSpec } from './schema.ts';
import type { ScalarValue, ValueSink } from './sinks.ts';
import { METRICS_REQUEST, METRICS_REQUEST_POINTS } from './testing/metrics-request.ts';
import { encodeMetrics } from './testing/reference-encoder.ts';
import { WireValues } from './wire-values.ts';

const ROOT = messageSpec('ExportMetricsServiceRequest');

/** Every scalar as it is told, by field and value. */
class Scalars implements ValueSink {
  readonly told: string[] = [];
  open(): void {
    // Only values are compared.
  }
  close(): void {
    // As `open`.
  }
  value(field: ScalarField, value: ScalarValue): void {
    this.told.push(`${field.name} ${JSON.stringify(value)}`);
  }
}

it.each(ENCODINGS)('counts the data points of every kind of metric in %s', (encoding) => {
  expect(countDataPoints(encodeMetrics(METRICS_REQUEST, encoding), encoding)).toBe(METRICS_REQUEST_POINTS);
  expect(countDataPoints(Buffer.alloc(0), encoding)).toBe(0);
});

it('reads every field of metrics alike from protobuf, packed numbers included, and from JSON', () => {
  const [wire, json] = [new Scalars(), new Scalars()];
  const body = encodeMetrics(METRICS_REQUEST, 'protobuf');
  walkProtobuf(body, ROOT, new WireValues(body, wire));
  walkJson(encodeMetrics(METRICS_REQUEST, 'json').toString(), ROOT, json);
  expect(wire.told.toSorted()).toEqual(json.told.toSorted());
  expect(wire.told).toContain('offset -5');
  expect(wire.told).toContain('bucketCounts "18446744073709551615"');
  expect(wire.told).toContain('asInt "-9223372036854775808"');
});

it.each([
  ['{"resourceMetrics":{}}', 'resourceMetrics must be an array'],
  ['{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{"asInt":{}}]}}]}]}]}', 'asInt must be an integer'],
  ['{"resourceMetrics":[', 'not valid JSON'],
])('refuses %s', (body, message) => {
  expect(() => countDataPoints(Buffer.from(body), 'json')).toThrow(
    expect.objectContaining({ code: 'malformed_body', message: expect.stringContaining(message) }),
  );
});

it('refuses packed numbers that are cut off', () => {
  // HistogramDataPoint.bucketCounts with nine of sixteen bytes, inside the messages around it.
  const within = (bytes: Buffer, field: number): Buffer => Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes]);
  const body = [6, 1, 9, 2, 2, 1].reduce<Buffer>((bytes, field) => within(bytes, field), Buffer.alloc(9));
  expect(() => countDataPoints(body, 'protobuf')).toThrow('cut off');
});
