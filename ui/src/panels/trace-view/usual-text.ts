import { formatDuration } from '../../logic/duration-format.ts';
import { timesOverP99, type UsualRange } from '../../logic/usual-range.ts';
import type { Format } from '../../messages/format.tsx';
import type { Translate } from '../../messages/translate.tsx';

interface Words {
  readonly t: Translate;
  readonly format: Format;
}

/** What is usual of a span's operation as a sentence, after one that the span is beyond it where it is. */
export function usualText(duration: number, usual: UsualRange, words: Words): string {
  return `${overText(duration, usual, words)}${words.t('usual.sentence', { range: rangeText(usual, words) })}`;
}

/** The same beside a title that says what it is. */
export function usualValue(duration: number, usual: UsualRange, words: Words): string {
  return `${overText(duration, usual, words)}${rangeText(usual, words)}`;
}

function rangeText({ count, p50, p95, p99, isAround }: UsualRange, { t, format }: Words): string {
  return t(isAround ? 'usual.rangeAround' : 'usual.range', {
    p50: formatDuration(p50),
    p95: formatDuration(p95),
    p99: formatDuration(p99),
    count,
    shown: format.number(count),
  });
}

/** That a span is beyond what is usual; empty where it is not. */
export function overText(duration: number, usual: UsualRange, { t }: Pick<Words, 't'>): string {
  const times = timesOverP99(duration, usual);
  return times === undefined ? '' : `${t('usual.slower', { times: timesText(times) })} `;
}

/** `2.1`, `14`: how many times the ninety-ninth percentile. */
export function timesText(times: number): string {
  return times < 10 ? times.toFixed(1) : String(Math.round(times));
}
