import type { FlowBreak } from '@threadline/collector/api';
import { type CSSProperties, type ReactNode, useMemo, useState } from 'react';
import type { FlowItem } from '../../logic/causal-order.ts';
import type { Participant } from '../../logic/flow-sequence.ts';
import { participantLabel } from '../../logic/sequence-export.ts';
import type { SequenceRow } from '../../logic/sequence-folding.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import styles from './sequence.module.css';
import { SequenceRecords } from './sequence-records.tsx';
import { SequenceRowCells } from './sequence-row.tsx';
import { useSequenceWords } from './sequence-words.ts';
import type { SequenceState } from './use-sequence.ts';

/** Labels and an arrow stand one above the other. */
const ROW_HEIGHT = 34;
const OFFSET_WIDTH = 76;
/** Below this the names of participants cannot be read. */
const MIN_COLUMN_WIDTH = 118;

interface SequenceViewProps {
  readonly items: readonly FlowItem[];
  readonly state: SequenceState;
  /** By item. */
  readonly breaks: ReadonlyMap<number, FlowBreak>;
  /** The item the keys are on, and the one that is open; -1 for none. */
  readonly active: number;
  readonly selected: number;
  /** A span or record is open beside it, with its own records. */
  readonly isDetailOpen: boolean;
  readonly onActive: (item: number) => void;
  readonly onOpen: (item: number) => void;
  /** Above the messages. */
  readonly tools: ReactNode;
}

/** The flow as messages between participants, and its records beside them: pointing at one shows the other. */
export function SequenceView({ items, state, breaks, active, selected, isDetailOpen, onActive, onOpen, tools }: SequenceViewProps) {
  const t = useTranslate();
  const { sequence, rows, rowOf, loopsOf, setOpen } = state;
  const { participants, messages, messageOf } = sequence;
  const [pointed, setPointed] = useState(-1);
  /** The loop whose head the keys are on: its first message is the item that they are on then. */
  const [headMessage, setHeadMessage] = useState(-1);
  const breakOfMessage = useMemo(() => {
    const found = new Map<number, FlowBreak>();
    for (const [item, one] of breaks) found.set(messageOf[item] ?? -1, one);
    return found;
  }, [breaks, messageOf]);
  if (messages.length === 0) return <p className={styles.empty}>{t('sequence.empty')}</p>;
  const itemOf = (row: SequenceRow | undefined): number => messages[row?.message ?? -1]?.main ?? -1;
  const headRow = messages[headMessage]?.main === active ? rows.findIndex((row) => row.isHead && row.message === headMessage) : -1;
  const activeRow = headRow === -1 ? rowOf(active) : headRow;
  const activate = (row: SequenceRow | undefined): void => {
    setHeadMessage(row?.isHead ? row.message : -1);
    onActive(itemOf(row));
  };
  const toggle = (row: SequenceRow, isOpen: boolean): void => {
    // What the keys are on goes away with the loop: they are on the loop then.
    if (!isOpen && loopsOf(active).includes(row.message)) activate(row);
    setOpen(row.message, isOpen);
  };
  /** Right unfolds a loop and goes into it, left folds it and goes out of it. */
  const foldByKey = (key: string): boolean => {
    const row = rows[activeRow];
    if (row === undefined || (key !== 'ArrowRight' && key !== 'ArrowLeft')) return false;
    if (row.isOpen === (key === 'ArrowLeft')) toggle(row, key === 'ArrowRight');
    else if (key === 'ArrowRight' && row.isHead) activate(rows[activeRow + 1]);
    else if (key === 'ArrowLeft') {
      const outer = rows.findLast((above, place) => place < activeRow && above.isHead && above.depth < row.depth);
      if (outer !== undefined) activate(outer);
    }
    return true;
  };
  const showsRecords = !isDetailOpen && items.some(({ type }) => type === 'log');
  const shownMessage = pointed === -1 ? (messageOf[active] ?? -1) : pointed;
  return (
    <div className={styles.sequence} data-alone={!showsRecords}>
      <div className={styles.messages} style={{ ['--columns' as string]: participants.length }}>
        {tools}
        <VirtualGrid
          role="grid"
          label={t('sequence.label')}
          rowCount={rows.length}
          rowHeight={ROW_HEIGHT}
          totalRowCount={rows.length + 1}
          columnCount={3}
          minWidth={OFFSET_WIDTH + participants.length * MIN_COLUMN_WIDTH}
          active={activeRow}
          selected={rowOf(selected)}
          onActive={(row) => activate(rows[row])}
          onOpen={(index) => {
            const row = rows[index];
            if (row?.isHead) toggle(row, !row.isOpen);
            else onOpen(itemOf(row));
          }}
          onKey={(event) => {
            if (foldByKey(event.key)) event.preventDefault();
          }}
          rowKey={(index) => `${rows[index]?.message} ${rows[index]?.isHead}`}
          header={<SequenceHead participants={participants} />}
          renderRow={(index) => {
            const row = rows[index];
            const message = messages[row?.message ?? -1];
            if (row === undefined || message === undefined) return null;
            return (
              <SequenceRowCells
                row={row}
                message={message}
                participants={participants}
                found={row.isHead ? undefined : breakOfMessage.get(row.message)}
                isPointed={pointed === row.message && !row.isHead}
                onPoint={setPointed}
                onToggle={toggle}
              />
            );
          }}
        />
      </div>
      {showsRecords && (
        <SequenceRecords items={items} sequence={sequence} shownMessage={shownMessage} onPoint={setPointed} onOpen={onOpen} />
      )}
    </div>
  );
}

function SequenceHead({ participants }: { readonly participants: readonly Participant[] }) {
  const t = useTranslate();
  const words = useSequenceWords();
  return (
    <div className={styles.head} role="presentation">
      <span role="columnheader" className={styles.offset}>
        {t('trace.offset')}
      </span>
      <span role="columnheader" className={styles.participants} aria-label={t('sequence.participants')}>
        {participants.map((participant, place) => {
          const label = participantLabel(participant, words);
          return (
            <span
              key={label + participant.type}
              className={styles.participant}
              style={columnStyle(place, participants.length)}
              title={label}
            >
              {participant.type === 'service' ? (
                <>
                  <ServiceName name={participant.name} />
                  {participant.instance !== '' && <span className={styles.instance}>{participant.instance}</span>}
                  {participant.absence && <span className={styles.kind}>{t('sequence.noSpans', { cause: participant.absence })}</span>}
                </>
              ) : (
                <>
                  <span className={styles.otherName}>{label}</span>
                  {participant.type !== 'outside' && <span className={styles.kind}>{t(`sequence.${participant.type}`)}</span>}
                </>
              )}
            </span>
          );
        })}
      </span>
      <span role="columnheader" className={styles.unseen}>
        {t('sequence.message')}
      </span>
    </div>
  );
}

function columnStyle(place: number, count: number): CSSProperties {
  return { left: `${(place / count) * 100}%`, width: `${100 / count}%` };
}
