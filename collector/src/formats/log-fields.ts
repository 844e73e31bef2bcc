import { levelOfText } from '@threadline/query-language';
import type { KeyValue, OtlpLogRecord } from '../api/index.ts';
import { textAttribute } from './attributes.ts';
import { isObject, type JsonObject, parseExact } from './json-shapes.ts';

/**
 * Names under which loggers and agents write a level. Sources: OpenTelemetry's fields in other formats, Loki's `log_level_fields`, Python's `logging`, .NET's
 * formatter, Serilog's compact format.
 */
export const LEVEL_NAMES = [
  'level',
  'detected_level',
  'severity',
  'severity_text',
  'lvl',
  'loglevel',
  'log_level',
  'levelname',
  'Level',
  'LEVEL',
  'Severity',
  'SEVERITY',
  'SeverityText',
  'LogLevel',
  '@l',
] as const;
const LINE_LEVEL_NAMES = ['log.level', ...LEVEL_NAMES];
/** Sources: OpenTelemetry's "Trace Context in non-OTLP Log Formats", ECS, Micrometer, Grafana, .NET's scopes, OpenTelemetry's instrumentation of Python's `logging`, Serilog. */
const TRACE_ID_NAMES = ['trace.id', 'trace_id', 'traceId', 'traceid', 'traceID', 'TraceId', 'otelTraceID', '@tr'] as const;
const SPAN_ID_NAMES = ['span.id', 'span_id', 'spanId', 'spanid', 'spanID', 'SpanId', 'otelSpanID', '@sp'] as const;
const CORRELATION_ID_ATTRIBUTE = 'correlation.id';
/** The first as it is on records, the second as the SDK writes it into an app's own lines. */
const CORRELATION_ID_NAMES = [CORRELATION_ID_ATTRIBUTE, 'correlation_id', 'correlationId'] as const;
/** Objects into which loggers put what the app gave them: winston-elasticsearch and Serilog, Logback's and Log4j's JSON. */
const INNER_KEYS = ['fields', 'mdc', 'contextMap'] as const;

/** Of a type, a message, a stack. */
const EXCEPTION_NAMES = [
  ['error.type', 'err.type', 'err.name'],
  ['error.message', 'err.message'],
  ['error.stack_trace', 'err.stack'],
] as const;
/** A pair of logfmt; what is in quotes may have escapes. Source: `go-logfmt`, slog's and logrus's text handlers. */
const LOGFMT_PAIR = /(?<![^\s])([\w.@-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g;
/** Of a line that is no JSON, as much as is looked at: loggers write these pairs at its ends, and lines that are so long are no logfmt. */
const MAX_LOGFMT_CHARS = 16 * 1024;

/** The text of a field; undefined where there is none of this name. */
export type FieldLookup = (name: string) => string | undefined;

/** The first text that is not empty, of the first place that has one. */
export function firstText(places: readonly FieldLookup[], names: readonly string[]): string | undefined {
  return firstOf(places, names, (text) => text !== '');
}

/** The record's own fields of its trace, each by the first name under which there is an id of OpenTelemetry's; any other stays where it is. */
export function traceFields(places: readonly FieldLookup[]): Pick<OtlpLogRecord, 'traceId' | 'spanId'> {
  const traceId = firstOf(places, TRACE_ID_NAMES, (text) => isHex(text, 32))?.toLowerCase();
  const spanId = firstOf(places, SPAN_ID_NAMES, (text) => isHex(text, 16))?.toLowerCase();
  return { ...(traceId === undefined ? {} : { traceId }), ...(spanId === undefined ? {} : { spanId }) };
}

/** The record's attributes, behind the one that puts it into its flow, unless there is one of that name: the first is none that a limit cuts. */
export function withFlow(attributes: readonly KeyValue[], places: readonly FieldLookup[]): KeyValue[] {
  if (attributes.some(({ key }) => key === CORRELATION_ID_ATTRIBUTE)) return [...attributes];
  return [...textAttribute(CORRELATION_ID_ATTRIBUTE, firstText(places, CORRELATION_ID_NAMES)), ...attributes];
}

/** OpenTelemetry's attributes of an error, by where ECS, pino and Bunyan write them. A type or a stack makes an error; a message alone may be of anything. */
export function exceptionAttributes(object: JsonObject): KeyValue[] {
  const lookup: FieldLookup = (name) => textAt(object, name);
  const [type, message, stacktrace] = EXCEPTION_NAMES.map((names) => firstText([lookup], names));
  const isNone = (type ?? stacktrace) === undefined || Object.keys(object).some((key) => key.startsWith('exception.'));
  if (isNone) return [];
  return [
    ...textAttribute('exception.type', type),
    ...textAttribute('exception.message', message),
    ...textAttribute('exception.stacktrace', stacktrace),
  ];
}

/** Where a JSON object's ids may stand: in itself, then in the objects that loggers make for the app's own fields. */
export function placesIn(object: JsonObject): FieldLookup[] {
  const inner = INNER_KEYS.map((key) => own(object, key)).filter(isObject);
  return [object, ...inner].map((place) => (name) => textAt(place, name));
}

/**
 * Where a line says something itself, as JSON or in pairs of logfmt: agents send an app's line as it is, and its level and ids are in it alone. Nowhere, of
 * most lines; any other is read when it is asked.
 */
export function placesInLine(line: string): FieldLookup[] {
  const isJson = /^\s*\{/.test(line);
  if (!isJson && (line.length > MAX_LOGFMT_CHARS || !line.includes('='))) return [];
  let read: FieldLookup[] | undefined;
  return [
    (name) => {
      read ??= isJson ? placesInJson(line) : [lookupInLogfmt(line)];
      return firstText(read, [name]);
    },
  ];
}

/** A level that a line says, in a word that stands for one: anything else under such a name may be of the app. */
export function levelIn(places: readonly FieldLookup[]): string | undefined {
  return firstOf(places, LINE_LEVEL_NAMES, (text) => levelOfText(text) !== undefined);
}

function placesInJson(line: string): FieldLookup[] {
  try {
    const object = parseExact(line);
    return isObject(object) ? placesIn(object) : [];
  } catch {
    return [];
  }
}

function lookupInLogfmt(line: string): FieldLookup {
  const pairs = new Map([...line.matchAll(LOGFMT_PAIR)].map(([, key = '', quoted, plain]) => [key, quoted ?? plain ?? '']));
  return (name) => pairs.get(name);
}

/** Of a text or a number at `a.b`: a field of that name, or one field inside the other. */
export function textAt(object: JsonObject, path: string): string | undefined {
  return scalarText(valueAt(object, path));
}

/** A text, or the digits of a number; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** The object's own field; what it inherits is not there. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function valueAt(object: JsonObject, path: string): unknown {
  const whole = own(object, path);
  const dot = path.indexOf('.');
  if (whole !== undefined || dot === -1) return whole;
  const inner = own(object, path.slice(0, dot));
  return isObject(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
}

function firstOf(places: readonly FieldLookup[], names: readonly string[], isOne: (text: string) => boolean): string | undefined {
  for (const lookup of places) {
    for (const name of names) {
      const text = lookup(name);
      if (text !== undefined && isOne(text)) return text;
    }
  }
  return undefined;
}

function isHex(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9a-f]+$/i.test(text);
}
