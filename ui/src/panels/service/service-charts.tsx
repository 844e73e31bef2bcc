import { useQuery } from '@tanstack/react-query';
import type { ServiceFiguresAnswer, TrafficPoint } from '@threadline/collector/api';
import { deploymentsQuery } from '../../api/queries.ts';
import { deploymentMarks } from '../../logic/deployment-marks.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { Environment } from '../../logic/environment.ts';
import { chartSteps, errorShare } from '../../logic/service-rows.ts';
import type { TimeRangeText } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './service.module.css';
import { TrafficChart } from './traffic-chart.tsx';

const NANOS_A_MILLI = 1e6;
const LATENCY_LINES = [
  { name: 'p50', of: ({ p50Millis }: TrafficPoint) => p50Millis },
  { name: 'p95', of: ({ p95Millis }: TrafficPoint) => p95Millis },
  { name: 'p99', of: ({ p99Millis }: TrafficPoint) => p99Millis },
];

interface ServiceChartsProps {
  readonly answer: ServiceFiguresAnswer;
  readonly environment: Environment;
  readonly onZoom: (range: TimeRangeText) => void;
}

/** How often it was called, how often that failed, how long it took and what it logged, with the versions that came meanwhile. What there is nothing of has no chart. */
export function ServiceCharts({ answer, environment, onZoom }: ServiceChartsProps) {
  const t = useTranslate();
  const format = useFormat();
  const steps = chartSteps(answer, answer.points);
  const logSteps = chartSteps(answer, answer.logs.points);
  const first = steps[0]?.fromMillis ?? Date.parse(answer.from);
  const range = { fromMillis: first, toMillis: first + Math.max(1, steps.length) * answer.stepMinutes * 60_000 };
  const everywhere = useQuery(deploymentsQuery(answer.name, range)).data?.deployments ?? [];
  const deployments = everywhere.filter((one) => environment === undefined || one.environment === environment);
  const shared = { steps, range, marks: deploymentMarks(deployments, range), onZoom };
  return (
    <div className={styles.charts}>
      {answer.points.length > 0 && (
        <>
          <TrafficChart
            {...shared}
            title={t('service.rateChart')}
            look="bars"
            lines={[{ name: '', of: ({ count }) => count / answer.stepMinutes }]}
            text={(value) => format.number(Number(value.toPrecision(3)))}
          />
          <TrafficChart
            {...shared}
            title={t('service.errorChart')}
            look="errors"
            lines={[{ name: '', of: (point) => errorShare(point) ?? 0 }]}
            text={(value) => format.percent(value)}
          />
          <TrafficChart
            {...shared}
            title={t('service.latencyChart')}
            hint={t('services.tolerance')}
            look="lines"
            lines={LATENCY_LINES}
            text={(value) => formatDuration(value * NANOS_A_MILLI)}
          />
        </>
      )}
      {answer.logs.points.length > 0 && (
        <TrafficChart
          {...shared}
          steps={logSteps}
          title={t('service.logChart')}
          look="logs"
          lines={[
            { name: t('service.allLogs'), of: ({ count }) => count / answer.stepMinutes },
            { name: t('service.errorLogs'), of: ({ errors }) => errors / answer.stepMinutes },
          ]}
          text={(value) => format.number(Number(value.toPrecision(3)))}
        />
      )}
    </div>
  );
}
