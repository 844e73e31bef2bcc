import { useMemo } from 'react';
import { serviceOf, valueText } from '../../logic/any-value.ts';
import type { FlowItem } from '../../logic/causal-order.ts';
import { logNanos } from '../../logic/causal-order.ts';
import { messageLine } from '../../logic/control-characters.ts';
import type { FlowSequence } from '../../logic/flow-sequence.ts';
import { levelOf } from '../../logic/level.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import styles from './sequence.module.css';

const LABEL_CHARACTERS = 300;
const ROW_HEIGHT = 40;

interface SequenceRecordsProps {
  readonly items: readonly FlowItem[];
  readonly sequence: FlowSequence;
  /** Whose records are marked and in view; -1 for none. */
  readonly shownMessage: number;
  readonly onPoint: (message: number) => void;
  readonly onOpen: (item: number) => void;
}

/** All records of the flow beside its messages. Those of the message in question are marked. */
export function SequenceRecords({ items, sequence: { messages, messageOf }, shownMessage, onPoint, onOpen }: SequenceRecordsProps) {
  const t = useTranslate();
  const logs = useMemo(() => items.flatMap(({ type }, index) => (type === 'log' ? [index] : [])), [items]);
  const [first = -1] = messages[shownMessage]?.logs ?? [];
  return (
    <aside className={styles.records} aria-label={t('sequence.records')}>
      <p className={styles.hint}>{t('sequence.recordsHint')}</p>
      <VirtualGrid
        role="grid"
        label={t('sequence.records')}
        rowCount={logs.length}
        rowHeight={ROW_HEIGHT}
        totalRowCount={logs.length}
        columnCount={2}
        active={first === -1 ? -1 : logs.indexOf(first)}
        selected={-1}
        onActive={(row) => onPoint(messageOf[logs[row] ?? -1] ?? -1)}
        onOpen={(row) => onOpen(logs[row] ?? -1)}
        rowKey={(row) => logs[row] ?? row}
        renderRow={(row) => {
          const place = logs[row] ?? -1;
          const item = items[place];
          if (item?.type !== 'log') return null;
          const message = messageOf[place] ?? -1;
          const isShown = message !== -1 && message === shownMessage;
          return (
            <div
              className={`${styles.record} ${isShown ? styles.shown : ''}`}
              role="presentation"
              data-shown={isShown}
              onPointerEnter={() => onPoint(message)}
              onPointerLeave={() => onPoint(-1)}
            >
              <span role="gridcell" className={styles.recordFacts}>
                <LevelMark level={levelOf(item.log)} />
                <ServiceName name={serviceOf(item.log)} />
                <Timestamp nanos={String(logNanos(item.log))} form="clock" />
              </span>
              <span role="gridcell" className={styles.recordText}>
                {messageLine(valueText(item.log.body), LABEL_CHARACTERS)}
              </span>
            </div>
          );
        }}
      />
    </aside>
  );
}
