import { Link } from '@tanstack/react-router';
import type { ServiceMapAnswer } from '@threadline/collector/api';
import { Fragment, type ReactNode } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { chartSteps, errorShare, type ServiceRow } from '../../logic/service-rows.ts';
import type { TableColumn } from '../../logic/services-columns.ts';
import { useFormat } from '../../messages/format.tsx';
import { rateText } from '../../messages/rate-text.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { StateMark, useReasonText } from '../../shared/ServiceState/service-state.tsx';
import { Trend } from '../../shared/Trend/trend.tsx';
import { placeUrl, useCurrentPlace } from '../../state/last-search.ts';
import styles from './services.module.css';

const NANOS_A_MILLI = 1e6;

interface ServiceCellsProps {
  readonly row: ServiceRow;
  readonly answer: ServiceMapAnswer;
  /** Those that are shown, and their widths as a CSS grid. */
  readonly columns: readonly TableColumn[];
  readonly template: string;
}

/** The cells of one service. */
export function ServiceCells({ row, answer, columns, template }: ServiceCellsProps) {
  const t = useTranslate();
  const format = useFormat();
  const reasonText = useReasonText();
  const place = placeUrl(useCurrentPlace());
  const { name, state, instanceCount, versions, figures, points, lastSeen } = row;
  const steps = chartSteps(answer, points);
  const share = figures && errorShare(figures);
  const number = (text: string, look = '') => (
    <span role="gridcell" className={`${styles.number} ${look}`}>
      {text}
    </span>
  );
  const duration = (millis: number | undefined) => number(millis === undefined ? '–' : formatDuration(millis * NANOS_A_MILLI));
  const cells: Readonly<Record<TableColumn, ReactNode>> = {
    name: (
      <span role="gridcell" className={styles.name}>
        {name === '' ? (
          <ServiceName name={name} />
        ) : (
          <Link
            to="/service/$service"
            params={{ service: name }}
            search={place}
            className={styles.link}
            title={showControls(name)}
            tabIndex={-1}
          >
            <ServiceName name={name} />
          </Link>
        )}
      </span>
    ),
    state: (
      <span role="gridcell" className={styles.reason}>
        <StateMark state={state} title={reasonText(row)} since={{ lastSeen, to: answer.to }} />
      </span>
    ),
    instances: number(instanceCount === 0 ? '–' : format.number(instanceCount)),
    versions: (
      <span role="gridcell" className={styles.versions} title={versions.map(showControls).join(', ')}>
        {versions.length === 0 ? '–' : showControls(versions[0] ?? '')}
        {versions.length > 1 && <span className={styles.more}>{` +${format.number(versions.length - 1)}`}</span>}
      </span>
    ),
    trend: (
      <span role="gridcell" className={styles.trend}>
        {points.length > 0 && (
          <Trend
            className={styles.bars}
            trend={steps.map(({ point }) => point?.count ?? 0)}
            buckets={steps.map(({ fromMillis }) => ({ from: new Date(fromMillis).toISOString() }))}
          />
        )}
      </span>
    ),
    rate: number(figures ? rateText(figures.perSecond, { t, format }) : '–'),
    errors: number(share === undefined ? '–' : format.percent(share), share ? styles.failed : ''),
    p50: duration(figures?.p50Millis),
    p95: duration(figures?.p95Millis),
    p99: duration(figures?.p99Millis),
    seen: number(lastSeen === undefined ? '–' : format.fromNow(Math.min(Date.parse(lastSeen), Date.now()), Date.now())),
  };
  return (
    <div className={styles.cells} style={{ gridTemplateColumns: template }} role="presentation">
      {columns.map((column) => (
        <Fragment key={column}>{cells[column]}</Fragment>
      ))}
    </div>
  );
}
