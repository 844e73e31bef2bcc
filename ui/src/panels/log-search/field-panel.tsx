import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LogFieldsAnswer } from '@threadline/collector/api';
import { useMemo, useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { LISTED_FIELDS, logFieldsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { facetSections, isListed } from '../../logic/facets.ts';
import { hasAnyOf } from '../../logic/live-counts.ts';
import type { LiveRows } from '../../logic/live-rows.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, IconButton } from '../../shared/Button/button.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { StoppedNote } from '../../shared/PageState/stopped-state.tsx';
import type { FieldPanelControls } from '../../state/field-panel.ts';
import { FieldItem } from './field-item.tsx';
import styles from './field-panel.module.css';
import { FurtherField } from './further-field.tsx';
import { useIsStale } from './use-is-stale.ts';
import type { LogAddress } from './use-log-search.ts';

const SECTION_TITLES = { attributes: 'fields.attributes', resource: 'fields.resource', scope: 'fields.scope' } as const;

interface FieldPanelProps {
  readonly address: LogAddress;
  readonly range: TimeRange;
  /** What a live view has, where it is one. */
  readonly live: LiveRows;
  readonly panel: FieldPanelControls;
  /** The list's answer comes first; where there is none (`absent`) it says why, and there is nothing to count here. */
  readonly list: 'awaited' | 'here' | 'absent';
}

/** The fields that the records of the search have, and the values of those that are open; a click on a value changes the query. */
export function FieldPanel({ address, range, live, panel, list }: FieldPanelProps) {
  const t = useTranslate();
  const [wanted, setWanted] = useState('');
  const { query, isLive } = address;
  const question = JSON.stringify([query, address.range]);
  const counted = useKeptRange(range, {
    question,
    keysOf: (part) => [logFieldsQuery({ query, range: part }).queryKey],
    name: 'fields.title',
  });
  const answer = useQuery({
    ...logFieldsQuery({ query, range: counted }),
    enabled: list === 'here',
    placeholderData: keepPreviousData,
  });
  const { data } = answer;
  const isStale = useIsStale(answer, { question, isLive });
  const isCounting = isLive && data?.fields.length === 0 && hasAnyOf({ range: counted, isOpen: address.range.to === 'now' }, live.rows);
  const name = wanted.trim();
  const sections = useMemo(() => facetSections(data?.fields ?? [], wanted), [data, wanted]);
  return (
    <>
      <header className={styles.head}>
        <input
          className={styles.find}
          type="search"
          value={wanted}
          placeholder={t('fields.find')}
          aria-label={t('fields.find')}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <IconButton icon="close" size="small" label={t('fields.hide')} onClick={() => panel.setOpen(false)} />
      </header>
      <div className={styles.scroll} data-stale={isStale}>
        {list === 'absent' ? (
          <p className={styles.note}>{t('fields.absent')}</p>
        ) : answer.isError ? (
          <p className={styles.note} role="alert">
            {t('fields.failed', { reason: describeFailure(answer.error, t).message })}
            <Button size="small" onClick={() => void answer.refetch()}>
              {t('error.retry')}
            </Button>
          </p>
        ) : data === undefined || isCounting ? (
          answer.fetchStatus === 'fetching' || isCounting || list === 'awaited' ? (
            <SkeletonRows columns={[90]} />
          ) : (
            <p className={styles.note}>
              <StoppedNote />
            </p>
          )
        ) : (
          <>
            <PanelNotes answer={data} isFiltered={name !== ''} listed={sections.length} />
            {sections.map(({ place, facets }) => (
              <section key={place} className={styles.section}>
                {place !== 'record' && <h3 className={styles.sectionTitle}>{t(SECTION_TITLES[place])}</h3>}
                <ul>
                  {facets.map((facet) => (
                    <FieldItem key={facet.field} facet={facet} total={data.total} address={address} range={range} panel={panel} />
                  ))}
                </ul>
              </section>
            ))}
            {data.more &&
              (name === '' || !isFull(data) || isListed(data.fields, name) ? (
                <p className={styles.note}>{t('fields.more')}</p>
              ) : (
                <FurtherField name={name} address={address} range={counted} panel={panel} />
              ))}
          </>
        )}
      </div>
    </>
  );
}

/** There are fields with names that the list has no room for. */
function isFull({ fields, more }: LogFieldsAnswer): boolean {
  return more === true && fields.length >= LISTED_FIELDS;
}

interface PanelNotesProps {
  readonly answer: LogFieldsAnswer;
  readonly isFiltered: boolean;
  readonly listed: number;
}

/** Why there is nothing, or that the counts are of a part. */
function PanelNotes({ answer, isFiltered, listed }: PanelNotesProps) {
  const t = useTranslate();
  const format = useFormat();
  if (listed === 0) {
    if (!isFiltered || answer.fields.length === 0) return <p className={styles.note}>{t('fields.none')}</p>;
    const count = answer.fields.length;
    return (
      <p className={styles.note}>{isFull(answer) ? t('fields.noneListed', { shown: format.number(count) }) : t('fields.noneFound')}</p>
    );
  }
  if (answer.partial === undefined) return null;
  const { searchedFrom, reason } = answer.partial;
  return <p className={styles.note}>{t('fields.partial', { time: format.exact(searchedFrom), reason: t.say(reason) })}</p>;
}
