import type { RefusalReason } from '../api/index.ts';
import { type ErrorCode, ThreadlineError } from '../errors.ts';

/** The only tenant until there are more. */
export const TENANT = 'default';

/** What was refused, to be counted. */
export interface Refusal {
  /** Undefined where the request did not say whose it is. */
  readonly tenant: string | undefined;
  readonly reason: RefusalReason;
  readonly requests?: number;
  /** As far as they are known. */
  readonly records?: number;
}

const REASONS: Partial<Readonly<Record<ErrorCode, RefusalReason>>> = {
  queue_full: 'log_full',
  overloaded: 'overloaded',
  storage_unavailable: 'disk',
  body_too_large: 'too_large',
  malformed_body: 'malformed',
  unsupported_media_type: 'unsupported',
  unauthenticated: 'unauthenticated',
  shutting_down: 'draining',
  deadline_exceeded: 'slow',
  not_found: 'unknown_path',
  method_not_allowed: 'unknown_path',
};

/** Why, of whatever a door answers with. */
export function refusalReasonOf(error: unknown): RefusalReason {
  return (error instanceof ThreadlineError ? REASONS[error.code] : undefined) ?? 'internal';
}

/** One request that a door answered with an error. Before its key was checked nobody knows whose it is. */
export function refusedRequest(error: unknown): Refusal {
  const reason = refusalReasonOf(error);
  const isAnonymous = reason === 'unauthenticated' || reason === 'unknown_path';
  return { tenant: isAnonymous ? undefined : TENANT, reason, requests: 1 };
}
