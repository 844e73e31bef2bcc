import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { queryErrorOf } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { logsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { flowRecordsQuery, hasFlow, recentFlows } from '../../logic/recent-flows.ts';
import { collectSeenValues } from '../../logic/seen-values.ts';
import { DEFAULT_RANGE } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { PageTitle } from '../../shared/PageTitle/page-title.tsx';
import { useProvidePageSearch } from '../../state/frame-context.tsx';
import { useResolvedRange } from '../../state/search-clock.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import styles from './flow-index.module.css';
import { RecentFlowList } from './recent-flow-list.tsx';
import { useFirstTraces } from './use-first-traces.ts';

const route = getRouteApi('/flows');
const NO_RANGE = { fromMillis: 0, toMillis: 0 };

/** The way into a flow: by its id, or from those that the latest records of the search carry that have one. */
export function FlowIndexPage() {
  const t = useTranslate();
  const format = useFormat();
  const navigate = useNavigate();
  const url = route.useSearch();
  const rangeText = { from: url.from ?? DEFAULT_RANGE.from, to: url.to ?? DEFAULT_RANGE.to };
  const asked = { query: flowRecordsQuery(url.q ?? ''), order: 'desc' } as const;
  const range = useKeptRange(useResolvedRange(rangeText), {
    question: JSON.stringify([asked, rangeText]),
    keysOf: (part) => [logsQuery({ ...asked, range: part }).queryKey],
    name: 'flows.recent',
  });
  const search = useInfiniteQuery({
    ...logsQuery({ ...asked, range: range ?? NO_RANGE }),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  });
  const pages = search.data?.pages;
  const records = useMemo(() => pages?.flatMap((page) => page.records) ?? [], [pages]);
  const flows = useMemo(() => recentFlows(records), [records]);
  const traces = useFirstTraces(flows);
  const seenValues = useMemo(() => collectSeenValues(records), [records]);
  const queryError = useMemo(() => queryErrorOf(search.error), [search.error]);
  useProvidePageSearch({ target: 'logs', error: queryError, seenValues });
  const [active, setActive] = useState(-1);
  const open = (index: number) => {
    const flow = flows[index];
    if (flow !== undefined) void navigate({ to: '/flow/$correlationId', params: { correlationId: flow.correlationId } });
  };
  useShortcuts({
    j: () => setActive(Math.min(flows.length - 1, active + 1)),
    k: () => setActive(Math.max(0, active - 1)),
    e: () => setActive((before) => flows.findIndex((flow, index) => index > before && flow.errorCount > 0)),
    Enter: () => open(active),
  });
  return (
    <>
      <PageTitle title={t('rail.flows')} />
      <FlowIdForm />
      <div className={styles.title}>
        <h2>{t('flows.recent')}</h2>
        {pages !== undefined && (
          <span className={styles.note}>{t('flows.recentOf', { count: records.length, shown: format.number(records.length) })}</span>
        )}
        {search.hasNextPage && (
          <Button size="small" disabled={search.isFetchingNextPage} onClick={() => void search.fetchNextPage()}>
            {t('flows.lookFurther')}
          </Button>
        )}
      </div>
      <SearchState
        search={search}
        isRangeValid={range !== undefined}
        address={{ range: rangeText, setRange: (next) => void navigate({ to: '/flows', search: { ...url, ...next } }) }}
        failure={search.error && records.length === 0 ? describeFailure(search.error, t) : undefined}
        failedTitle={t('logs.failed')}
        skeletonColumns={[120, 280]}
      >
        <AnswerNotesBar answers={pages ?? []} />
        {flows.length === 0 ? (
          <EmptyState title={t('flows.noneTitle')} text={t('flows.noneText')} />
        ) : (
          <RecentFlowList flows={flows} traces={traces} active={active} onActive={setActive} onOpen={open} />
        )}
      </SearchState>
    </>
  );
}

function FlowIdForm() {
  const t = useTranslate();
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const trimmed = id.trim();
  const isWrong = trimmed !== '' && !hasFlow(trimmed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed !== '' && !isWrong) void navigate({ to: '/flow/$correlationId', params: { correlationId: trimmed } });
  };
  return (
    <>
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          {t('flows.id')}
          <input
            className={styles.input}
            value={id}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={isWrong}
            onChange={(event) => setId(event.target.value)}
          />
        </label>
        <Button type="submit" look="primary" disabled={trimmed === '' || isWrong}>
          {t('flows.open')}
        </Button>
      </form>
      {isWrong && (
        <p className={styles.problem} role="alert">
          {t('flows.invalidId')}
        </p>
      )}
    </>
  );
}
