import { zoneName } from '../../logic/time-format.ts';
import { presetOf, resolveRange, type TimeRangeText } from '../../logic/time-range.ts';
import type { useFormat } from '../../messages/format.tsx';
import type { useTranslate } from '../../messages/translate.tsx';
import { presetLabel } from './preset-label.ts';

interface LabelContext {
  readonly nowMillis: number;
  readonly t: ReturnType<typeof useTranslate>;
  readonly format: ReturnType<typeof useFormat>;
}

/** A range in the reader's words: `Last 15 minutes`, or its two ends. */
export function rangeLabel(value: TimeRangeText, { nowMillis, t, format }: LabelContext): string {
  const preset = presetOf(value);
  if (preset !== undefined) return presetLabel(preset, t);
  const range = resolveRange(value, nowMillis);
  if (range === undefined) return t('time.invalid');
  const from = format.millis(range.fromMillis);
  const to = format.millis(range.toMillis);
  // The second date is left out where it is the first one's.
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} ${zoneName(format.zone, range.fromMillis)}`;
}
