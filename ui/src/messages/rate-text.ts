import { LEAST_PER_MINUTE, ratePerMinute } from '../logic/rate-format.ts';
import type { Format } from './format.tsx';
import type { Translate } from './translate.tsx';

/** A rate in words, always by the minute. */
export function rateText(perSecond: number, { t, format }: { readonly t: Translate; readonly format: Format }): string {
  const rate = ratePerMinute(perSecond);
  if (rate === undefined) return t('services.fewPerMinute', { rate: format.number(LEAST_PER_MINUTE) });
  return t('services.perMinute', { rate: format.number(rate) });
}
