import { useState } from 'react';
import { valueText } from '../../logic/any-value.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { isErrorLevel, LEVELS } from '../../logic/level.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useRowKeys } from '../../state/row-keys.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import styles from './trace-view.module.css';

const LABEL_CHARACTERS = 400;

interface TraceLogsProps {
  readonly tree: TraceTree;
  readonly selectedId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** All records of the trace by time, with their distance from its start. Its keys go through them, and what is open follows. */
export function TraceLogs({ tree, selectedId, onOpen }: TraceLogsProps) {
  const t = useTranslate();
  const [chosen, setChosen] = useState<string>();
  const { ids, levels } = tree.logs;
  const rowHeight = useRowHeight();
  const selected = selectedId === undefined ? -1 : ids.indexOf(selectedId);
  // By its id: while a trace loads records come between those that are there.
  const active = chosen === undefined ? selected : ids.indexOf(chosen);
  const activate = (row: number): void => setChosen(ids[row]);
  const open = (row: number): void => {
    const id = ids[row];
    if (id === undefined) return;
    setChosen(id);
    onOpen(id);
  };
  useRowKeys({ rowCount: ids.length, active, onActive: selectedId === undefined ? activate : open, onOpen: open });
  useShortcuts({ e: () => open(ids.findIndex((_, row) => row > active && isErrorLevel(LEVELS[levels[row] ?? 0] ?? 'UNSET'))) });
  if (ids.length === 0) return <EmptyState title={t('trace.noLogsTitle')} text={t('trace.noLogsText')} />;
  return (
    <VirtualGrid
      role="grid"
      label={t('trace.logs')}
      rowCount={ids.length}
      rowHeight={rowHeight}
      totalRowCount={ids.length + 1}
      columnCount={5}
      active={active}
      selected={selected}
      onActive={activate}
      onOpen={open}
      rowKey={(index) => ids[index] ?? index}
      header={<TraceLogsHead />}
      renderRow={(index) => <TraceLogRow tree={tree} log={index} />}
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

function TraceLogRow({ tree, log }: { readonly tree: TraceTree; readonly log: number }) {
  const { logs } = tree;
  const nanos = logs.times[log] ?? 0;
  return (
    <div className={styles.logCells} role="presentation">
      <span role="gridcell">
        <Timestamp nanos={String(tree.startNanos + BigInt(nanos))} form="clock" />
      </span>
      <span role="gridcell" className={`${styles.offset} ${styles.wideOnly}`}>
        +{formatDuration(nanos)}
      </span>
      <span role="gridcell" className={styles.cell}>
        <LevelMark level={LEVELS[logs.levels[log] ?? 0] ?? 'UNSET'} />
      </span>
      <span role="gridcell" className={styles.cell}>
        <ServiceName name={tree.services[logs.services[log] ?? 0] ?? ''} />
      </span>
      <span role="gridcell" className={`${styles.cell} ${styles.logLabel}`}>
        {showControls(valueText(logs.bodies[log]).slice(0, LABEL_CHARACTERS))}
      </span>
    </div>
  );
}
