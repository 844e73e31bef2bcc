import type { Translate } from '../../messages/translate.tsx';

/** A preset (`15m`, `1d`) as people say it: “Last 15 minutes”. */
export function presetLabel(preset: string, t: Translate): string {
  const amount = Number(preset.slice(0, -1));
  switch (preset.at(-1)) {
    case 's':
      return t('time.lastSeconds', { amount });
    case 'm':
      return t('time.lastMinutes', { amount });
    case 'h':
      return t('time.lastHours', { amount });
    case 'w':
      return t('time.lastDays', { amount: amount * 7 });
    default:
      return t('time.lastDays', { amount });
  }
}
