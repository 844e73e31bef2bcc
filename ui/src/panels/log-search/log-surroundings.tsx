import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LogRecord } from '@threadline/collector/api';
import { useId, useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { logContextQuery } from '../../api/queries.ts';
import { contextKindsOf, contextQueryOf } from '../../logic/record-context.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { isStopped, StoppedNote } from '../../shared/PageState/stopped-state.tsx';
import { useSurroundings } from '../../state/surroundings.ts';
import styles from './log-surroundings.module.css';
import { SurroundingLine } from './surrounding-line.tsx';

/** Lines of each side, at first and each time that the reader asks for more of it; the last is the most that the collector gives. */
const SHOWN_LINES = [5, 25, 100, 200] as const;

interface LogSurroundingsProps {
  readonly record: LogRecord;
  readonly onOpen: (id: string) => void;
  /** The list of what the query finds, from the record on. */
  readonly onShowInList: (record: LogRecord, query: string) => void;
}

/** What the same service, instance or flow wrote just before and after the record. Read only when it is open. */
export function LogSurroundings({ record, onOpen, onShowInList }: LogSurroundingsProps) {
  const t = useTranslate();
  const id = useId();
  const [{ isOpen, by: wanted }, change] = useSurroundings();
  const kinds = contextKindsOf(record);
  const by = kinds.includes(wanted) ? wanted : 'service';
  return (
    <section className={styles.surroundings} aria-label={t('context.title')}>
      <button
        type="button"
        className={styles.title}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => change({ isOpen: !isOpen })}
      >
        <Icon name={isOpen ? 'down' : 'right'} />
        {t('context.title')}
      </button>
      {isOpen && (
        <div id={id}>
          <div className={styles.head}>
            {kinds.length > 1 && (
              <Choice
                legend={t('context.by')}
                options={kinds.map((kind) => ({ value: kind, label: t(`context.${kind}`) }))}
                value={by}
                onChange={(next) => change({ by: next })}
              />
            )}
            <Button size="small" title={t('context.inListHelp')} onClick={() => onShowInList(record, contextQueryOf(record, by))}>
              <Icon name="logs" />
              {t('context.inList')}
            </Button>
          </div>
          <SurroundingLines key={`${record.id} ${by}`} record={record} by={by} onOpen={onOpen} />
        </div>
      )}
    </section>
  );
}

interface SurroundingLinesProps extends Omit<LogSurroundingsProps, 'onShowInList'> {
  readonly by: ReturnType<typeof contextKindsOf>[number];
}

function SurroundingLines({ record, by, onOpen }: SurroundingLinesProps) {
  const t = useTranslate();
  const [steps, setSteps] = useState({ before: 0, after: 0 });
  const [before, after] = [SHOWN_LINES[steps.before] ?? 0, SHOWN_LINES[steps.after] ?? 0];
  const answer = useQuery({ ...logContextQuery({ id: record.id, by, before, after }), placeholderData: keepPreviousData });
  if (answer.isError) {
    return (
      <p className={styles.note} role="alert">
        {t('context.failed', { reason: describeFailure(answer.error, t).message })}
        <Button size="small" onClick={() => void answer.refetch()}>
          {t('error.retry')}
        </Button>
      </p>
    );
  }
  if (isStopped(answer)) {
    return (
      <p className={styles.note}>
        <StoppedNote />
      </p>
    );
  }
  const { data } = answer;
  const isWaiting = answer.isPlaceholderData;
  const side = (name: 'before' | 'after') => (
    <SurroundingEdge
      side={name}
      isKnown={data !== undefined}
      hasMore={name === 'before' ? data?.hasMoreBefore === true : data?.hasMoreAfter === true}
      isMost={steps[name] === SHOWN_LINES.length - 1}
      isWaiting={isWaiting}
      onMore={() => setSteps((known) => ({ ...known, [name]: known[name] + 1 }))}
    />
  );
  return (
    <>
      {data && <AnswerNotesBar answers={[data]} />}
      {side('before')}
      <ol className={styles.lines} aria-busy={data === undefined}>
        {data === undefined ? (
          <Waiting count={before} />
        ) : (
          data.before.map((line) => <SurroundingLine key={line.id} record={line} withService={by === 'flow'} onOpen={onOpen} />)
        )}
        <SurroundingLine record={record} withService={by === 'flow'} isCurrent />
        {data === undefined ? (
          <Waiting count={after} />
        ) : (
          data.after.map((line) => <SurroundingLine key={line.id} record={line} withService={by === 'flow'} onOpen={onOpen} />)
        )}
      </ol>
      {side('after')}
    </>
  );
}

/** The place of lines that are on their way, so that nothing moves when they come. */
function Waiting({ count }: { readonly count: number }) {
  return Array.from({ length: count }, (_, line) => (
    <li key={line} className={styles.waiting} aria-hidden="true">
      <span className={styles.skeleton} style={{ width: `${50 + ((line * 17) % 40)}%` }} />
    </li>
  ));
}

interface SurroundingEdgeProps {
  readonly side: 'before' | 'after';
  readonly isKnown: boolean;
  readonly hasMore: boolean;
  readonly isMost: boolean;
  readonly isWaiting: boolean;
  readonly onMore: () => void;
}

/** What is beyond the lines of one side. */
function SurroundingEdge({ side, isKnown, hasMore, isMost, isWaiting, onMore }: SurroundingEdgeProps) {
  const t = useTranslate();
  const isBefore = side === 'before';
  if (!isKnown) return <p className={styles.edge}>{t('state.loading')}</p>;
  if (!hasMore) return <p className={styles.edge}>{t(isBefore ? 'context.first' : 'context.last')}</p>;
  if (isMost) return <p className={styles.edge}>{t('context.most')}</p>;
  return (
    <p className={styles.edge}>
      <Button look="quiet" size="small" disabled={isWaiting} onClick={onMore}>
        {t(isBefore ? 'context.earlier' : 'context.later')}
      </Button>
    </p>
  );
}
