import { useQuery } from '@tanstack/react-query';
import type { StatsAnswer } from '@threadline/collector/api';
import { useMemo, useRef } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { logFieldsQuery } from '../../api/queries.ts';
import { type Facet, facetSections } from '../../logic/facets.ts';
import { STAT_FIGURES, type StatFigure, statRows } from '../../logic/log-stats.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { useButtonKeys } from '../../state/button-keys.ts';
import { NoLogs } from './no-logs.tsx';
import styles from './stats.module.css';
import { FIGURE_NAMES, StatsTable } from './stats-table.tsx';
import type { LogAddress } from './use-log-search.ts';
import type { LogStats } from './use-log-stats.ts';

interface StatsViewProps {
  readonly address: LogAddress;
  readonly stats: LogStats;
}

/** Figures of the search's records by the values of a field, or what stands in their place. */
export function StatsView({ address, stats: { search, range } }: StatsViewProps) {
  const t = useTranslate();
  const { data, error } = search;
  return (
    <section className={styles.view} aria-label={t('logStats.title')}>
      {range && <StatsHead address={address} answer={data} range={range} />}
      <SearchState
        search={search}
        isRangeValid={range !== undefined}
        address={address}
        failure={error && data === undefined ? describeFailure(error, t) : undefined}
        failedTitle={t('logStats.failed')}
        skeletonColumns={[160, 90, 120]}
      >
        {data && range && (
          <>
            <AnswerNotesBar answers={[data]} />
            {data.total === 0 ? (
              <NoLogs address={address} range={range} />
            ) : (
              <Figures address={address} answer={data} isStale={search.isPlaceholderData} />
            )}
          </>
        )}
      </SearchState>
    </section>
  );
}

interface StatsHeadProps {
  readonly address: LogAddress;
  readonly answer: StatsAnswer | undefined;
  readonly range: TimeRange;
}

/** What is measured, by what, and of how much. */
function StatsHead({ address, answer, range }: StatsHeadProps) {
  const t = useTranslate();
  const format = useFormat();
  const { field, by, figure } = address.stats;
  const { data } = useQuery({ ...logFieldsQuery({ query: address.query, range }) });
  const sections = useMemo(() => facetSections(data?.fields ?? []), [data]);
  const own = sections.filter(({ place }) => place === 'record').flatMap(({ facets }) => facets);
  const attributes = sections.filter(({ place }) => place !== 'record').flatMap(({ facets }) => facets);
  const method = answer?.percentileMethod;
  return (
    <div className={styles.head}>
      <FieldSelect
        label={t('logStats.measure')}
        value={field}
        none={t('logStats.records')}
        facets={attributes.filter(({ hasNumbers }) => hasNumbers)}
        onChange={address.setMeasure}
      />
      <FieldSelect
        label={t('logStats.by')}
        value={by}
        none={t('logStats.byNone')}
        facets={[...own, ...attributes]}
        onChange={address.setGrouping}
      />
      {field !== '' && (
        <label className={styles.figure}>
          {t('logStats.figure')}
          <select className={styles.select} value={figure} onChange={(event) => address.setFigure(figureOf(event.target.value))}>
            {STAT_FIGURES.map((one) => (
              <option key={one} value={one}>
                {t(FIGURE_NAMES[one])}
              </option>
            ))}
          </select>
        </label>
      )}
      <span className={styles.summary} aria-live="polite">
        {answer &&
          t(by === '' ? 'logStats.summaryAll' : 'logStats.summary', {
            count: answer.groups.length,
            shown: format.number(answer.groups.length),
            total: answer.total,
            shownTotal: format.number(answer.total),
          })}
      </span>
      {field !== '' && method && (
        <span className={styles.summary}>
          {method.maxRelativeError === undefined
            ? t('logStats.estimate')
            : t('logStats.within', { error: format.percent(method.maxRelativeError) })}
        </span>
      )}
    </div>
  );
}

function figureOf(text: string): StatFigure {
  return STAT_FIGURES.find((figure) => figure === text) ?? 'count';
}

interface FieldSelectProps {
  readonly label: string;
  readonly value: string;
  /** What the empty value is called. */
  readonly none: string;
  readonly facets: readonly Facet[];
  readonly onChange: (field: string) => void;
}

/** The fields of the search's records; the one of the address also where no record has it. */
function FieldSelect({ label, value, none, facets, onChange }: FieldSelectProps) {
  const isListed = value === '' || facets.some(({ queryName }) => queryName === value);
  return (
    <label className={styles.field}>
      {label}
      <select className={styles.select} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{none}</option>
        {!isListed && <option value={value}>{value}</option>}
        {facets.map(({ queryName }) => (
          <option key={queryName} value={queryName}>
            {queryName}
          </option>
        ))}
      </select>
    </label>
  );
}

function Figures({ address, answer, isStale }: { readonly address: LogAddress; readonly answer: StatsAnswer; readonly isStale: boolean }) {
  const t = useTranslate();
  const { field, figure } = address.stats;
  const { rows, most } = useMemo(() => statRows(answer, figure), [answer, figure]);
  const table = useRef<HTMLDivElement>(null);
  useButtonKeys(table, '[data-value]');
  const hasNumbers = field === '' || rows.some(({ figures }) => figures.avg !== undefined);
  return (
    <div ref={table} className={styles.scroller} data-stale={isStale} role="region" aria-label={t('logStats.table')} tabIndex={0}>
      {!hasNumbers && (
        <p className={styles.note} role="status">
          {t('logStats.noNumbers', { field })}
        </p>
      )}
      {answer.capped && <p className={styles.note}>{t('logStats.capped')}</p>}
      <StatsTable rows={rows} most={most} answer={answer} address={address} />
    </div>
  );
}
