import type { KeyValue, OtlpLogRecord } from '../api/index.ts';
import { anyValue, keyValues, textAttribute } from './attributes.ts';
import { isObject, type JsonObject } from './json-shapes.ts';
import {
  exceptionAttributes,
  firstText,
  LEVEL_NAMES,
  levelIn,
  own,
  placesIn,
  placesInLine,
  scalarText,
  textAt,
  traceFields,
  withFlow,
} from './log-fields.ts';

/**
 * What a document says of where it comes from; the rest is of the record. Source: Elastic Common Schema, as Beats and Fluent Bit fill it; in capitals,
 * syslog-ng's macros and the fields of systemd's journal.
 */
const RESOURCE_KEYS: ReadonlySet<string> = new Set(['service', 'host', 'container', 'kubernetes', 'orchestrator', 'cloud', 'agent']);
const SERVICE_PATHS = [
  'service.name',
  'service',
  'kubernetes.labels.app',
  'kubernetes.labels.app.kubernetes.io/name',
  'kubernetes.labels.app_kubernetes_io/name',
  'kubernetes.container.name',
  'kubernetes.container_name',
  'container.name',
  'app',
  'application',
  'service_name',
  'fields.service',
  'fields.app',
  'PROGRAM',
  'SYSLOG_IDENTIFIER',
  '_SYSTEMD_UNIT',
] as const;
const HOST_KEYS: ReadonlySet<string> = new Set(['host', 'HOST', '_HOSTNAME']);
/** The last four: .NET's own formatter and Serilog's two, of which the compact one may have the template alone. */
const BODY_KEYS = ['message', 'log', 'msg', 'MESSAGE', 'Message', '@m', 'RenderedMessage', '@mt'] as const;
const LEVEL_PATHS = ['log.level', ...LEVEL_NAMES, 'PRIORITY'] as const;
/** Where a number is syslog's: in those of the journal and of rsyslog. Elsewhere numbers are of another order, and are left as they are. */
const SYSLOG_LEVEL_PATHS: ReadonlySet<string> = new Set(['severity', 'PRIORITY']);
/** By their number. Source: RFC 5424, 6.2.1, in syslog's own words. */
const SYSLOG_LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
/** What else senders call the time: Vector, which renames it for a data stream only; pino, slog and Docker; zap; Serilog. Others may call a number so: a date alone is taken. */
const OTHER_TIMES = ['timestamp', 'time', 'ts', '@t', 'Timestamp'] as const;
/** RFC 3339, and what Elasticsearch takes beside it: a time without seconds, or none. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const MILLIS = /^\d{1,14}$/;
const NANOS_PER_MILLI = 1_000_000n;
const MAX_MILLIS = 18_000_000_000_000;
/** What OTLP has room for: the year 2554. */
const MAX_NANOS = 2n ** 64n - 1n;

/** A document as a log record, with the attributes of its resource. */
export interface ConvertedDocument {
  readonly resource: readonly KeyValue[];
  readonly record: OtlpLogRecord;
}

/**
 * Any object is a record: `@timestamp` (else a date in `timestamp`, `time` and others) is its time, `message` (else `log`, `msg` and others) its body, `log.level` (else `level`,
 * `severity` and others) its level; `trace.id` and `span.id` tie it to a trace, `correlation_id` to a flow; what none of them says, its line may. What is left are attributes, with their types, and the index's name; so is what stands in one of these places and is
 * not of its kind, as a time that is none.
 */
export function convertDocument(document: JsonObject, index: string): ConvertedDocument {
  const bodyKey = BODY_KEYS.find((key) => typeof own(document, key) === 'string') ?? BODY_KEYS.find((key) => isSingle(own(document, key)));
  const levelPath = LEVEL_PATHS.find((path) => textAt(document, path) !== undefined);
  const body = bodyKey === undefined ? undefined : own(document, bodyKey);
  const line = placesInLine(typeof body === 'string' ? body : '');
  const severityText = levelPath === undefined ? levelIn(line) : levelText(textAt(document, levelPath) ?? '', levelPath);
  const places = [...placesIn(document), ...line];
  const timeKey =
    timeOf(own(document, '@timestamp')) === undefined
      ? (OTHER_TIMES.find((key) => isDateTime(own(document, key))) ?? '@timestamp')
      : '@timestamp';
  const timeNanos = timeOf(own(document, timeKey));
  const isUsed = (key: string): boolean => (key === timeKey && timeNanos !== undefined) || key === bodyKey || key === levelPath;
  const service = firstText([(path) => textAt(document, path)], isOfPino(document) ? [...SERVICE_PATHS, 'name'] : SERVICE_PATHS);
  const entries = Object.entries(document).filter(([key]) => !isUsed(key));
  const isOfResource = ([key, value]: [string, unknown]): boolean =>
    RESOURCE_KEYS.has(key.split('.', 1)[0] ?? '') || (HOST_KEYS.has(key) && typeof value === 'string');
  return {
    resource: [
      ...textAttribute('service.name', service),
      ...entries
        .filter(isOfResource)
        .filter(([key, value]) => key !== 'service.name' || value !== service)
        .flatMap((entry) => resourceAttribute(entry, service)),
    ],
    record: {
      timeUnixNano: (timeNanos ?? 0n).toString(),
      observedTimeUnixNano: '0',
      ...(severityText === undefined ? {} : { severityText }),
      ...(bodyKey === undefined ? {} : { body: anyValue(body) }),
      attributes: withFlow(
        [
          ...entries.filter((entry) => !isOfResource(entry)).map(([key, value]) => ({ key, value: anyValue(value) })),
          ...exceptionAttributes(document),
          ...textAttribute('elasticsearch.index', index),
        ],
        places,
      ),
      ...traceFields(places),
    },
  };
}

/** pino and Bunyan call the app `name`, and write these beside it; in a document of another logger that is the logger's name, or anybody's. */
function isOfPino(document: JsonObject): boolean {
  return scalarText(own(document, 'pid')) !== undefined && scalarText(own(document, 'hostname')) !== undefined;
}

/** The service's name stands on its own; beside it `service` may have more: its version, its node. A host that is a text is its name. */
function resourceAttribute([key, value]: [string, unknown], service: string | undefined): KeyValue[] {
  if (HOST_KEYS.has(key) && typeof value === 'string') return textAttribute('host.name', value);
  if (key !== 'service' || !isObject(value))
    return service !== undefined && scalarText(value) === service ? [] : [{ key, value: anyValue(value) }];
  const { name, ...others } = value;
  return keyValues(service !== undefined && scalarText(name) === service ? others : value).map((attribute) => ({
    ...attribute,
    key: `service.${attribute.key}`,
  }));
}

function levelText(text: string, path: string): string {
  return SYSLOG_LEVEL_PATHS.has(path) ? (SYSLOG_LEVELS[Number(text)] ?? text) : text;
}

/** Nanoseconds of RFC 3339 (UTC where it names no zone) or of milliseconds, as a number or a text; undefined for anything else and for what OTLP has no room for. */
function timeOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return value >= 0 && value <= MAX_MILLIS ? BigInt(Math.trunc(value * 1_000)) * 1_000n : undefined;
  if (typeof value !== 'string') return undefined;
  if (MILLIS.test(value)) return timeOf(Number(value));
  const [, date, time = '00:00', fraction = '', zone = 'Z'] = DATE_TIME.exec(value) ?? [];
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const millis = Date.parse(`${date}T${time}${offset}`);
  const nanos = millis >= 0 ? BigInt(millis) * NANOS_PER_MILLI + BigInt(fraction.padEnd(9, '0')) : undefined;
  return nanos === undefined || nanos > MAX_NANOS ? undefined : nanos;
}

function isDateTime(value: unknown): boolean {
  return typeof value === 'string' && DATE_TIME.test(value);
}

function isSingle(value: unknown): boolean {
  return scalarText(value) !== undefined || typeof value === 'boolean';
}
