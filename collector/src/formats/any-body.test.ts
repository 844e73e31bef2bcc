import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { decodeLogs, decodeTraces } from '../otlp/decode-request.ts';
import { translateBulk } from './elasticsearch-bulk.ts';
import { translateLokiJson, translateLokiProtobuf } from './loki.ts';
import { translateZipkin } from './zipkin.ts';

/** JSON with the names that the formats read, and anything at all behind them. */
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1, 1.5, 1e308, '', '1', '2026-11-20T10:00:00Z', '\u0000\ud800'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'traceId',
          'id',
          'parentId',
          'kind',
          'timestamp',
          'duration',
          'localEndpoint',
          'serviceName',
          'port',
          'tags',
          'annotations',
          'value',
        ],
        ...['streams', 'stream', 'values', 'level', 'job', 'index', 'create', 'delete', '_index', '_id'],
        ...['@timestamp', 'message', 'log', 'log.level', 'service', 'name', 'host', '__proto__', 'constructor'],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

/** Values of every type, each with a text or a number in it that is found again. */
const anyMarked = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.nat().map((number) => `mark${number}`),
    fc.integer({ min: 100_000, max: 2 ** 40 }).map((number) => -number),
    fc.integer({ min: 1, max: 1_000 }).map((number) => number * 1e300),
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(fc.constantFrom('odd', 'other'), tie('value'), { minKeys: 1 }),
  ),
})).value;

function markersIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(markersIn);
}

const SPAN = {
  traceId: '5982fe77008310cc80f1da5e10147519',
  id: '90394f6bcffb5d13',
  localEndpoint: {},
  remoteEndpoint: {},
  annotations: [{}],
  tags: {},
};
const PLACES_IN_SPAN = [
  ...['name', 'kind', 'timestamp', 'duration', 'localEndpoint', 'remoteEndpoint', 'annotations', 'tags', 'shared', 'debug'],
  ...['localEndpoint', 'remoteEndpoint'].flatMap((end) => ['serviceName', 'ipv4', 'ipv6', 'port'].map((key) => `${end}.${key}`)),
  ...['annotations.0', 'annotations.0.timestamp', 'annotations.0.value', 'tags.any'],
];
const OBJECT_PLACES = /^(localEndpoint|remoteEndpoint|annotations(\.0)?)$/;
const STREAM = { stream: {}, values: [['1790000000000000000', 'line', {}]] };
const PLACES_IN_PUSH = ['stream', 'stream.any', 'values', 'values.0', 'values.0.0', 'values.0.1', 'values.0.2', 'values.0.2.any'];

/** A copy with another value at a place. */
function withValue(object: object, place: string, value: unknown): object {
  const copy: Record<string, unknown> = JSON.parse(JSON.stringify(object));
  const keys = place.split('.');
  const last = keys.pop() ?? '';
  // Every step but the last leads to an object or a list of the templates above.
  const inner = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  inner[last] = value;
  return copy;
}

/** What the translator makes is OTLP; what it does not take it refuses with an error of ours. */
function holds(translate: () => void): void {
  try {
    translate();
  } catch (error) {
    expect(error).toBeInstanceOf(ThreadlineError);
  }
}

describe('whatever comes as another protocol’s body', () => {
  it('is OTLP or refused, as spans of Zipkin', () => {
    fc.assert(
      fc.property(fc.array(anyJson, { maxLength: 3 }), (body) => holds(() => decodeTraces(translateZipkin(bytesOf(body)), 'json'))),
    );
  });

  it('is OTLP or refused, as a push of Loki', () => {
    const streams = fc.record({ streams: fc.array(fc.oneof(anyJson, fc.record({ stream: anyJson, values: anyJson })), { maxLength: 3 }) });
    fc.assert(fc.property(streams, (body) => holds(() => decodeLogs(translateLokiJson(bytesOf(body)), 'json'))));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (body) => holds(() => decodeLogs(translateLokiProtobuf(body), 'json'))));
  });

  it('loses no field for its type, as spans of Zipkin', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLACES_IN_SPAN), anyMarked, (place, value) => {
        // An object of other fields than Zipkin's is of the type that belongs there.
        fc.pre(!(OBJECT_PLACES.test(place) && JSON.stringify(value).includes('{')));
        const span = withValue(SPAN, place, value);
        const text = JSON.stringify(decodeTraces(translateZipkin(bytesOf([span])), 'json').groups);
        for (const marker of markersIn(value)) expect(text).toContain(marker);
      }),
    );
  });

  it('loses no field for its type, or is refused with its place, as a push of Loki', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLACES_IN_PUSH), anyMarked, (place, value) => {
        const push = { streams: [withValue(STREAM, place, value)] };
        let text: string;
        try {
          text = JSON.stringify(decodeLogs(translateLokiJson(bytesOf(push)), 'json').groups);
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed_body', message: expect.stringContaining('streams[0]') });
          return;
        }
        for (const marker of markersIn(value)) expect(text).toContain(marker);
      }),
    );
  });

  it('is OTLP or refused, as a bulk of Elasticsearch', () => {
    const lines = fc.array(fc.oneof(anyJson, fc.constantFrom({ index: {} }, { create: { _index: 'x' } })), { maxLength: 8 });
    fc.assert(
      fc.property(lines, (documents) => {
        const body = Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
        holds(() => {
          const { items, parts } = translateBulk(body, undefined);
          for (const part of parts) decodeLogs(part.body, 'json');
          const kept = parts.flatMap((part) => part.items);
          expect(items.filter(({ error }) => error === undefined)).toHaveLength(kept.length);
        });
      }),
    );
  });
});

function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
