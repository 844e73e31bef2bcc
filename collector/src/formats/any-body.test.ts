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
