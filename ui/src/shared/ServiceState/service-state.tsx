import type { ServiceStateReason } from '@threadline/collector/api';
import { formatDuration } from '../../logic/duration-format.ts';
import type { ShownState } from '../../logic/service-rows.ts';
import type { MessageKey } from '../../messages/english.ts';
import { type Format, useFormat } from '../../messages/format.tsx';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import styles from './service-state.module.css';

export const STATE_NAMES: Readonly<Record<ShownState, MessageKey>> = {
  down: 'services.down',
  degraded: 'services.degraded',
  silent: 'services.silent',
  healthy: 'services.healthy',
  absent: 'services.absent',
};
/** Told apart by their shape too. */
const SIGNS: Readonly<Record<ShownState, string>> = { down: '✕', degraded: '▲', silent: '○', healthy: '●', absent: '–' };

const NANOS_A_MILLI = 1e6;
const NANOS_A_MINUTE = 6e10;
const DAY_MILLIS = 86_400_000;

interface Stated {
  readonly state: ShownState;
  readonly reason: ServiceStateReason | undefined;
  readonly lastSeen: string | undefined;
}

interface StateMarkProps {
  readonly state: ShownState;
  readonly title?: string;
  /** When there was something of a silent one, and the end of the time that it is silent in; RFC 3339. */
  readonly since?: { readonly lastSeen: string | undefined; readonly to: string };
}

/** A service's state as a sign and a word; `reasonText` says why. */
export function StateMark({ state, title, since }: StateMarkProps) {
  const t = useTranslate();
  const format = useFormat();
  const { lastSeen } = since ?? {};
  return (
    <span className={styles.state} data-state={state} title={title}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[state]}
      </span>
      {state === 'silent' && since && lastSeen !== undefined
        ? t('services.silentSince', { time: shortTime(format.millis(Date.parse(lastSeen)), Date.parse(since.to) - Date.parse(lastSeen)) })
        : t(STATE_NAMES[state])}
    </span>
  );
}

/** Of `11-23 14:03:07`-like texts the minute, or of what is a day away the day. */
function shortTime(text: string, awayMillis: number): string {
  const [day = '', clock = ''] = text.split(' ');
  return awayMillis < DAY_MILLIS ? clock.slice(0, 5) : day;
}

/** Why a service is in its state, as a sentence. */
export function useReasonText(): (stated: Stated) => string {
  const t = useTranslate();
  const format = useFormat();
  return (stated) => reasonText(stated, t, format);
}

/** Of calls that do not fail: whether it is known how long they take. */
const HEALTHY = { judged: 'services.whyHealthy', few: 'services.whyFew', new: 'services.whyNew' } as const;

function reasonText({ state, reason, lastSeen }: Stated, t: Translate, format: Format): string {
  const time = lastSeen === undefined ? '' : format.millis(Date.parse(lastSeen));
  if (state === 'absent' || reason === undefined) return time === '' ? t('services.whyNothing') : t('services.whyAbsent', { time });
  const { type, count = 0, errors = 0, p95Millis = 0, usualP95Millis = 0, usualMinutes = 0 } = reason;
  const share = format.percent(count === 0 ? 0 : Math.min(1, errors / count));
  const counted = { count, shown: format.number(count), errors: format.number(errors), share };
  switch (type) {
    case 'nothing':
      return t('services.whySilent', { time });
    case 'uncalled':
      return t('services.whyUncalled');
    case 'resting':
      return t('services.whyResting', { ...counted, time, usual: formatDuration(usualMinutes * NANOS_A_MINUTE) });
    case 'logs':
      return t('services.whyLogs', { ...counted, errors, shownErrors: format.number(errors) });
    case 'slow': {
      const [now, usual] = [p95Millis, usualP95Millis].map((millis) => formatDuration(millis * NANOS_A_MILLI));
      return t('services.whySlow', { now: now ?? '', usual: usual ?? '' });
    }
    case 'unanswered':
      return t('services.whyUnanswered', counted);
    case 'calls':
      return t(state === 'healthy' ? HEALTHY[reason.unjudged ?? 'judged'] : 'services.whyFailing', counted);
  }
}
