import { MIN_KEY_CHARACTERS } from '../correlation/raised-level.ts';
import { type Environment, invalidSetting, readList, readSwitch } from '../settings.ts';
import { TRACE_FIELDS } from './record-ids.ts';

/** What goes into log records beside what the app wrote. */
export interface LogsOptions {
  /** Baggage members that are put on every winston record, under their own names. Environment: `THREADLINE_SDK_LOG_BAGGAGE`. */
  readonly baggageKeys?: readonly string[];
  /** Severities of winston levels of the app's own: a name such as `info` or `error2`, or a number from 1 to 24. Environment: `THREADLINE_SDK_LOG_LEVELS`. */
  readonly levels?: Readonly<Record<string, string | number>>;
  /** Whether what the app writes to `console` is sent too. Environment: `THREADLINE_SDK_CAPTURE_CONSOLE`. */
  readonly console?: boolean;
  /**
   * Keys of 32 characters or more, any of which may have signed a request that raises the log level of its flow (`npx threadline-log-level`).
   * Environment: `THREADLINE_SDK_LOG_LEVEL_KEY`.
   */
  readonly levelKeys?: readonly string[];
}

/** Where exceptions that a span ends with are recorded; `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN`. */
export type ExceptionSignal = 'span' | 'logs' | 'both';

/** What every logger of winston and pino is followed by. */
export interface LoggerConfig {
  readonly baggageKeys: readonly string[];
  /** Severity numbers by level name. */
  readonly levels: ReadonlyMap<string, number>;
  /** Whether a flow may ask for records that the logger's own level leaves out. */
  readonly raisesLevels: boolean;
}

export interface LogsConfig extends LoggerConfig {
  readonly capturesConsole: boolean;
  readonly levelKeys: readonly string[];
  readonly exceptionSignal: ExceptionSignal;
}

/** OpenTelemetry's short names, at the first number of each. */
const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const NUMBERS_OF_EACH = 4;
/** Fields that winston or this SDK writes. */
const TAKEN: readonly string[] = ['level', 'message', 'timestamp', 'stack', ...TRACE_FIELDS];
const BAGGAGE_KEY = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @throws ThreadlineError for a baggage key that is none, a severity that is none, a switch that is neither on nor off, a signing key that is too short. */
export function readLogsConfig(environment: Environment, options: LogsOptions = {}): LogsConfig {
  const signals = (readList(environment, 'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN') ?? []).map((signal) => signal.toLowerCase());
  const levelKeys = readLevelKeys(options.levelKeys ?? readList(environment, 'THREADLINE_SDK_LOG_LEVEL_KEY') ?? []);
  return {
    baggageKeys: readBaggageKeys(options.baggageKeys ?? readList(environment, 'THREADLINE_SDK_LOG_BAGGAGE') ?? []),
    levels: readLevels(options.levels === undefined ? listedLevels(environment) : Object.entries(options.levels)),
    capturesConsole: options.console ?? readSwitch(environment, 'THREADLINE_SDK_CAPTURE_CONSOLE', false),
    levelKeys,
    raisesLevels: levelKeys.length > 0,
    exceptionSignal: signals.includes('logs/dup') ? 'both' : signals.includes('logs') ? 'logs' : 'span',
  };
}

function readBaggageKeys(keys: readonly string[]): readonly string[] {
  const wrong = keys.find((key) => !BAGGAGE_KEY.test(key) || TAKEN.includes(key));
  if (wrong === undefined) return keys;
  throw invalidSetting('THREADLINE_SDK_LOG_BAGGAGE', `baggage keys other than ${TAKEN.join(', ')}`, wrong);
}

/** What is wrong is told without the key. */
function readLevelKeys(keys: readonly string[]): readonly string[] {
  const short = keys.find((key) => key.length < MIN_KEY_CHARACTERS);
  if (short === undefined) return keys;
  throw invalidSetting('THREADLINE_SDK_LOG_LEVEL_KEY', `keys of ${MIN_KEY_CHARACTERS} characters or more`, `${short.length} characters`);
}

/** `audit=info,security=error2`. */
function listedLevels(environment: Environment): [level: string, severity: string | undefined][] {
  return (readList(environment, 'THREADLINE_SDK_LOG_LEVELS') ?? []).map((pair) => {
    const end = pair.lastIndexOf('=');
    return end === -1 ? [pair, undefined] : [pair.slice(0, end).trim(), pair.slice(end + 1).trim()];
  });
}

function readLevels(levels: readonly (readonly [level: string, severity: string | number | undefined])[]): ReadonlyMap<string, number> {
  return new Map(
    levels.map(([level, severity]) => {
      const number = severity === undefined ? undefined : severityNumberOf(severity);
      if (level !== '' && number !== undefined) return [level, number];
      throw invalidSetting(
        'THREADLINE_SDK_LOG_LEVELS',
        'levels with a severity, such as audit=info, security=error2 or metric=10',
        severity === undefined ? level : `${level}=${severity}`,
      );
    }),
  );
}

function severityNumberOf(severity: string | number): number | undefined {
  const match = /^(?:([a-z]+)([234])?|(\d{1,2}))$/.exec(String(severity).toLowerCase());
  if (match === null) return undefined;
  const [, name = '', step = '1', digits] = match;
  const index = SEVERITIES.indexOf(name);
  const number = digits === undefined ? index * NUMBERS_OF_EACH + Number(step) : Number(digits);
  return (digits === undefined && index === -1) || number < 1 || number > SEVERITIES.length * NUMBERS_OF_EACH ? undefined : number;
}
