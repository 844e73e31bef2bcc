import { Link } from '@tanstack/react-router';
import type { TraceSummary } from '@threadline/collector/api';
import { formatDuration } from '../../logic/duration-format.ts';
import type { RecentFlow } from '../../logic/recent-flows.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import styles from './flow-index.module.css';

interface RecentFlowListProps {
  readonly flows: readonly RecentFlow[];
  /** Those that flows begin with, by id, as far as they are known. */
  readonly traces: ReadonlyMap<string, TraceSummary>;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onOpen: (index: number) => void;
}

/** Correlation IDs with what the loaded records say of them, and the trace that each begins with. */
export function RecentFlowList({ flows, traces, active, onActive, onOpen }: RecentFlowListProps) {
  const t = useTranslate();
  return (
    <VirtualGrid
      role="grid"
      label={t('flows.recent')}
      rowCount={flows.length}
      rowHeight={useRowHeight()}
      totalRowCount={flows.length + 1}
      columnCount={7}
      active={active}
      selected={-1}
      onActive={onActive}
      onOpen={onOpen}
      rowKey={(index) => flows[index]?.correlationId ?? index}
      header={
        <div className={styles.cells} role="presentation">
          <span role="columnheader">{t('flows.lastSeen')}</span>
          <span role="columnheader" className={styles.wideOnly}>
            {t('flows.beginsWith')}
          </span>
          <span role="columnheader">{t('flows.id')}</span>
          <span role="columnheader" className={`${styles.number} ${styles.wideOnly}`} title={t('flows.durationOf')}>
            {t('traces.duration')}
          </span>
          <span role="columnheader" className={`${styles.number} ${styles.wideOnly}`}>
            {t('rail.logs')}
          </span>
          <span role="columnheader" className={styles.number}>
            {t('traces.errors')}
          </span>
          <span role="columnheader" className={styles.wideOnly}>
            {t('traces.services')}
          </span>
        </div>
      }
      renderRow={(index) => {
        const flow = flows[index];
        return flow && <RecentFlowRow flow={flow} trace={traces.get(flow.traceId ?? '')} />;
      }}
    />
  );
}

function RecentFlowRow({ flow, trace }: { readonly flow: RecentFlow; readonly trace: TraceSummary | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <div className={styles.cells} role="presentation">
      <span role="gridcell">
        <Timestamp nanos={String(flow.lastNanos)} form="dayClock" />
      </span>
      <span role="gridcell" className={`${styles.cell} ${styles.wideOnly}`}>
        {trace === undefined ? '–' : spanName(trace.rootOperation, t)}
      </span>
      <span role="gridcell" className={`${styles.cell} ${styles.id}`}>
        <Link to="/flow/$correlationId" params={{ correlationId: flow.correlationId }} tabIndex={-1}>
          {flow.correlationId}
        </Link>
      </span>
      <span role="gridcell" className={`${styles.number} ${styles.wideOnly}`}>
        {trace === undefined ? '–' : formatDuration(Number(trace.durationNano))}
      </span>
      <span role="gridcell" className={`${styles.number} ${styles.wideOnly}`}>
        {format.number(flow.recordCount)}
      </span>
      <span role="gridcell" className={`${styles.number} ${flow.errorCount > 0 ? styles.errors : ''}`}>
        {flow.errorCount > 0 ? `✕ ${format.number(flow.errorCount)}` : '–'}
      </span>
      <span role="gridcell" className={`${styles.services} ${styles.wideOnly}`}>
        {flow.services.map((service) => (
          <ServiceName key={service} name={service} />
        ))}
      </span>
    </div>
  );
}
