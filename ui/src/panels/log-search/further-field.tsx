import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { logFieldValuesQuery } from '../../api/queries.ts';
import { furtherFacet } from '../../logic/facets.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { StoppedNote } from '../../shared/PageState/stopped-state.tsx';
import type { FieldPanelControls } from '../../state/field-panel.ts';
import { FieldItem } from './field-item.tsx';
import styles from './field-panel.module.css';
import { FIRST_VALUES } from './field-values.tsx';
import type { LogAddress } from './use-log-search.ts';

interface FurtherFieldProps {
  /** What the reader looks for: the name of a field that is not listed. */
  readonly name: string;
  readonly address: LogAddress;
  readonly range: TimeRange;
  readonly panel: FieldPanelControls;
}

/** The way to a field that is too rare to be listed, by its whole name. Asked for once the reader says that it is whole. */
export function FurtherField({ name, address, range, panel }: FurtherFieldProps) {
  const t = useTranslate();
  const [asked, setAsked] = useState<string>();
  const isAsked = asked === name;
  const answer = useQuery({
    ...logFieldValuesQuery({ query: address.query, range, field: name, prefix: '', limit: FIRST_VALUES }),
    enabled: isAsked,
  });
  if (!isAsked) {
    return (
      <p className={styles.note}>
        <Button size="small" onClick={() => setAsked(name)}>
          {t('fields.lookFor', { field: name })}
        </Button>
      </p>
    );
  }
  if (answer.isError) {
    return (
      <p className={styles.note} role="alert">
        {t('fields.failed', { reason: describeFailure(answer.error, t).message })}
        <Button size="small" onClick={() => void answer.refetch()}>
          {t('error.retry')}
        </Button>
      </p>
    );
  }
  if (answer.data === undefined) {
    if (answer.fetchStatus === 'fetching') return <SkeletonRows columns={[90]} />;
    return (
      <p className={styles.note}>
        <StoppedNote />
      </p>
    );
  }
  const { count, total } = answer.data;
  if (count === 0) return <p className={styles.note}>{t('fields.noneHas', { field: name })}</p>;
  return (
    <ul>
      <FieldItem facet={furtherFacet(name, count)} total={total} address={address} range={range} panel={panel} />
    </ul>
  );
}
