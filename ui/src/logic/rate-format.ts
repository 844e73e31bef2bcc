import type { MessageKey } from '../messages/english.ts';

/** A rate in the unit in which a few digits say it: nothing that happened is 0. */
export interface Rate {
  readonly key: Extract<MessageKey, 'services.perSecond' | 'services.perMinute' | 'services.perHour'>;
  readonly value: number;
}

/** In a unit with less than this a rate has no digits left to read. */
const LEAST = 0.01;
const DIGITS = 3;

export function rateOf(perSecond: number): Rate {
  const perMinute = perSecond * 60;
  if (perSecond === 0 || perSecond >= LEAST) return { key: 'services.perSecond', value: perSecond };
  if (perMinute >= LEAST) return { key: 'services.perMinute', value: rounded(perMinute) };
  return { key: 'services.perHour', value: rounded(perMinute * 60) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
