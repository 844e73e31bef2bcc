import { createRequire } from 'node:module';
import type * as Winston from 'winston';
import { ThreadlineError } from '../errors.ts';
import { readConsoleLevel } from './console-level.ts';
import { replaceErrors } from './json-errors.ts';
import { readableLine } from './readable-line.ts';
import { patchWinston } from './winston-patch.ts';

/** What `createLogger` takes: winston's own options, each of which wins over the default. */
export type CreateLoggerOptions = Winston.LoggerOptions & {
  /** How lines look on the console: `auto` is readable on a terminal, JSON elsewhere. */
  readonly output?: 'auto' | 'json' | 'readable';
};

/**
 * A winston logger with sensible defaults: level `info` (`LOG_LEVEL` in the environment, in any case; one that the logger does
 * not have is named on standard error), one console transport,
 * JSON with a timestamp, and readable lines on a terminal outside of production. As with every winston logger under
 * the SDK each record has `trace_id`, `span_id` and `correlation_id` and is sent to the collector.
 *
 * @throws ThreadlineError (`winston_missing`) when the app has not installed winston.
 *
 * @example
 * const logger = createLogger({ defaultMeta: { component: 'checkout' } });
 * logger.info('order placed', { orderId });
 * logger.error('payment failed', { error });
 */
export function createLogger(options: CreateLoggerOptions = {}): Winston.Logger {
  const winston = loadWinston();
  patchWinston(winston);
  const { output = 'auto', ...winstonOptions } = options;
  const readable = output === 'readable' || (output === 'auto' && process.stdout.isTTY && process.env.NODE_ENV !== 'production');
  const { combine, timestamp, errors, splat, json, printf } = winston.format;
  return winston.createLogger({
    format: combine(
      errors({ stack: true, cause: true }),
      splat(),
      timestamp(),
      readable ? printf(readableLine) : json({ replacer: replaceErrors }),
    ),
    transports: [new winston.transports.Console()],
    ...winstonOptions,
    level: winstonOptions.level ?? readConsoleLevel(process.env.LOG_LEVEL, winstonOptions.levels ?? winston.config.npm.levels),
  });
}

function loadWinston(): typeof Winston {
  try {
    return createRequire(import.meta.url)('winston');
  } catch (cause) {
    throw new ThreadlineError('winston_missing', 'createLogger: winston is not installed; run npm install winston', { cause });
  }
}
