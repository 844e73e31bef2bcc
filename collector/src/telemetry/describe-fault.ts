import { ThreadlineError } from '../errors.ts';
import type { LogFields } from './logger.ts';

/** The places of a stack that say where a fault came from. */
const MAX_STACK_LINES = 4;

/** A fault as the collector's own log has it: its kind, its message and where it came from; of a cause likewise. */
export function describeFault(error: unknown): LogFields {
  if (!(error instanceof Error)) return { fault: String(error) };
  const code = error instanceof ThreadlineError ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {};
  // Of a fault that the table of errors names, its place in our code says nothing to an operator.
  const at = error instanceof ThreadlineError && error.code !== 'internal' ? {} : { at: placesOf(error) };
  return { fault: `${error.name}: ${error.message}`, ...code, ...cause, ...at };
}

function placesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return lines
    .slice(0, MAX_STACK_LINES)
    .map((line) => line.trim().slice('at '.length))
    .join(' < ');
}
