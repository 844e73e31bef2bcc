import { useQueries, useQuery } from '@tanstack/react-query';
import { healthQuery, histogramQuery, servicesQuery } from '../../api/queries.ts';
import { type QueryClause, topLevelClauses, withoutClause } from '../../logic/query-edit.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { AddService } from '../../shared/AddService/add-service.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import styles from './log-search.module.css';
import type { LogAddress } from './use-log-search.ts';

/** More filters than this are not tried one by one: each costs the collector a count. */
const MAX_TRIED_CLAUSES = 6;
const DEFAULT_OTLP_HTTP = 'http://127.0.0.1:4318';
const WIDER_RANGES = ['1h', '1d', '7d'] as const;

/** No record matches. Where nothing was ever sent, how to send; else which filter or which range keeps records out. */
export function NoLogs({ address, range }: { readonly address: LogAddress; readonly range: TimeRange }) {
  const t = useTranslate();
  const services = useQuery(servicesQuery());
  const health = useQuery(healthQuery());
  if (services.data?.services.length === 0 && address.query === '')
    return <AddService otlpHttp={health.data?.otlpHttp ?? DEFAULT_OTLP_HTTP} />;
  const clauses = topLevelClauses(address.query).slice(0, MAX_TRIED_CLAUSES);
  return (
    <EmptyState title={t('empty.noMatchTitle')} text={t(clauses.length > 0 ? 'empty.noMatchQuery' : 'empty.noMatchRange')}>
      {clauses.length > 0 && <RelaxClauses address={address} range={range} clauses={clauses} />}
      <StateActions>
        {WIDER_RANGES.map((preset) => (
          <Button key={preset} onClick={() => address.setRange({ from: `now-${preset}`, to: 'now' })}>
            {t('empty.tryRange', { range: preset })}
          </Button>
        ))}
      </StateActions>
    </EmptyState>
  );
}

interface RelaxClausesProps {
  readonly address: LogAddress;
  readonly range: TimeRange;
  readonly clauses: readonly QueryClause[];
}

/** For each filter, how many records there are without it; the one that keeps most out first. */
function RelaxClauses({ address, range, clauses }: RelaxClausesProps) {
  const t = useTranslate();
  const format = useFormat();
  const counts = useQueries({
    queries: clauses.map((clause) => histogramQuery({ query: withoutClause(address.query, clause), range, buckets: 1 })),
  });
  const options = clauses
    .map((clause, index) => ({ clause, total: counts[index]?.data?.total }))
    .toSorted((left, right) => (right.total ?? -1) - (left.total ?? -1));
  return (
    <ul className={styles.relax}>
      {options.map(({ clause, total }) => (
        <li key={clause.start} className={styles.relaxLine}>
          <Button size="small" onClick={() => address.setQuery(withoutClause(address.query, clause))}>
            {t('empty.without', { clause: clause.text })}
          </Button>
          <span>{total !== undefined && t('logs.total', { count: total, shown: format.number(total) })}</span>
        </li>
      ))}
    </ul>
  );
}
