import { rateOf } from '../logic/rate-format.ts';
import type { Format } from './format.tsx';
import type { Translate } from './translate.tsx';

/** A rate in words: with digits, however few things happened. */
export function rateText(perSecond: number, { t, format }: { readonly t: Translate; readonly format: Format }): string {
  const { key, value } = rateOf(perSecond);
  return t(key, { rate: format.number(value) });
}
