import type { FlowBreak } from '@threadline/collector/api';
import type { CSSProperties } from 'react';
import { formatDuration } from '../../logic/duration-format.ts';
import type { Participant, SequenceMessage } from '../../logic/flow-sequence.ts';
import { participantLabel } from '../../logic/sequence-export.ts';
import type { SequenceRow } from '../../logic/sequence-folding.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './sequence.module.css';
import { useSequenceWords } from './sequence-words.ts';

const LABEL_CHARACTERS = 200;

interface SequenceRowCellsProps {
  readonly row: SequenceRow;
  readonly message: SequenceMessage;
  readonly participants: readonly Participant[];
  /** Where the thread breaks at this message. */
  readonly found: FlowBreak | undefined;
  readonly isPointed: boolean;
  readonly onPoint: (message: number) => void;
  readonly onToggle: (row: SequenceRow, isOpen: boolean) => void;
}

/** One message: its arrow between the lifelines and its name on it. What is drawn is said in words for those who do not see it. */
export function SequenceRowCells({ row, message, participants, found, isPointed, onPoint, onToggle }: SequenceRowCellsProps) {
  const t = useTranslate();
  const format = useFormat();
  const words = useSequenceWords();
  const [from, to] = [message.from, message.to].map((place) => {
    const participant = participants[place];
    return participant === undefined ? '' : participantLabel(participant, words);
  });
  const hop = message.type === 'self' ? t('sequence.inside', { from: from ?? '' }) : t('sequence.hop', { from: from ?? '', to: to ?? '' });
  return (
    <div
      className={`${styles.cells} ${isPointed ? styles.pointed : ''}`}
      role="presentation"
      style={{ ['--depth' as string]: row.depth }}
      onPointerEnter={() => onPoint(row.isHead ? -1 : row.message)}
      onPointerLeave={() => onPoint(-1)}
    >
      <span role="gridcell" className={styles.offset}>
        {!row.isHead && `+${formatDuration(message.start)}`}
      </span>
      <span role="gridcell" className={styles.drawing}>
        <span className={styles.lifelines} aria-hidden="true" />
        {row.isHead ? (
          <LoopHead row={row} onToggle={onToggle} />
        ) : (
          <>
            <Arrow message={message} count={participants.length} />
            <span className={styles.unseen}>
              {hop}
              {message.type === 'async' && `, ${t('sequence.async')}`}
            </span>
            <Label row={row} message={message} count={participants.length} found={found} onToggle={onToggle} />
          </>
        )}
      </span>
      <span role="gridcell" className={styles.unseen}>
        {message.logs.length > 0 &&
          !row.isHead &&
          t('sequence.logCount', { count: message.logs.length, shown: format.number(message.logs.length) })}
      </span>
    </div>
  );
}

function LoopHead({ row, onToggle }: Pick<SequenceRowCellsProps, 'row' | 'onToggle'>) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.loopHead}
      aria-expanded={row.isOpen === true}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(row, row.isOpen !== true);
      }}
    >
      {row.isOpen ? '▾' : '▸'} {t('sequence.loop', { shown: format.number(row.turns) })}
    </button>
  );
}

interface LabelProps extends Pick<SequenceRowCellsProps, 'row' | 'message' | 'found' | 'onToggle'> {
  readonly count: number;
}

function Label({ row, message, count, found, onToggle }: LabelProps) {
  const t = useTranslate();
  const format = useFormat();
  const name = spanName(message.label.slice(0, LABEL_CHARACTERS), t);
  return (
    <span className={`${styles.label} ${message.isError ? styles.error : ''}`} style={labelStyle(message, count)} title={name}>
      {message.isError && (
        <span role="img" aria-label={t('span.error')}>
          ✕
        </span>
      )}
      <span className={styles.name}>{name}</span>
      {message.attempt > 1 && (
        <span className={styles.attempt} role="img" aria-label={t('flow.attempt', { count: message.attempt })}>
          ↻{message.attempt}
        </span>
      )}
      {row.turns > 1 && (
        <button
          type="button"
          tabIndex={-1}
          className={styles.turns}
          title={t('sequence.loopFolded', { shown: format.number(row.turns) })}
          aria-label={t('sequence.loop', { shown: format.number(row.turns) })}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row, true);
          }}
        >
          ×{format.number(row.turns)}
        </button>
      )}
      <span className={styles.time}>{formatDuration(message.duration)}</span>
      {message.logs.length > 0 && (
        <span className={styles.logs} aria-hidden="true">
          ≡{format.number(message.logs.length)}
        </span>
      )}
      {found !== undefined && (
        <span className={styles.break} role="img" aria-label={t('doctor.mark', { cause: t(`doctor.cause.${found.cause}`) })}>
          ⚡ {t(`doctor.cause.${found.cause}`)}
        </span>
      )}
    </span>
  );
}

function Arrow({ message: { type, from, to, isError }, count }: { readonly message: SequenceMessage; readonly count: number }) {
  const center = (place: number): number => ((place + 0.5) / count) * 100;
  const look = `${styles.arrow} ${isError ? styles.errorArrow : ''}`;
  if (from === to) return <span className={`${look} ${styles.self}`} style={{ left: `${center(from)}%` }} aria-hidden="true" />;
  const isForward = to > from;
  return (
    <span
      className={`${look} ${type === 'async' ? styles.async : ''}`}
      style={{ left: `${center(Math.min(from, to))}%`, width: `${Math.abs(center(to) - center(from))}%` }}
      aria-hidden="true"
    >
      <svg className={isForward ? styles.headRight : styles.headLeft} width="9" height="10" viewBox="0 0 9 10" aria-hidden="true">
        {type === 'async' ? (
          <path d="M0.5 0.5L8.5 5L0.5 9.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
        ) : (
          <path d="M0 0L9 5L0 10Z" fill="currentColor" />
        )}
      </svg>
    </span>
  );
}

/** On its arrow; where that is short the name goes on beyond it, and at the right edge it stands before it. */
function labelStyle({ from, to }: SequenceMessage, count: number): CSSProperties {
  const center = (place: number): number => ((place + 0.5) / count) * 100;
  const start = Math.min(from, to);
  if (from === to && count > 1 && from === count - 1)
    return { right: `calc(${100 - center(from)}% + 10px)`, maxWidth: `calc(${center(from)}% - 20px)` };
  return { left: `calc(${center(start)}% + ${from === to ? 34 : 10}px)`, maxWidth: `calc(${100 - center(start)}% - 40px)` };
}
