import type { ClockCorrection, ServiceClock } from '../../logic/clock-correction.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './clock-notice.module.css';

interface ClockNoticeProps {
  readonly correction: ClockCorrection;
  /** They are drawn where they belong. */
  readonly isCorrected: boolean;
  readonly onCorrect: (isCorrected: boolean) => void;
}

/** Which services' clocks are wrong, what shows it, and the switch that draws them where they belong. */
export function ClockNotice({ correction, isCorrected, onCorrect }: ClockNoticeProps) {
  const t = useTranslate();
  return (
    <div className={styles.clocks} role="note" aria-label={t('clocks.title')}>
      <label className={styles.check}>
        <input type="checkbox" checked={isCorrected} onChange={(event) => onCorrect(event.target.checked)} />
        {t('clocks.correct')}
      </label>
      <ul className={styles.list}>
        {correction.clocks.map((clock) => (
          <ClockLine key={clock.service} clock={clock} isCorrected={isCorrected} />
        ))}
        {correction.mixed.length > 0 && <li>{t('clocks.mixed', { services: correction.mixed.join(', ') })}</li>}
      </ul>
    </div>
  );
}

function ClockLine({ clock, isCorrected }: { readonly clock: ServiceClock; readonly isCorrected: boolean }) {
  const t = useTranslate();
  const format = useFormat();
  const { machine, offset, calls, traces, spread, drift, isLeast } = clock;
  const service = machine === undefined ? clock.service : t('clocks.on', { service: clock.service, machine });
  const values = { service, offset: formatDuration(Math.abs(offset)) };
  const evidence = t('clocks.evidence', {
    calls,
    shownCalls: format.number(calls),
    traces,
    shownTraces: format.number(traces),
    spread: formatDuration(spread),
  });
  return (
    <li>
      {t(offset > 0 ? (isCorrected ? 'clocks.movedBack' : 'clocks.ahead') : isCorrected ? 'clocks.movedOn' : 'clocks.behind', values)}{' '}
      <span className={styles.evidence}>
        {evidence}
        {isLeast === true && ` ${t('clocks.least')}`}
        {drift > 0 && ` ${t('clocks.drift', { drift: formatDuration(drift) })}`}
      </span>
    </li>
  );
}
