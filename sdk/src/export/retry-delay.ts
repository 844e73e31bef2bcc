/** The first wait after a failure and the longest; doubled each time. */
const FIRST_RETRY_MILLIS = 1000;
const MAX_RETRY_MILLIS = 15_000;
/** A collector that asks for more than this is asked again all the same: it may have meant something else. */
const MAX_RETRY_AFTER_MILLIS = 3_600_000;

/** How long to wait after so many failures in a row. Half to all of the step, so that a fleet does not come back at once. */
export function backoffMillis(failures: number): number {
  const step = Math.min(FIRST_RETRY_MILLIS * 2 ** (failures - 1), MAX_RETRY_MILLIS);
  return step * (0.5 + Math.random() / 2);
}

/** The header `Retry-After`, seconds or an HTTP date, as milliseconds from now; undefined for anything else. */
export function parseRetryAfter(header: string | undefined, nowMillis: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const millis = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMillis;
  return Number.isNaN(millis) ? undefined : Math.min(Math.max(millis, 0), MAX_RETRY_AFTER_MILLIS);
}
