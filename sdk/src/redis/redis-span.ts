import type { Span } from '@opentelemetry/api';
import { failDatabaseSpan, type ServerAddress, startDatabaseSpan } from '../database/db-span.ts';
import { readRedisCommand, redisErrorCode } from './redis-text.ts';

/** One command, or several that are sent as one. */
export interface RedisCall {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly database: number | undefined;
  readonly server: ServerAddress;
}

/** A pipeline or a transaction. */
export interface RedisBatch {
  readonly mode: 'PIPELINE' | 'MULTI';
  /** The commands' names, in order. */
  readonly commands: readonly string[];
  readonly size: number;
  readonly database: number | undefined;
  readonly server: ServerAddress;
}

/** What a client says on its own when it connects, and what lasts as long as a subscription. */
const OWN_COMMANDS = new Set([
  'AUTH',
  'HELLO',
  'CLIENT',
  'SELECT',
  'INFO',
  'READONLY',
  'SUBSCRIBE',
  'PSUBSCRIBE',
  'SSUBSCRIBE',
  'UNSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SUNSUBSCRIBE',
  'MONITOR',
  'QUIT',
]);

/** A span named by the command alone, since keys are as many as there are things. */
export function startRedisSpan({ command, args, database, server }: RedisCall): Span | undefined {
  const operation = command.toUpperCase();
  if (OWN_COMMANDS.has(operation)) return undefined;
  return startDatabaseSpan({
    system: 'redis',
    summary: operation,
    operation,
    namespace: database === undefined ? undefined : String(database),
    text: () => readRedisCommand(command, args),
    server,
  });
}

/** One span for the whole batch: `PIPELINE SET` when all are the same command, else `PIPELINE`. */
export function startRedisBatchSpan({ mode, commands, size, database, server }: RedisBatch): Span | undefined {
  const [first] = commands;
  const same = first !== undefined && commands.every((name) => name === first);
  const operation = same ? `${mode} ${first.toUpperCase()}` : mode;
  return startDatabaseSpan({
    system: 'redis',
    summary: operation,
    operation,
    namespace: database === undefined ? undefined : String(database),
    // One alone is no batch, by the definition of the attribute.
    batchSize: size > 1 ? size : undefined,
    server,
  });
}

/** Ends the span when the promise settles; its rejection stays the app's. */
export function endWithPromise(span: Span, promise: Promise<unknown>): void {
  promise.then(
    () => span.end(),
    (error: unknown) => endRedisSpan(span, error),
  );
}

/** Ends the span with the error's own code. */
export function endRedisSpan(span: Span, error: unknown): void {
  if (error === undefined) span.end();
  else failDatabaseSpan(span, error, redisErrorCode(error));
}

/**
 * Ends the span of a batch with its replies, an error among them where a command failed: the batch did then, with the first one's code. `replies` may be
 * pairs of error and reply, as ioredis has them, with those of a transaction in the last one.
 */
export function endRedisBatchSpan(span: Span, replies: unknown): void {
  endRedisSpan(span, Array.isArray(replies) ? firstError(replies) : undefined);
}

function firstError(replies: readonly unknown[]): unknown {
  for (const reply of replies) {
    if (reply instanceof Error) return reply;
    if (!Array.isArray(reply) || reply.length === 0 || reply.length > 2) continue;
    const [error, answer]: unknown[] = reply;
    if (error instanceof Error) return error;
    const queued = error === null && Array.isArray(answer) ? answer.find((one) => one instanceof Error) : undefined;
    if (queued !== undefined) return queued;
  }
  return undefined;
}
