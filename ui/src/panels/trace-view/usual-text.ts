import { formatDuration } from '../../logic/duration-format.ts';
import { timesOverP99, type UsualRange } from '../../logic/usual-range.ts';
import type { Format } from '../../messages/format.tsx';
import type { Translate } from '../../messages/translate.tsx';

interface Words {
  readonly t: Translate;
  readonly format: Format;
}

/** What is usual of a span's operation, and that the span is beyond it where it is. */
export function usualText(duration: number, usual: UsualRange, { t, format }: Words): string {
  const { count, p50, p95, p99 } = usual;
  const range = t('usual.range', {
    p50: formatDuration(p50),
    p95: formatDuration(p95),
    p99: formatDuration(p99),
    count,
    shown: format.number(count),
  });
  const times = timesOverP99(duration, usual);
  return times === undefined ? range : `${t('usual.slower', { times: timesText(times) })} ${range}`;
}

/** `2.1`, `14`: how many times the ninety-ninth percentile. */
export function timesText(times: number): string {
  return times < 10 ? times.toFixed(1) : String(Math.round(times));
}
