import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LogFieldValuesAnswer } from '@threadline/collector/api';
import { useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { logFieldValuesQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { type Facet, missingFilter } from '../../logic/facets.ts';
import { hasFilter } from '../../logic/query-edit.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { StoppedNote } from '../../shared/PageState/stopped-state.tsx';
import styles from './field-panel.module.css';
import { useIsStale } from './use-is-stale.ts';
import type { LogAddress } from './use-log-search.ts';
import { ValueLine } from './value-line.tsx';

/** Values that are shown at first, and each time that the reader asks for more. */
const SHOWN_VALUES = [8, 50, 200] as const;
export const FIRST_VALUES = SHOWN_VALUES[0];
const SKELETON_LINES = 3;

interface FieldValuesProps {
  readonly facet: Facet;
  readonly address: LogAddress;
  readonly range: TimeRange;
}

/** The most frequent values of a field in the records of the search. */
export function FieldValues({ facet, address, range }: FieldValuesProps) {
  const t = useTranslate();
  const [step, setStep] = useState(0);
  const limit = SHOWN_VALUES[step] ?? SHOWN_VALUES[0];
  const asked = { query: address.query, field: facet.field, prefix: '', limit };
  const question = JSON.stringify([asked, address.range]);
  const counted = useKeptRange(range, {
    question,
    keysOf: (part) => [logFieldValuesQuery({ ...asked, range: part }).queryKey],
    name: 'fields.title',
  });
  const answer = useQuery({ ...logFieldValuesQuery({ ...asked, range: counted }), placeholderData: keepPreviousData });
  const isStale = useIsStale(answer, { question, isLive: address.isLive });
  if (answer.isError) {
    return (
      <p className={styles.note} role="alert">
        {t('fields.valuesFailed', { reason: describeFailure(answer.error, t).message })}
        <Button size="small" onClick={() => void answer.refetch()}>
          {t('error.retry')}
        </Button>
      </p>
    );
  }
  if (answer.data === undefined) {
    if (answer.fetchStatus === 'fetching') return <ValueSkeleton />;
    return (
      <p className={styles.note}>
        <StoppedNote />
      </p>
    );
  }
  const hasMore = answer.data.values.length >= limit && step < SHOWN_VALUES.length - 1;
  return (
    <div data-stale={isStale} className={styles.values}>
      <ValueList answer={answer.data} facet={facet} address={address} />
      {hasMore && (
        <Button look="quiet" size="small" onClick={() => setStep(step + 1)}>
          {t('fields.moreValues')}
        </Button>
      )}
    </div>
  );
}

interface ValueListProps {
  readonly answer: LogFieldValuesAnswer;
  readonly facet: Facet;
  readonly address: LogAddress;
}

function ValueList({ answer, facet, address }: ValueListProps) {
  const t = useTranslate();
  const format = useFormat();
  const { total, count, values, otherCount } = answer;
  const missing = total - count;
  const filter = missingFilter(facet);
  const { partial } = answer;
  return (
    <>
      <ul aria-label={facet.label}>
        {values.map((value) => (
          <ValueLine key={value.value} facet={facet} value={value.value} count={value.count} total={total} address={address} />
        ))}
        {otherCount > 0 && (
          <li className={styles.other} title={t('fields.otherHelp')}>
            <span className={styles.valueText}>{t('fields.other')}</span>
            <span className={styles.count}>{format.number(otherCount)}</span>
          </li>
        )}
        {missing > 0 && (
          <li className={styles.line}>
            <button
              type="button"
              className={`${styles.value} ${styles.missing}`}
              aria-pressed={hasFilter(address.query, filter)}
              title={t('fields.showMissing', { field: facet.label })}
              onClick={() => address.toggle(filter)}
            >
              <span className={styles.valueText}>{t('fields.missing')}</span>
              <span className={styles.count}>{format.number(missing)}</span>
            </button>
          </li>
        )}
      </ul>
      {answer.capped && <p className={styles.note}>{t('fields.capped')}</p>}
      {partial && (
        <p className={styles.note}>{t('fields.partial', { time: format.exact(partial.searchedFrom), reason: t.say(partial.reason) })}</p>
      )}
    </>
  );
}

function ValueSkeleton() {
  const t = useTranslate();
  return (
    <div role="status" aria-label={t('state.loading')}>
      {Array.from({ length: SKELETON_LINES }, (_, line) => (
        <div key={line} className={styles.other}>
          <span className={styles.skeleton} style={{ width: `${60 - line * 12}%` }} />
        </div>
      ))}
    </div>
  );
}
