import { useQuery } from '@tanstack/react-query';
import type { ErrorGroupAnswer, ErrorGroupDetail } from '@threadline/collector/api';
import { deploymentsQuery } from '../../api/queries.ts';
import { showControls } from '../../logic/control-characters.ts';
import { deploymentMarks } from '../../logic/deployment-marks.ts';
import { rfc3339Nanos } from '../../logic/error-groups.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Timestamp } from '../Timestamp/timestamp.tsx';
import { Trend } from '../Trend/trend.tsx';
import styles from './error-groups.module.css';

interface ErrorTrendProps {
  readonly detail: ErrorGroupDetail;
  readonly buckets: ErrorGroupAnswer['buckets'];
  readonly range: TimeRange;
}

/** When an error was met, with the versions of its service that came meanwhile. */
export function ErrorTrend({ detail, buckets, range }: ErrorTrendProps) {
  const t = useTranslate();
  const format = useFormat();
  const deployments = useQuery(deploymentsQuery(detail.service)).data?.deployments;
  const marks = deploymentMarks(deployments ?? [], range);
  return (
    <>
      <h3 className={styles.heading}>{t('errors.when')}</h3>
      <div className={styles.chart}>
        <Trend trend={detail.trend} buckets={buckets} className={styles.wide} isOfErrors />
        {marks.length > 0 && (
          <ul className={styles.marks} aria-label={t('errors.deployments')}>
            {marks.map(({ label, firstSeen, place, isLabelled }) => {
              const text = t('errors.deployed', { version: showControls(label), time: format.exact(rfc3339Nanos(firstSeen)) });
              return (
                <li key={`${label} ${firstSeen}`} className={styles.mark} style={{ insetInlineStart: `${place * 100}%` }} title={text}>
                  {isLabelled && (
                    <span className={styles.markLabel} aria-hidden="true">
                      {showControls(label)}
                    </span>
                  )}
                  <span className={styles.hidden}>{text}</span>
                </li>
              );
            })}
          </ul>
        )}
      </div>
      <div className={styles.ends}>
        <Timestamp nanos={`${range.fromMillis}000000`} form="dayClock" />
        <Timestamp nanos={`${range.toMillis}000000`} form="dayClock" />
      </div>
    </>
  );
}
