import type { LogRecord } from '@threadline/collector/api';
import { useMemo, useState } from 'react';
import { serviceOf, valueText } from '../../logic/any-value.ts';
import { logNanos } from '../../logic/causal-order.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { levelOf } from '../../logic/level.ts';
import { nanosBetween } from '../../logic/nanos.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import styles from './trace-view.module.css';

const LABEL_CHARACTERS = 400;

interface TraceLogsProps {
  readonly logs: readonly LogRecord[];
  readonly startNanos: bigint;
  readonly selectedId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** All records of the trace by time, with their distance from its start. */
export function TraceLogs({ logs, startNanos, selectedId, onOpen }: TraceLogsProps) {
  const t = useTranslate();
  const [active, setActive] = useState(-1);
  const sorted = useMemo(() => logs.toSorted((left, right) => Number(logNanos(left) - logNanos(right))), [logs]);
  const rowHeight = useRowHeight();
  if (sorted.length === 0) return <EmptyState title={t('trace.noLogsTitle')} text={t('trace.noLogsText')} />;
  return (
    <VirtualGrid
      role="grid"
      label={t('trace.logs')}
      rowCount={sorted.length}
      rowHeight={rowHeight}
      totalRowCount={sorted.length + 1}
      columnCount={5}
      active={active}
      selected={sorted.findIndex((log) => log.id === selectedId)}
      onActive={setActive}
      onOpen={(index) => {
        const log = sorted[index];
        if (log !== undefined) onOpen(log.id);
      }}
      rowKey={(index) => sorted[index]?.id ?? index}
      header={<TraceLogsHead />}
      renderRow={(index) => {
        const log = sorted[index];
        return log && <TraceLogRow log={log} startNanos={startNanos} />;
      }}
    />
  );
}

function TraceLogsHead() {
  const t = useTranslate();
  return (
    <div className={`${styles.logCells} ${styles.logHead}`} role="presentation">
      <span role="columnheader">{t('logs.time')}</span>
      <span role="columnheader" className={`${styles.offset} ${styles.wideOnly}`}>
        {t('trace.offset')}
      </span>
      <span role="columnheader" className={styles.cell}>
        {t('logs.level')}
      </span>
      <span role="columnheader" className={styles.cell}>
        {t('logs.service')}
      </span>
      <span role="columnheader">{t('logs.message')}</span>
    </div>
  );
}

function TraceLogRow({ log, startNanos }: { readonly log: LogRecord; readonly startNanos: bigint }) {
  const nanos = logNanos(log);
  return (
    <div className={styles.logCells} role="presentation">
      <span role="gridcell">
        <Timestamp nanos={String(nanos)} form="clock" />
      </span>
      <span role="gridcell" className={`${styles.offset} ${styles.wideOnly}`}>
        +{formatDuration(nanosBetween(startNanos, nanos))}
      </span>
      <span role="gridcell" className={styles.cell}>
        <LevelMark level={levelOf(log)} />
      </span>
      <span role="gridcell" className={styles.cell}>
        <ServiceName name={serviceOf(log)} />
      </span>
      <span role="gridcell" className={`${styles.cell} ${styles.logLabel}`}>
        {showControls(valueText(log.body).slice(0, LABEL_CHARACTERS))}
      </span>
    </div>
  );
}
