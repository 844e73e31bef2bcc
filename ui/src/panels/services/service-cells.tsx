import { Link } from '@tanstack/react-router';
import type { ServiceMapAnswer } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { chartSteps, errorShare, type ServiceRow } from '../../logic/service-rows.ts';
import { useFormat } from '../../messages/format.tsx';
import { rateText } from '../../messages/rate-text.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { StateMark, useReasonText } from '../../shared/ServiceState/service-state.tsx';
import { Trend } from '../../shared/Trend/trend.tsx';
import { rangeUrl, useCurrentSearch } from '../../state/last-search.ts';
import styles from './services.module.css';

const NANOS_A_MILLI = 1e6;

/** The cells of one service. */
export function ServiceCells({ row, answer }: { readonly row: ServiceRow; readonly answer: ServiceMapAnswer }) {
  const t = useTranslate();
  const format = useFormat();
  const reasonText = useReasonText();
  const range = rangeUrl(useCurrentSearch());
  const { name, state, instanceCount, versions, figures, points, lastSeen } = row;
  const steps = chartSteps(answer, points);
  const share = figures && errorShare(figures);
  const duration = (millis: number | undefined) => (millis === undefined ? '–' : formatDuration(millis * NANOS_A_MILLI));
  return (
    <div className={styles.cells} role="presentation">
      <span role="gridcell" className={styles.name}>
        {name === '' ? (
          <ServiceName name={name} />
        ) : (
          <Link
            to="/service/$service"
            params={{ service: name }}
            search={range}
            className={styles.link}
            title={showControls(name)}
            tabIndex={-1}
          >
            <ServiceName name={name} />
          </Link>
        )}
      </span>
      <span role="gridcell" className={styles.reason}>
        <StateMark state={state} title={reasonText(row)} since={{ lastSeen, to: answer.to }} />
      </span>
      <span role="gridcell" className={styles.number}>
        {instanceCount === 0 ? '–' : format.number(instanceCount)}
      </span>
      <span role="gridcell" className={styles.versions} title={versions.map(showControls).join(', ')}>
        {versions.length === 0 ? '–' : showControls(versions[0] ?? '')}
        {versions.length > 1 && <span className={styles.more}>{` +${format.number(versions.length - 1)}`}</span>}
      </span>
      <span role="gridcell" className={styles.trend}>
        {points.length > 0 && (
          <Trend
            className={styles.bars}
            trend={steps.map(({ point }) => point?.count ?? 0)}
            buckets={steps.map(({ fromMillis }) => ({ from: new Date(fromMillis).toISOString() }))}
          />
        )}
      </span>
      <span role="gridcell" className={styles.number}>
        {figures ? rateText(figures.perSecond, { t, format }) : '–'}
      </span>
      <span role="gridcell" className={`${styles.number} ${share ? styles.failed : ''}`}>
        {share === undefined ? '–' : format.percent(share)}
      </span>
      {[figures?.p50Millis, figures?.p95Millis, figures?.p99Millis].map((millis, place) => (
        <span role="gridcell" key={place} className={styles.number}>
          {duration(millis)}
        </span>
      ))}
      <span role="gridcell" className={styles.number}>
        {lastSeen === undefined ? '–' : format.fromNow(Math.min(Date.parse(lastSeen), Date.now()), Date.now())}
      </span>
    </div>
  );
}
