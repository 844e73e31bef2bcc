import { ThreadlineError } from './errors.ts';
import { askForNearest } from './nearest-name.ts';

/** The SDK's own settings and what each is for; the table of docs/sdk.md. */
export const SETTINGS = {
  THREADLINE_SDK_INGEST_KEY: 'the collector’s ingest key, sent as `authorization: Bearer`',
  THREADLINE_SDK_ALLOWED_HOSTS: 'further hosts that receive baggage and the correlation id, comma-separated',
  THREADLINE_SDK_TRUST: 'whose trace context and correlation id to believe: all, none or address ranges',
  THREADLINE_SDK_CORRELATION_HEADERS: 'header names to read the id from, in order; the first is also written',
  THREADLINE_SDK_TRACE_CONTEXT_TO: 'which hosts receive traceparent: all or allowed',
  THREADLINE_SDK_LOG_BAGGAGE: 'baggage members that are put on every winston record, comma-separated',
  THREADLINE_SDK_LOG_LEVELS: 'severities of winston levels of the app’s own, comma-separated',
  THREADLINE_SDK_LOG_LEVEL_KEY:
    'the key with which a request is signed that raises the log level of its flow; all that are accepted, comma-separated',
  THREADLINE_SDK_CAPTURE_CONSOLE: 'whether what the app writes to the console is sent as log records: on or off',
  THREADLINE_SDK_TAIL_SAMPLING: 'whether what failed or was slow is kept although the sampler leaves its trace out: on or off',
  THREADLINE_SDK_TAIL_SLOW_MILLIS: 'from how many milliseconds on a span is slow',
  THREADLINE_SDK_SAMPLING_THRESHOLD: 'whether a share is the same traces in every service and named in tracestate: on or off',
  THREADLINE_SDK_REDACTION: 'whether secrets are hidden in what leaves the process: on or off',
  THREADLINE_SDK_REDACT_NAMES: 'further names whose values are hidden, comma-separated',
  THREADLINE_SDK_REDACT_EMAILS: 'whether addresses of e-mail are hidden too: true or false',
  THREADLINE_SDK_REDIS_LISTS: 'Redis lists beside which the context of each element is written, comma-separated',
  THREADLINE_SDK_REDIS_CHANNELS: 'Redis pub/sub channels whose messages carry the context in an envelope, comma-separated',
  THREADLINE_SDK_SPOOL_DIR: 'the folder in which telemetry waits that the collector does not take, for this process and the next',
  THREADLINE_SDK_SPOOL_MAX_BYTES: 'how many bytes a process may write there, 1048576 or more; 0 keeps nothing there',
  THREADLINE_SDK_MESSAGE_PARENT: 'what the span of a message’s handler is a child of: producer, or link for a trace of its own',
} as const;

/** For a name that is near to none. */
const OTHERWISE = '; docs/sdk.md has those that there are';

/** A longer one fires at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** Environment variables as Node has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting's text without surrounding blanks; an empty one counts as not set, as OpenTelemetry has it. */
export function readText(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

/** The parts of a comma-separated setting, without blanks and empty ones. */
export function readList(environment: Environment, name: string): string[] | undefined {
  return readText(environment, name)
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A whole number of at least `minimum`, else the error that says so. */
export function readCount(environment: Environment, name: string, minimum: number): number | undefined {
  const text = readText(environment, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < minimum) throw invalidSetting(name, `a whole number of at least ${minimum}`, text);
  return count;
}

/** As `readCount`, for milliseconds of a timer: beyond what one can wait, which is 24 days, it waits that long. */
export function readMillis(environment: Environment, name: string, minimum: number): number | undefined {
  const millis = readCount(environment, name, minimum);
  return millis === undefined ? undefined : Math.min(millis, MAX_TIMER_MILLIS);
}

/** `on` or `off`, else the error that says so. */
export function readSwitch(environment: Environment, name: string, initially: boolean): boolean {
  const text = readText(environment, name);
  if (text === undefined) return initially;
  if (text === 'on' || text === 'off') return text === 'on';
  throw invalidSetting(name, 'on or off', text);
}

/** One line: which setting, what it may be, what it is. Do not pass the value of a secret. */
export function invalidSetting(name: string, expected: string, actual: string): ThreadlineError {
  return new ThreadlineError('invalid_setting', `${name}: expected ${expected}, got ${JSON.stringify(actual)}`);
}

/** Throws for the first `THREADLINE_SDK_*` that does not exist, with the nearest one that does, where one is near. Other names are not ours. */
export function rejectUnknownSettings(environment: Environment): void {
  const known = Object.keys(SETTINGS);
  const prefix = 'THREADLINE_SDK_';
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(prefix) || known.includes(name)) continue;
    throw new ThreadlineError('unknown_setting', `${name}: unknown setting${askForNearest(name, known, prefix) || OTHERWISE}`);
  }
}

/** What percent signs in a setting stand for; undefined where one stands for nothing. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
