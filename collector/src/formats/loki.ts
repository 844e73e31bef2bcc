import type { KeyValue, OtlpLogRecord } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { textAttribute } from './attributes.ts';
import { isObject, type JsonObject, parseJsonBody, textForm } from './json-shapes.ts';
import { type FieldLookup, firstText, LEVEL_NAMES, levelIn, placesInLine, traceFields, withFlow } from './log-fields.ts';
import { parseLabels } from './loki-labels.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

const EXPECTED = 'JSON of Loki: {"streams": [{"stream": {…}, "values": [["nanoseconds", "line"]]}]}';
/** Labels that name the service, the first that is there; the order is Loki's own. */
const SERVICE_LABELS = [
  'service_name',
  'service.name',
  'service',
  'app',
  'application',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'component',
  'workload',
  'job',
] as const;
const NANOS_PER_SECOND = 1_000_000_000n;
const MAX_NANOS = 2n ** 64n - 1n;

interface LokiEntry {
  readonly timeNanos: bigint;
  readonly line: string;
  readonly metadata: ReadonlyMap<string, string>;
}

interface LokiStream {
  readonly labels: ReadonlyMap<string, string>;
  readonly entries: readonly LokiEntry[];
}

/**
 * The JSON body of `POST /loki/api/v1/push` as the JSON of an ExportLogsServiceRequest. Throws `malformed_body` for another shape.
 * Source: Loki's HTTP API, "Ingest logs".
 */
export function translateLokiJson(body: Uint8Array): Buffer {
  const push = parseJsonBody(body, EXPECTED);
  if (!isObject(push) || !Array.isArray(push.streams)) throw malformed('streams is no list');
  return toOtlp(push.streams.map(readJsonStream));
}

/** As `translateLokiJson`, of the protobuf message `PushRequest`, unpacked. Source: Loki, `pkg/push/push.proto`. */
export function translateLokiProtobuf(body: Uint8Array): Buffer {
  const streams: LokiStream[] = [];
  for (const field of protobufFields(body)) if (field.number === 1) streams.push(readStream(bytesOf(field, 'streams'), streams.length));
  return toOtlp(streams);
}

/** Labels are of the resource, what an entry has beside its line is its own; `level` and ids are fields of the record too. */
function toOtlp(streams: readonly LokiStream[]): Buffer {
  const resourceLogs = streams.map(({ labels, entries }) => ({
    resource: { attributes: resourceAttributes(labels) },
    scopeLogs: [{ logRecords: entries.map((entry) => toRecord(entry, labels)) }],
  }));
  return Buffer.from(JSON.stringify({ resourceLogs }));
}

function resourceAttributes(labels: ReadonlyMap<string, string>): KeyValue[] {
  const service = firstText([lookupIn(labels)], SERVICE_LABELS);
  const others = [...labels].filter(([key]) => key !== 'service.name');
  return [...textAttribute('service.name', service), ...others.map(([key, value]) => ({ key, value: { stringValue: value } }))];
}

function toRecord({ timeNanos, line, metadata }: LokiEntry, labels: ReadonlyMap<string, string>): OtlpLogRecord {
  const said = [...(metadata.size === 0 ? [] : [lookupIn(metadata)]), lookupIn(labels)];
  const itself = placesInLine(line);
  const places = [...said, ...itself];
  const severityText = firstText(said, LEVEL_NAMES) ?? levelIn(itself);
  return {
    timeUnixNano: timeNanos.toString(),
    observedTimeUnixNano: '0',
    body: { stringValue: line },
    attributes: withFlow(
      [...metadata].map(([key, value]) => ({ key, value: { stringValue: value } })),
      places,
    ),
    ...(severityText === undefined ? {} : { severityText }),
    ...traceFields(places),
  };
}

function lookupIn(texts: ReadonlyMap<string, string>): FieldLookup {
  return (name) => texts.get(name);
}

function readJsonStream(sent: unknown, number: number): LokiStream {
  const place = `streams[${number}]`;
  if (!isObject(sent)) throw malformed(`${place} is no object`);
  if (!isObject(sent.stream)) throw malformed(`${place}.stream is no object`);
  if (!Array.isArray(sent.values)) throw malformed(`${place}.values is no list`);
  return {
    labels: textMap(sent.stream),
    entries: sent.values.map((entry, at) => readJsonEntry(entry, `${place}.values[${at}]`)),
  };
}

/** `place`: in the body, for whoever has to find it. */
function readJsonEntry(sent: unknown, place: string): LokiEntry {
  if (!Array.isArray(sent)) throw malformed(`${place} is no list`);
  const [time, line, metadata]: unknown[] = sent;
  if (typeof line !== 'string') throw malformed(`${place}[1], the line, is no text`);
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) throw malformed(`${place}[2], structured metadata, is no object`);
  return { timeNanos: readTime(time, place), line, metadata: isObject(metadata) ? textMap(metadata) : new Map() };
}

/** A decimal of nanoseconds; senders put it in quotes, since a number would be rounded. */
function readTime(time: unknown, place: string): bigint {
  const nanos = typeof time === 'string' && /^\d{1,20}$/.test(time) ? BigInt(time) : MAX_NANOS + 1n;
  if (nanos > MAX_NANOS) throw malformed(`${place}[0], the time, is no text of nanoseconds since 1970`);
  return nanos;
}

/** Labels and metadata are texts in Loki; what a sender made of another type is its JSON. */
function textMap(object: JsonObject): Map<string, string> {
  return new Map(Object.keys(object).map((key) => [key, textForm(object[key])]));
}

function readStream(bytes: Uint8Array, number: number): LokiStream {
  const place = `streams[${number}]`;
  let labels = '{}';
  const entries: LokiEntry[] = [];
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) labels = utf8(bytesOf(field, `${place}.labels`));
    if (field.number === 2) entries.push(readEntry(bytesOf(field, `${place}.entries`), `${place}.entries[${entries.length}]`));
  }
  return { labels: parseLabels(labels), entries };
}

function readEntry(bytes: Uint8Array, place: string): LokiEntry {
  let timeNanos = 0n;
  let line = '';
  const metadata = new Map<string, string>();
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) timeNanos = readTimestamp(bytesOf(field, `${place}.timestamp`));
    if (field.number === 2) line = utf8(bytesOf(field, `${place}.line`));
    if (field.number === 3) metadata.set(...readPair(bytesOf(field, `${place}.structuredMetadata`)));
  }
  return { timeNanos, line, metadata };
}

/** Protobuf's own readers step over a field of another type: its data would be lost. */
function bytesOf(field: ProtobufField, place: string): Uint8Array {
  if (field.type === 'bytes') return field.value;
  throw new ThreadlineError('malformed_body', `the body is no PushRequest of Loki: ${place} is of another type`);
}

/** `google.protobuf.Timestamp`; before 1970 it counts as not given. */
function readTimestamp(bytes: Uint8Array): bigint {
  let seconds = 0n;
  let nanos = 0n;
  for (const field of protobufFields(bytes)) {
    if (field.type !== 'number') continue;
    if (field.number === 1) seconds = BigInt.asIntN(64, field.value);
    if (field.number === 2) nanos = BigInt.asIntN(32, field.value);
  }
  const time = seconds * NANOS_PER_SECOND + nanos;
  return time < 0n || time > MAX_NANOS ? 0n : time;
}

function readPair(bytes: Uint8Array): [string, string] {
  let name = '';
  let value = '';
  for (const field of protobufFields(bytes)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) name = utf8(field.value);
    if (field.number === 2) value = utf8(field.value);
  }
  return [name, value];
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function malformed(why: string): ThreadlineError {
  return new ThreadlineError('malformed_body', `the body is not ${EXPECTED}: ${why}`);
}
