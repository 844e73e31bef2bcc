import type { ShownState, StateReason } from '../../logic/service-rows.ts';
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

interface Stated {
  readonly state: ShownState;
  readonly reason: StateReason;
  readonly lastSeen: string | undefined;
}

/** A service's state as a sign and a word; `reasonText` says why. */
export function StateMark({ state, title }: { readonly state: ShownState; readonly title?: string }) {
  const t = useTranslate();
  return (
    <span className={styles.state} data-state={state} title={title}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[state]}
      </span>
      {t(STATE_NAMES[state])}
    </span>
  );
}

/** Why a service is in its state, as a sentence. */
export function useReasonText(): (stated: Stated) => string {
  const t = useTranslate();
  const format = useFormat();
  return (stated) => reasonText(stated, t, format);
}

function reasonText({ state, reason, lastSeen }: Stated, t: Translate, format: Format): string {
  const since = lastSeen === undefined ? '' : format.millis(Date.parse(lastSeen));
  if (state === 'healthy') return t('services.whyHealthy');
  if (state === 'silent') return t('services.whySilent', { time: since });
  if (state === 'absent') return since === '' ? t('services.whyNoCalls') : t('services.whyAbsent', { time: since });
  if (reason.type === 'failing') {
    const { count, errors } = reason;
    const share = format.percent(count === 0 ? 1 : Math.min(1, errors / count));
    return t('services.whyFailing', { errors: format.number(errors), count: format.number(count), share });
  }
  if (reason.type === 'slow') return t('services.whySlow');
  return t(state === 'down' ? 'services.whyDown' : 'services.whyDegraded');
}
