import type { Failure } from '../logic/failure.ts';
import { withExpected } from '../messages/expected-text.ts';
import type { Translate } from '../messages/translate.tsx';
import { ApiError, BROKEN_OFF, UNEXPECTED_ANSWER, UNREACHABLE } from './api-error.ts';

/** What to tell a person about a request that failed; the collector's own words where it had some. */
export function describeFailure(error: unknown, t: Translate): Failure {
  if (!(error instanceof ApiError))
    return { message: t('error.unknown'), details: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  const place = error.field === undefined ? '' : ` · ${error.field}${error.position === undefined ? '' : `:${error.position}`}`;
  const details = `${error.code} · ${error.status === 0 ? '-' : error.status} · ${error.request}${place}`;
  if (error.code === UNREACHABLE) return { message: t('error.unreachable'), details };
  if (error.code === BROKEN_OFF) return { message: t('error.brokenOff'), details };
  if (error.code === UNEXPECTED_ANSWER) return { message: t('error.unexpected', { status: error.status }), details };
  const said = t.say(error.message, error.code);
  // Who is asked for help may have to look for the collector's own words.
  const words = said === error.message ? '' : ` · ${error.message}`;
  return { message: withExpected(said, error.expected, t), details: `${details}${words}` };
}
