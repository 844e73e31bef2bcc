import { type ErrorCode, ThreadlineError } from '../../../errors.ts';
import { StoppedError } from '../reading/stop.ts';
import { DamagedSegmentError, MissingSegmentError } from '../segments/segment.ts';
import type { Damage } from './messages.ts';

/** An error on its way between threads. */
export interface Failure {
  /** Of a `ThreadlineError`; `stopped` when the task was told to end, `damaged` when it met damage. */
  readonly kind: ErrorCode | 'stopped' | 'damaged' | 'unknown';
  readonly message: string;
  /** Of an error of the system. */
  readonly systemCode?: string;
}

/** A task did not end well; `ThreadlineError`s come as themselves. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ThreadlineError) return { kind: error.code, message };
  if (error instanceof StoppedError) return { kind: 'stopped', message };
  if (error instanceof DamagedSegmentError) return { kind: 'damaged', message };
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { kind: 'unknown', message, ...(systemCode !== undefined && { systemCode }) };
}

/** The other way round. */
export function errorOf(failure: Failure): Error {
  const { kind, message } = failure;
  return kind === 'stopped' || kind === 'damaged' || kind === 'unknown' ? new TaskError(failure) : new ThreadlineError(kind, message);
}

/** What is told of damage, without the file that it was found in. */
export function damageOf(error: DamagedSegmentError): Damage {
  const { table, id } = error.segment;
  return { segment: { table, id }, group: error.group, reason: error.message, isMissing: error instanceof MissingSegmentError };
}
