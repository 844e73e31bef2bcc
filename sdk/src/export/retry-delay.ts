/** The first wait after a failure and the longest; doubled each time. */
const FIRST_RETRY_MILLIS = 1000;
const MAX_RETRY_MILLIS = 15_000;
/** A collector that asks for more than this is asked again all the same: it may have meant something else. */
const MAX_RETRY_AFTER_MILLIS = 3_600_000;
/** The three forms of a date in HTTP; what else `Date.parse` takes for one, such as -5, is none. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .* \d{2}:\d{2}:\d{2} (?:GMT|\d{4})$/;

/** How long to wait after so many failures in a row. Half to all of the step, so that a fleet does not come back at once. */
export function backoffMillis(failures: number): number {
  const step = Math.min(FIRST_RETRY_MILLIS * 2 ** (failures - 1), MAX_RETRY_MILLIS);
  return step * (0.5 + Math.random() / 2);
}

/**
 * The header `Retry-After`, seconds or an HTTP date, as milliseconds from now. Undefined for anything else, and for a time that is past or sooner than
 * the first wait after a failure: who asks for no time is asked again as if it had said nothing, and not without a pause.
 */
export function parseRetryAfter(header: string | undefined, nowMillis: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const millis = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowMillis;
  return millis >= FIRST_RETRY_MILLIS ? Math.min(millis, MAX_RETRY_AFTER_MILLIS) : undefined;
}

/** NaN for what is none. */
function parseHttpDate(text: string): number {
  if (!HTTP_DATE.test(text)) return Number.NaN;
  // The oldest form does not say that it is in this zone, as all are.
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}
