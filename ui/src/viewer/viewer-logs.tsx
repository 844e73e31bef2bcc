import { useMemo } from 'react';
import { serviceOf, valueText } from '../logic/any-value.ts';
import { type FlowItem, logNanos } from '../logic/causal-order.ts';
import { messageLine } from '../logic/control-characters.ts';
import { levelOf } from '../logic/level.ts';
import { useTranslate } from '../messages/translate.tsx';
import { LevelMark } from '../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../shared/Timestamp/timestamp.tsx';
import { VirtualGrid } from '../shared/VirtualGrid/virtual-grid.tsx';
import { useRowKeys } from '../state/row-keys.ts';
import styles from './viewer.module.css';

const ROW_HEIGHT = 24;
const LABEL_CHARACTERS = 400;

interface ViewerLogsProps {
  readonly items: readonly FlowItem[];
  readonly active: number;
  readonly selected: number;
  readonly onActive: (item: number) => void;
  readonly onOpen: (item: number) => void;
}

/** All records by time. Its keys go through them, and what is open follows. */
export function ViewerLogs({ items, active, selected, onActive, onOpen }: ViewerLogsProps) {
  const t = useTranslate();
  const logs = useMemo(
    () =>
      items
        .flatMap((item, place) => (item.type === 'log' ? [{ log: item.log, place, nanos: logNanos(item.log) }] : []))
        .sort((left, right) => (left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : left.place - right.place)),
    [items],
  );
  const rowOf = (item: number): number => (item === -1 ? -1 : logs.findIndex(({ place }) => place === item));
  const activate = (row: number): void => onActive(logs[row]?.place ?? -1);
  const open = (row: number): void => onOpen(logs[row]?.place ?? -1);
  const activeRow = rowOf(active);
  useRowKeys({ rowCount: logs.length, active: activeRow, onActive: selected === -1 ? activate : open, onOpen: open });
  if (logs.length === 0) return <p className={styles.empty}>{t('viewer.noLogs')}</p>;
  return (
    <VirtualGrid
      role="grid"
      label={t('viewer.logs')}
      rowCount={logs.length}
      rowHeight={ROW_HEIGHT}
      totalRowCount={logs.length}
      columnCount={4}
      active={activeRow}
      selected={rowOf(selected)}
      onActive={activate}
      onOpen={open}
      rowKey={(row) => logs[row]?.log.id ?? row}
      renderRow={(row) => {
        const found = logs[row];
        if (found === undefined) return null;
        return (
          <div className={styles.log} role="presentation">
            <span role="gridcell">
              <Timestamp nanos={String(found.nanos)} form="clock" />
            </span>
            <span role="gridcell">
              <LevelMark level={levelOf(found.log)} />
            </span>
            <span role="gridcell" className={styles.cell}>
              <ServiceName name={serviceOf(found.log)} />
            </span>
            <span role="gridcell" className={`${styles.cell} ${styles.data}`}>
              {messageLine(valueText(found.log.body), LABEL_CHARACTERS)}
            </span>
          </div>
        );
      }}
    />
  );
}
