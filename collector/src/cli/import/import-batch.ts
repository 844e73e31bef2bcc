import type { LogRecord, Span } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { translateJaegerTrace } from '../../formats/jaeger.ts';
import { isObject } from '../../formats/json-shapes.ts';
import { type DecodedRequest, decodeLogs, decodeTraces, type Encoding } from '../../otlp/decode-request.ts';
import type { BadPiece, Piece } from './read-pieces.ts';

/** Of records that are sent together, unless more have one time: what is in one batch stays in its order. */
const BATCH_RECORDS = 500;
const BATCH_CHARACTERS = 2 * 1024 * 1024;
const MAX_BATCH_RECORDS = 5_000;
const MAX_BATCH_CHARACTERS = 8 * 1024 * 1024;

export type Signal = 'logs' | 'traces';

/** One request of OTLP, and where it is from. */
export interface ImportBatch {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly body: Uint8Array;
  readonly count: number;
  /** Of its first piece, and of its last where that is another. */
  readonly places: readonly [first: string, last: string];
  /** Two halves, where it has more than one record of its own line. */
  readonly halves?: () => readonly [ImportBatch, ImportBatch];
}

interface PlacedRecord {
  readonly place: string;
  readonly record: LogRecord | Span;
}

/**
 * What is on a piece, as requests to send. Single records are gathered: the same source makes the same batches each time. Throws what the pieces throw, behind
 * all that came before.
 */
export async function* makeBatches(pieces: AsyncIterable<Piece | BadPiece>): AsyncGenerator<ImportBatch | BadPiece> {
  let gathered: PlacedRecord[] = [];
  let signal: Signal = 'logs';
  let characters = 0;
  const flush = (): ImportBatch[] => {
    const records = gathered;
    gathered = [];
    characters = 0;
    return records.length === 0 ? [] : [recordBatch(signal, records)];
  };
  try {
    for await (const piece of pieces) {
      if ('problem' in piece) {
        yield piece;
        continue;
      }
      let content: Content;
      try {
        content = contentOf(piece);
      } catch (error) {
        yield { place: piece.place, problem: error instanceof ThreadlineError ? error.message : 'not JSON' };
        continue;
      }
      for (const part of content.records) {
        const isEnough = gathered.length >= BATCH_RECORDS || characters >= BATCH_CHARACTERS;
        if (part.signal !== signal || (isEnough && timeOf(part.record) !== timeOf(gathered.at(-1)?.record))) yield* flush();
        signal = part.signal;
        gathered.push({ place: piece.place, record: part.record });
        characters += piece.bytes.length / content.records.length;
        if (gathered.length >= MAX_BATCH_RECORDS || characters >= MAX_BATCH_CHARACTERS) yield* flush();
      }
      if (content.requests.length > 0) yield* flush();
      for (const request of content.requests) yield { ...request, places: [piece.place, piece.place] };
    }
  } catch (error) {
    yield* flush();
    throw error;
  }
  yield* flush();
}

interface Content {
  readonly requests: readonly Omit<ImportBatch, 'places'>[];
  readonly records: readonly { readonly signal: Signal; readonly record: LogRecord | Span }[];
}

function contentOf({ bytes, encoding }: Piece): Content {
  if (encoding === 'protobuf') return { requests: [protobufRequest(bytes)], records: [] };
  const value: unknown = JSON.parse(bytes.toString());
  if (!isObject(value)) throw unknownForm();
  // As it was written: numbers beyond 2^53 keep their digits.
  if (Array.isArray(value.resourceLogs)) return oneRequest('logs', bytes, countOf(decodeLogs(bytes, 'json')));
  if (Array.isArray(value.resourceSpans)) return oneRequest('traces', bytes, countOf(decodeTraces(bytes, 'json')));
  if (Array.isArray(value.resourceMetrics)) throw new ThreadlineError('malformed_body', 'metrics are not stored');
  if (Array.isArray(value.data)) return { requests: value.data.map(jaegerRequest), records: [] };
  if (isObject(value.processes)) return { requests: [jaegerRequest(value)], records: [] };
  // A trace with its logs, as `threadline query --trace ID --json` gives it.
  if (isObject(value.summary) && Array.isArray(value.spans) && Array.isArray(value.logs))
    return { requests: [], records: [...value.spans, ...value.logs].map(recordOf) };
  return { requests: [], records: [recordOf(value)] };
}

function oneRequest(signal: Signal, body: Uint8Array, count: number): Content {
  return { requests: [{ signal, encoding: 'json', body, count }], records: [] };
}

function jaegerRequest(trace: unknown): Omit<ImportBatch, 'places'> {
  const { resourceSpans, spanCount } = translateJaegerTrace(trace);
  return { signal: 'traces', encoding: 'json', body: Buffer.from(JSON.stringify({ resourceSpans })), count: spanCount };
}

/** Which signal it is its fields tell: a span begins with an id where a log has a time. */
function protobufRequest(body: Uint8Array): Omit<ImportBatch, 'places'> {
  try {
    return { signal: 'logs', encoding: 'protobuf', body, count: countOf(decodeLogs(body, 'protobuf')) };
  } catch {
    return { signal: 'traces', encoding: 'protobuf', body, count: countOf(decodeTraces(body, 'protobuf')) };
  }
}

/** By which a list has it in order; undefined for one without a time, which comes as it arrives. */
function timeOf(record: LogRecord | Span | undefined): string | undefined {
  if (!record) return undefined;
  if ('startTimeUnixNano' in record) return record.startTimeUnixNano;
  return [record.timeUnixNano, record.observedTimeUnixNano].find((time) => time !== '0');
}

function countOf({ groups }: DecodedRequest<unknown>): number {
  return groups.reduce((sum, { scopes }) => scopes.reduce((inner, { records }) => inner + records.length, sum), 0);
}

/** A record of the query API's, of which the collector checks the rest. */
function recordOf(value: unknown): Content['records'][number] {
  if (!isObject(value) || !isObject(value.resource) || !isObject(value.scope)) throw unknownForm();
  const isSpan = typeof value.startTimeUnixNano === 'string' && typeof value.spanId === 'string';
  if (!isSpan && typeof value.timeUnixNano !== 'string') throw unknownForm();
  // Checked as far as it is looked at here.
  return { signal: isSpan ? 'traces' : 'logs', record: value as unknown as LogRecord | Span };
}

function recordBatch(signal: Signal, records: readonly PlacedRecord[]): ImportBatch {
  const [first, last] = [records[0]?.place ?? '', records.at(-1)?.place ?? ''];
  const middle = records.length >> 1;
  return {
    signal,
    encoding: 'json',
    body: Buffer.from(JSON.stringify(requestOf(signal, records))),
    count: records.length,
    places: [first, last],
    ...(records.length > 1 && {
      halves: () => [recordBatch(signal, records.slice(0, middle)), recordBatch(signal, records.slice(middle))] as const,
    }),
  };
}

/** Records that follow one another and share resource and scope stand in one group, so that all stay in their order. */
function requestOf(signal: Signal, records: readonly PlacedRecord[]): object {
  const [groupsName, scopesName, recordsName] =
    signal === 'logs' ? (['resourceLogs', 'scopeLogs', 'logRecords'] as const) : (['resourceSpans', 'scopeSpans', 'spans'] as const);
  const groups: object[] = [];
  let shared = '';
  let members: object[] = [];
  for (const { record } of records) {
    const { resource, scope, id: _id, arrivalTimeUnixNano: _arrival, truncations: _cut, ...sent } = record;
    const key = JSON.stringify([resource, scope]);
    if (key !== shared) {
      shared = key;
      members = [];
      const { schemaUrl: resourceUrl, ...resourceFields } = resource;
      const { schemaUrl: scopeUrl, ...scopeFields } = scope;
      groups.push({
        resource: resourceFields,
        ...(resourceUrl !== undefined && { schemaUrl: resourceUrl }),
        [scopesName]: [{ scope: scopeFields, ...(scopeUrl !== undefined && { schemaUrl: scopeUrl }), [recordsName]: members }],
      });
    }
    members.push(sent);
  }
  return { [groupsName]: groups };
}

function unknownForm(): ThreadlineError {
  return new ThreadlineError('malformed_body', 'neither a record of Threadline, nor OTLP/JSON, nor a download of Jaeger UI');
}
