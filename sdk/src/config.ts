import { DiagLogLevel } from '@opentelemetry/api';
import type { AttributeLimits } from './attributes.ts';
import { isHostPattern } from './correlation/allowed-hosts.ts';
import { parseTrust, type Trust } from './correlation/trust.ts';
import { type CollectorConfig, readCollectorConfig } from './export/collector-config.ts';
import { type LogsConfig, type LogsOptions, readLogsConfig } from './logs/logs-config.ts';
import { type MessagingConventions, readMessagingConventions } from './messaging/conventions.ts';
import { type RedactionConfig, type RedactionOptions, readRedaction } from './redaction/redaction-config.ts';
import { readSampling, type SamplingConfig, type SamplingOptions } from './sampling/sampling-config.ts';
import { type Environment, invalidSetting, readCount, readList, readText, rejectUnknownSettings } from './settings.ts';
import { checkStartOptions } from './start-options.ts';
import { readAttributeLimits, readSpanLimits, type SpanLimits } from './traces/span-limits.ts';

/** What code may set; each wins over the environment. */
export interface StartOptions {
  /** `service.name`. Environment: `OTEL_SERVICE_NAME`, else the package's name. */
  readonly serviceName?: string;
  /** The collector's OTLP/HTTP address. Environment: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`. */
  readonly endpoint?: string;
  /** Environment: `THREADLINE_SDK_INGEST_KEY`. */
  readonly ingestKey?: string;
  /** Hosts beside the defaults that receive baggage and the correlation id. Environment: `THREADLINE_SDK_ALLOWED_HOSTS`. */
  readonly allowedHosts?: readonly string[];
  /** `all`, `none` or address ranges joined by commas. Environment: `THREADLINE_SDK_TRUST`. */
  readonly trust?: string;
  /** Names to read the correlation id from, in order; the first is also written. Environment: `THREADLINE_SDK_CORRELATION_HEADERS`. */
  readonly correlationHeaders?: readonly string[];
  /**
   * `producer` puts the span of a message's handler into the producer's trace, `link` into one of the consumer's own with
   * a link to it; the correlation id is the message's either way. Environment: `THREADLINE_SDK_MESSAGE_PARENT`.
   */
  readonly messageParent?: 'producer' | 'link';
  /** Redis pub/sub channels, `*` for any characters, whose messages carry the context. Environment: `THREADLINE_SDK_REDIS_CHANNELS`. */
  readonly redisChannels?: readonly string[];
  /** Redis lists, `*` for any characters, beside which the context of each element is written. Environment: `THREADLINE_SDK_REDIS_LISTS`. */
  readonly redisLists?: readonly string[];
  /** What is hidden beside the built-in rules; false hides nothing. Environment: `THREADLINE_SDK_REDACTION`. */
  readonly redaction?: RedactionOptions | false;
  /**
   * Makes the id of a flow that comes without one: a request, a message, a run of a timer. Without it the id is the trace id.
   * Must answer at once, and differently each time, 1 to 128 of `A-Z a-z 0-9 . _ ~ : / @ + = -`; else the trace id is taken.
   */
  readonly createCorrelationId?: () => string;
  /** What goes into log records beside what the app wrote. */
  readonly logs?: LogsOptions;
  /** Which spans are kept: everything by default. */
  readonly sampling?: SamplingOptions;
}

/** Everything the SDK runs by, checked. */
export interface Config {
  /** False when `OTEL_SDK_DISABLED` is true: then nothing else is read. */
  readonly enabled: boolean;
  readonly serviceName: string | undefined;
  readonly collector: CollectorConfig;
  readonly allowedHosts: readonly string[];
  readonly trust: Trust;
  readonly correlationHeaders: readonly [string, ...string[]];
  readonly createCorrelationId: (() => string) | undefined;
  readonly traceContextTo: 'all' | 'allowed';
  readonly logs: LogsConfig;
  readonly sampling: SamplingConfig;
  readonly redisChannels: readonly string[];
  readonly redisLists: readonly string[];
  readonly spanLimits: SpanLimits;
  readonly logAttributeLimits: AttributeLimits;
  /** What OpenTelemetry's API says of itself; undefined for nothing. */
  readonly diagLevel: DiagLogLevel | undefined;
  readonly messageParent: 'producer' | 'link';
  readonly conventions: MessagingConventions;
  /** Undefined when nothing is hidden. */
  readonly redaction: RedactionConfig | undefined;
}

/** OpenTelemetry's 128 would leave most messages of a large batch without a link from its receive span. */
const DEFAULT_LINK_COUNT = 1000;
const DIAG_LEVELS = {
  NONE: DiagLogLevel.NONE,
  ERROR: DiagLogLevel.ERROR,
  WARN: DiagLogLevel.WARN,
  INFO: DiagLogLevel.INFO,
  DEBUG: DiagLogLevel.DEBUG,
  VERBOSE: DiagLogLevel.VERBOSE,
  ALL: DiagLogLevel.ALL,
} as const;
const DEFAULT_CORRELATION_HEADER = 'x-correlation-id';
const CORRELATION_HEADERS = 'THREADLINE_SDK_CORRELATION_HEADERS';
/** What HTTP and W3C have for something else: an id in them breaks calls and answers, or the trace. */
const TAKEN_HEADERS: ReadonlySet<string> = new Set(
  'accept authorization baggage connection content-encoding content-length content-type cookie date expect host keep-alive location origin proxy-authorization set-cookie te traceparent tracestate trailer transfer-encoding upgrade'.split(
    ' ',
  ),
);
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** `OTEL_SDK_DISABLED`, which OpenTelemetry reads as true only for the word, in any case. */
export function isDisabled(environment: Environment): boolean {
  return readText(environment, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
}

/**
 * Options, else environment, else defaults.
 * @throws ThreadlineError with one line that names the setting, what it may be and what it is.
 */
export function readConfig(environment: Environment, options: StartOptions = {}): Config {
  rejectUnknownSettings(environment);
  checkStartOptions(options);
  return {
    enabled: !isDisabled(environment),
    serviceName: givenName(options.serviceName) ?? readText(environment, 'OTEL_SERVICE_NAME'),
    collector: readCollectorConfig(environment, options),
    allowedHosts: readAllowedHosts(options.allowedHosts ?? readList(environment, 'THREADLINE_SDK_ALLOWED_HOSTS') ?? []),
    trust: readTrust(options.trust ?? readText(environment, 'THREADLINE_SDK_TRUST') ?? 'all'),
    correlationHeaders: readCorrelationHeaders(
      options.correlationHeaders ?? readList(environment, 'THREADLINE_SDK_CORRELATION_HEADERS') ?? [],
    ),
    traceContextTo: readTraceContextTo(readText(environment, 'THREADLINE_SDK_TRACE_CONTEXT_TO') ?? 'all'),
    createCorrelationId: options.createCorrelationId,
    logs: readLogsConfig(environment, options.logs),
    sampling: readSampling(environment, options.sampling),
    redisChannels: options.redisChannels ?? readList(environment, 'THREADLINE_SDK_REDIS_CHANNELS') ?? [],
    redisLists: options.redisLists ?? readList(environment, 'THREADLINE_SDK_REDIS_LISTS') ?? [],
    spanLimits: readSpanLimits(environment, readCount(environment, 'OTEL_SPAN_LINK_COUNT_LIMIT', 0) ?? DEFAULT_LINK_COUNT),
    logAttributeLimits: readAttributeLimits(environment, 'OTEL_LOGRECORD'),
    diagLevel: readDiagLevel(readText(environment, 'OTEL_LOG_LEVEL')),
    messageParent: readMessageParent(options.messageParent ?? readText(environment, 'THREADLINE_SDK_MESSAGE_PARENT') ?? 'producer'),
    conventions: readMessagingConventions(environment),
    redaction: readRedaction(environment, options.redaction),
  };
}

/** OpenTelemetry's names in any case; it takes any other text for `info`. */
function readDiagLevel(text: string | undefined): DiagLogLevel | undefined {
  if (text === undefined) return undefined;
  return new Map(Object.entries(DIAG_LEVELS)).get(text.toUpperCase()) ?? DiagLogLevel.INFO;
}

function readAllowedHosts(hosts: readonly string[]): readonly string[] {
  const wrong = hosts.find((host) => !isHostPattern(host));
  if (wrong === undefined) return hosts;
  throw invalidSetting('THREADLINE_SDK_ALLOWED_HOSTS', 'host names, *.suffixes, addresses or ranges without a port', wrong);
}

function readTrust(text: string): Trust {
  const trust = parseTrust(text);
  if (trust === undefined) throw invalidSetting('THREADLINE_SDK_TRUST', 'all, none or address ranges such as 10.0.0.0/8', text);
  return trust;
}

function readCorrelationHeaders(names: readonly string[]): readonly [string, ...string[]] {
  const [first = DEFAULT_CORRELATION_HEADER, ...others] = names.map((name) => name.toLowerCase());
  const wrong = [first, ...others].find((name) => !HEADER_NAME.test(name));
  if (wrong !== undefined) throw invalidSetting(CORRELATION_HEADERS, 'header names joined by commas', wrong);
  const taken = [first, ...others].find((name) => TAKEN_HEADERS.has(name));
  if (taken !== undefined) throw invalidSetting(CORRELATION_HEADERS, 'a header that has no other meaning', taken);
  return [first, ...others];
}

function givenName(name: string | undefined): string | undefined {
  if (name === undefined || name.trim() !== '') return name;
  throw invalidSetting('serviceName', 'a name', name);
}

function readTraceContextTo(text: string): 'all' | 'allowed' {
  if (text === 'all' || text === 'allowed') return text;
  throw invalidSetting('THREADLINE_SDK_TRACE_CONTEXT_TO', 'all or allowed', text);
}

function readMessageParent(text: string): 'producer' | 'link' {
  if (text === 'producer' || text === 'link') return text;
  throw invalidSetting('THREADLINE_SDK_MESSAGE_PARENT', 'producer or link', text);
}
