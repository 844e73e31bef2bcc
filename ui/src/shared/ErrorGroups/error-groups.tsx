import type { ErrorGroupsAnswer } from '@threadline/collector/api';
import { useRef } from 'react';
import type { Environment } from '../../logic/environment.ts';
import { errorKey } from '../../logic/error-groups.ts';
import type { TimeRange, TimeRangeText } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { useButtonKeys } from '../../state/button-keys.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import styles from './error-groups.module.css';
import { ErrorRow } from './error-row.tsx';

/** What errors are of: the range as the address has it and as two instants, and where. */
export interface ErrorsRange {
  readonly text: TimeRangeText;
  readonly range: TimeRange;
  readonly environment: Environment;
}

interface ErrorGroupsProps {
  readonly answer: ErrorGroupsAnswer;
  readonly range: ErrorsRange;
  /** The answer is of an earlier question. */
  readonly isStale: boolean;
  /** The errors are of several services. */
  readonly showsService: boolean;
  /** The key (`errorKey`) of the one that is open. */
  readonly open: string | undefined;
  readonly onOpen: (key: string | undefined) => void;
}

/** Errors as rows that open to where they come from. `j` and `k` go through them, Escape closes the one that is open. */
export function ErrorGroups({ answer, range, isStale, showsService, open, onOpen }: ErrorGroupsProps) {
  const t = useTranslate();
  const format = useFormat();
  const list = useRef<HTMLOListElement>(null);
  useButtonKeys(list, '[data-error]');
  const close = (): void => {
    if (open === undefined) return;
    // What has the focus may go away with it.
    list.current?.querySelector<HTMLElement>('[data-error][aria-expanded="true"]')?.focus();
    onOpen(undefined);
  };
  useShortcuts({ Escape: close });
  return (
    <ol ref={list} className={styles.list} aria-label={t('errors.title')} data-stale={isStale}>
      {answer.groups.map((group) => {
        const key = errorKey(group);
        return (
          <ErrorRow
            key={key}
            group={group}
            buckets={answer.buckets}
            range={range}
            showsService={showsService}
            isOpen={key === open}
            onToggle={() => onOpen(key === open ? undefined : key)}
          />
        );
      })}
      {answer.groupCount > answer.groups.length && (
        <li className={styles.note}>
          {t('errors.cut', { shown: format.number(answer.groups.length), all: format.number(answer.groupCount) })}
        </li>
      )}
      {answer.others.map(({ service, count }) => (
        <li key={service} className={styles.note}>
          {t('errors.others', { count, shown: format.number(count), service })}
        </li>
      ))}
    </ol>
  );
}
