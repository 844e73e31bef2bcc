import { formatDuration } from '../logic/duration-format.ts';
import type { Translate } from './translate.tsx';

/** What stands in the place of a duration where a span ends before it starts by so much; 0: no end was sent. */
export function earlyText(nanos: number, t: Translate): string {
  return nanos === 0 ? t('span.endIsZero') : t('span.endsBefore', { duration: formatDuration(nanos) });
}
