import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { healthQuery, servicesQuery } from '../../api/queries.ts';
import { type QueryClause, topLevelClauses, withoutClause } from '../../logic/query-edit.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AddService } from '../../shared/AddService/add-service.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { laterPart } from '../../shared/later-part.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { PastRetention } from '../../shared/PastRetention/past-retention.tsx';
import { presetLabel } from '../../shared/TimeRangePicker/preset-label.ts';
import { CountedQueries } from './counted-queries.tsx';
import type { LogAddress } from './use-log-search.ts';

/** More filters than this are not tried one by one: each costs the collector a count. */
const MAX_TRIED_CLAUSES = 6;
const DEFAULT_OTLP_HTTP = 'http://127.0.0.1:4318';
const WIDER_RANGES = ['1h', '1d', '7d'] as const;

const WordAsValue = laterPart(async () => (await import('./word-as-value.tsx')).WordAsValue);

/** No record matches. Where nothing was ever sent, how to send; else which filter or which range keeps records out. */
export function NoLogs({ address, range }: { readonly address: LogAddress; readonly range: TimeRange }) {
  const t = useTranslate();
  const services = useQuery(servicesQuery());
  const health = useQuery(healthQuery());
  if (services.data?.services.length === 0 && address.query === '')
    return <AddService otlpHttp={health.data?.send?.otlpHttpUrl ?? DEFAULT_OTLP_HTTP} />;
  const clauses = topLevelClauses(address.query).slice(0, MAX_TRIED_CLAUSES);
  return (
    <EmptyState title={t('empty.noMatchTitle')} text={t(clauses.length > 0 ? 'empty.noMatchQuery' : 'empty.noMatchRange')}>
      <Suspense fallback={null}>
        <WordAsValue address={address} range={range} clauses={clauses} />
      </Suspense>
      {clauses.length > 0 && <RelaxClauses address={address} range={range} clauses={clauses} />}
      <PastRetention range={range} />
      <StateActions>
        {WIDER_RANGES.map((preset) => (
          <Button key={preset} onClick={() => address.setRange({ from: `now-${preset}`, to: 'now' })}>
            {presetLabel(preset, t)}
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

/** For each filter, how many records there are without it, the one that keeps most out first; and how many without any. */
function RelaxClauses({ address, range, clauses }: RelaxClausesProps) {
  const t = useTranslate();
  const options = [
    ...clauses.map((clause) => ({ label: t('empty.without', { clause: clause.text }), query: withoutClause(address.query, clause) })),
    ...(clauses.length > 1 ? [{ label: t('empty.withoutAll'), query: '' }] : []),
  ];
  return <CountedQueries title={t('empty.relax')} none={t('empty.noneHelps')} options={options} address={address} range={range} />;
}
