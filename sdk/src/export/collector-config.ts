import type { StartOptions } from '../config.ts';
import { readKnownName } from '../known-names.ts';
import { type Environment, invalidSetting, readCount, readMillis, readText } from '../settings.ts';
import type { Signal } from './batch.ts';
import { ENCODINGS, type Encoding } from './encodings.ts';
import { type RequestConfig, readRequestConfig, type SettingSignal } from './request-config.ts';
import { readSpoolConfig, type SpoolConfig } from './spool/spool-location.ts';

/** How one signal's items become batches. */
export interface BatchingConfig {
  /** How long an item waits for others before it is sent. */
  readonly delayMillis: number;
  readonly maxQueueItems: number;
  readonly maxBatchItems: number;
}

/** Where and how to send. */
export interface CollectorConfig {
  /** Undefined when the signal is switched off with `OTEL_TRACES_EXPORTER=none`. */
  readonly tracesUrl: string | undefined;
  /** Undefined when the signal is switched off with `OTEL_LOGS_EXPORTER=none`. */
  readonly logsUrl: string | undefined;
  readonly requests: Readonly<Record<Signal, RequestConfig>>;
  /** How what is made is written; what waits on disk is sent as it was written. */
  readonly encodings: Readonly<Record<Signal, Encoding>>;
  readonly batching: Readonly<Record<Signal, BatchingConfig>>;
  /** Where batches wait that the collector does not take. */
  readonly spool: SpoolConfig;
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';
/** Short enough that a request is seen in the UI when one looks; long enough that a busy service sends few, full batches. */
const DEFAULT_DELAY_MILLIS = 500;
/** About 10 MB of spans or records, for bursts: what is a batch leaves for the collector or the disk. */
const DEFAULT_QUEUE_ITEMS = 8192;
/** OpenTelemetry's own figure. */
const DEFAULT_BATCH_ITEMS = 512;

/** @throws ThreadlineError for an address that is no http(s) URL, a header, a number and a file that are none. */
export function readCollectorConfig(environment: Environment, options: Pick<StartOptions, 'endpoint' | 'ingestKey'>): CollectorConfig {
  const endpointName = options.endpoint === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'endpoint';
  const endpoint = options.endpoint ?? readText(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_ENDPOINT;
  const base = readUrl(endpointName, endpoint);
  const signalUrl = (signal: SettingSignal, path: string): string | undefined => {
    if (readKnownName(environment, `OTEL_${signal}_EXPORTER`) === 'none') return undefined;
    const own = options.endpoint === undefined ? readText(environment, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) : undefined;
    return own === undefined ? below(base, `v1/${path}`) : readUrl(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, own).href;
  };
  const ingestKey = options.ingestKey ?? readText(environment, 'THREADLINE_SDK_INGEST_KEY');
  return {
    tracesUrl: signalUrl('TRACES', 'traces'),
    logsUrl: signalUrl('LOGS', 'logs'),
    requests: {
      traces: readRequestConfig(environment, 'TRACES', ingestKey),
      logs: readRequestConfig(environment, 'LOGS', ingestKey),
    },
    encodings: { traces: readEncoding(environment, 'TRACES'), logs: readEncoding(environment, 'LOGS') },
    batching: { traces: readBatching(environment, ['OTEL_BSP']), logs: readBatching(environment, ['OTEL_BLRP', 'OTEL_BSP']) },
    spool: readSpoolConfig(environment),
  };
}

/** By the first of the prefixes that says it: log records go by what is said of spans where nothing is said of them. */
function readBatching(environment: Environment, prefixes: readonly string[]): BatchingConfig {
  const read = (setting: string, minimum: number, readOne = readCount): number | undefined =>
    prefixes.map((prefix) => readOne(environment, `${prefix}_${setting}`, minimum)).find((value) => value !== undefined);
  const maxQueueItems = read('MAX_QUEUE_SIZE', 1) ?? DEFAULT_QUEUE_ITEMS;
  return {
    delayMillis: read('SCHEDULE_DELAY', 0, readMillis) ?? DEFAULT_DELAY_MILLIS,
    maxQueueItems,
    maxBatchItems: Math.min(read('MAX_EXPORT_BATCH_SIZE', 1) ?? DEFAULT_BATCH_ITEMS, maxQueueItems),
  };
}

/** The signal's own protocol, else the one of both, else protobuf, which costs both sides less (docs/adr/0022). */
function readEncoding(environment: Environment, signal: SettingSignal): Encoding {
  const protocol =
    readKnownName(environment, `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`) ?? readKnownName(environment, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  return protocol === ENCODINGS.json.protocol ? 'json' : 'protobuf';
}

/** Without its fragment, which is never sent. */
function readUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalidSetting(name, 'an address such as http://localhost:4318', text);
  }
  url.hash = '';
  return url;
}

/** A query stays at the end. */
function below(base: URL, path: string): string {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${path}`;
  return url.href;
}
