import { absoluteRange, DEFAULT_RANGE, resolveRange } from '../logic/time-range.ts';
import type { ReadingPlace } from './reading-place.ts';
import { parseSearchText, writeSearchText } from './url-state.ts';

/** Pages whose address has a time range, or means the default one where it has none. */
const PAGES_OF_A_RANGE = ['/logs', '/traces', '/flows', '/services', '/errors'];

/**
 * The address with which others see what is shown here, also later: `now` and what is relative to it become the instants that they mean here, and the list
 * begins where the reader is (`place`). The same address where there is no range, where it means none, and for a live view, which is about what comes.
 */
export function permalink(href: string, nowMillis: number, place: ReadingPlace): string {
  const { origin, pathname, search } = new URL(href);
  const state = parseSearchText(search);
  if (!(PAGES_OF_A_RANGE.includes(pathname) || pathname.startsWith('/service/')) || state.live === '1') return href;
  const range = resolveRange({ from: state.from ?? DEFAULT_RANGE.from, to: state.to ?? DEFAULT_RANGE.to }, nowMillis);
  if (range === undefined) return href;
  return `${origin}${pathname}${writeSearchText({ ...state, ...absoluteRange(range), ...place })}`;
}
