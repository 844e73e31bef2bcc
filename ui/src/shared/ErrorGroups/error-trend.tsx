import { useQuery } from '@tanstack/react-query';
import type { ErrorGroupAnswer, ErrorGroupDetail } from '@threadline/collector/api';
import { deploymentsQuery } from '../../api/queries.ts';
import { deploymentMarks } from '../../logic/deployment-marks.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { DeploymentMarks } from '../DeploymentMarks/deployment-marks.tsx';
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
  const deployments = useQuery(deploymentsQuery(detail.service, range)).data?.deployments;
  const marks = deploymentMarks(deployments ?? [], range);
  return (
    <>
      <h3 className={styles.heading}>{t('errors.when')}</h3>
      <div className={styles.chart}>
        <Trend trend={detail.trend} buckets={buckets} className={styles.wide} isOfErrors />
        <DeploymentMarks marks={marks} />
      </div>
      <div className={styles.ends}>
        <Timestamp nanos={`${range.fromMillis}000000`} form="dayClock" />
        <Timestamp nanos={`${range.toMillis}000000`} form="dayClock" />
      </div>
    </>
  );
}
