import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { isCorrelationId } from './correlation/correlation-id.ts';
import { isRaisedLevelName, LOG_LEVEL_HEADER, MAX_VALID_MILLIS, RAISED_LEVELS, signLevel } from './correlation/raised-level.ts';
import { ThreadlineError } from './errors.ts';
import type { Environment } from './settings.ts';

const MILLIS_A_MINUTE = 60_000;
const DEFAULT_MINUTES = '10';

export const USAGE = `Usage: threadline-log-level [${Object.keys(RAISED_LEVELS).join('|')}] [correlation ID] [--minutes ${DEFAULT_MINUTES}]

Prints the two headers of a request whose flow is logged from this level on, in every service that has the key, whatever the
levels of its loggers: debug by default, under an ID that is made up by default, for ${DEFAULT_MINUTES} minutes (at most ${MAX_VALID_MILLIS / MILLIS_A_MINUTE}).

  threadline-log-level > headers && cat headers && curl -H @headers https://shop.example/checkout

The key is read from THREADLINE_SDK_LOG_LEVEL_KEY, the first where there are several.`;

/**
 * The headers that raise a flow's log level, one a line.
 * @throws ThreadlineError with one line that says what is wrong with the arguments or the key.
 */
export function logLevelHeaders(args: readonly string[], environment: Environment, nowMillis: number): string {
  const { level, correlationId, minutes } = readArguments(args);
  const { logs, correlationHeaders } = readConfig(environment);
  const [key] = logs.levelKeys;
  if (key === undefined)
    throw new ThreadlineError('invalid_setting', 'THREADLINE_SDK_LOG_LEVEL_KEY: expected the key of the services, got none');
  const token = signLevel({ key, correlationId, level, untilMillis: nowMillis + minutes * MILLIS_A_MINUTE });
  return `${correlationHeaders[0]}: ${correlationId}\n${LOG_LEVEL_HEADER}: ${token}\n`;
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const [level = 'debug', correlationId = `debug-${randomBytes(4).toString('hex')}`, ...others] = positionals;
  if (others.length > 0) throw wrongArgument(`more than a level and an ID: ${others.join(' ')}`);
  if (!isRaisedLevelName(level))
    throw wrongArgument(`expected a level of ${Object.keys(RAISED_LEVELS).join(', ')}, got ${JSON.stringify(level)}`);
  if (!isCorrelationId(correlationId))
    throw wrongArgument(`expected an ID of 1 to 128 of A-Z a-z 0-9 . _ ~ : / @ + = -, got ${JSON.stringify(correlationId)}`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes * MILLIS_A_MINUTE <= MAX_VALID_MILLIS))
    throw wrongArgument(
      `--minutes: expected a number above 0 and up to ${MAX_VALID_MILLIS / MILLIS_A_MINUTE}, got ${JSON.stringify(values.minutes)}`,
    );
  return { level, correlationId, minutes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { minutes: { type: 'string', default: DEFAULT_MINUTES } } });
  } catch (error) {
    throw wrongArgument(error instanceof Error ? error.message : String(error));
  }
}

function wrongArgument(text: string): ThreadlineError {
  return new ThreadlineError('invalid_setting', `${text}\n\n${USAGE}`);
}
