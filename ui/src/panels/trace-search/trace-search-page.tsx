import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { queryErrorOf } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { healthQuery, servicesQuery } from '../../api/queries.ts';
import type { SeenValues } from '../../logic/seen-values.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AddService } from '../../shared/AddService/add-service.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { PageTitle } from '../../shared/PageTitle/page-title.tsx';
import { PastRetention } from '../../shared/PastRetention/past-retention.tsx';
import { presetLabel } from '../../shared/TimeRangePicker/preset-label.ts';
import { useProvidePageSearch } from '../../state/frame-context.tsx';
import { useResolvedRange } from '../../state/search-clock.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { TraceList } from './trace-list.tsx';
import { TraceScatter } from './trace-scatter.tsx';
import { TraceSearchForm } from './trace-search-form.tsx';
import { type TraceAddress, type Traces, useTraceAddress, useTraces } from './use-trace-search.ts';

const DEFAULT_OTLP_HTTP = 'http://127.0.0.1:4318';
const WIDER_RANGES = ['1h', '1d', '7d'] as const;

/** Search in traces. */
export function TraceSearchPage() {
  const t = useTranslate();
  const navigate = useNavigate();
  const address = useTraceAddress();
  const result = useTraces(address);
  const { traces, search } = result;
  const { begin } = result.beginning;
  // Another list has its own.
  const [chosen, setChosen] = useState({ of: begin, index: -1 });
  const setActive = (index: number) => setChosen({ of: begin, index });
  const keptActive = begin.place?.active;
  const isChosen = chosen.of === begin && chosen.index >= 0;
  const isActiveKept = !isChosen && keptActive !== undefined;
  const active = isChosen ? chosen.index : isActiveKept ? traces.findIndex(({ traceId }) => traceId === keptActive) : -1;
  const services = useQuery(servicesQuery()).data?.services;
  const seenValues: SeenValues = useMemo(
    () => new Map([['service', new Map((services ?? []).map(({ name, spanCount }) => [name, spanCount]))]]),
    [services],
  );
  const queryError = useMemo(() => queryErrorOf(search.error), [search.error]);
  useProvidePageSearch({ target: 'spans', error: queryError, seenValues });
  const open = (index: number) => {
    const trace = traces[index];
    if (trace !== undefined) void navigate({ to: '/trace/$traceId', params: { traceId: trace.traceId } });
  };
  useShortcuts({
    j: () => setActive(Math.min(traces.length - 1, active + 1)),
    k: () => setActive(Math.max(0, active - 1)),
    e: () => setActive(traces.findIndex((trace, index) => index > active && trace.errorCount > 0)),
    Enter: () => open(active),
  });
  return (
    <>
      <PageTitle title={t('rail.traces')} />
      <TraceSearchForm address={address} />
      <TraceResults address={address} result={result} active={active} isActiveKept={isActiveKept} onActive={setActive} />
    </>
  );
}

interface TraceResultsProps {
  readonly address: TraceAddress;
  readonly result: Traces;
  readonly active: number;
  readonly isActiveKept: boolean;
  readonly onActive: (index: number) => void;
}

function TraceResults({ address, result, active, isActiveKept, onActive }: TraceResultsProps) {
  const t = useTranslate();
  const { search, traces, range, pages } = result;
  return (
    <SearchState
      search={search}
      isRangeValid={range !== undefined}
      address={address}
      failure={search.error && traces.length === 0 ? describeFailure(search.error, t) : undefined}
      failedTitle={t('traces.failed')}
      skeletonColumns={[84, 280, 160]}
    >
      <AnswerNotesBar answers={pages} />
      {traces.length === 0 && !search.hasNextPage ? (
        <NoTraces address={address} />
      ) : (
        <>
          <TraceScatter address={address} result={result} active={active} onActive={onActive} />
          <TraceList result={result} active={active} isActiveKept={isActiveKept} onActive={onActive} />
        </>
      )}
    </SearchState>
  );
}

function noMatchText({ query, others, isFiltered }: TraceAddress): MessageKey {
  if (others.length > 0) return 'traces.noMatchOthers';
  return query !== '' || isFiltered ? 'traces.noMatchFilters' : 'traces.noMatchRange';
}

/** No trace matches: where nothing was ever sent, how to send; else what could be let go of. */
function NoTraces({ address }: { readonly address: TraceAddress }) {
  const t = useTranslate();
  const services = useQuery(servicesQuery());
  const health = useQuery(healthQuery());
  const range = useResolvedRange(address.range);
  const isFiltered = address.query !== '' || address.isFiltered;
  if (services.data?.services.length === 0 && !isFiltered)
    return <AddService otlpHttp={health.data?.send?.otlpHttpUrl ?? DEFAULT_OTLP_HTTP} />;
  return (
    <EmptyState title={t('traces.noMatchTitle')} text={t(noMatchText(address))}>
      <PastRetention range={range} />
      <StateActions>
        {isFiltered && (
          <Button look="primary" onClick={address.clear}>
            {t('traces.clear')}
          </Button>
        )}
        {WIDER_RANGES.map((preset) => (
          <Button key={preset} onClick={() => address.setRange({ from: `now-${preset}`, to: 'now' })}>
            {presetLabel(preset, t)}
          </Button>
        ))}
      </StateActions>
    </EmptyState>
  );
}
