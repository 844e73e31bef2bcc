import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Suspense, useMemo, useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { healthQuery, serviceMapQuery, servicesQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { filterServices, inOrderOf, type ServiceRow, serviceRows, sortServices } from '../../logic/service-rows.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AddService } from '../../shared/AddService/add-service.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { laterPart, useFetchedParts } from '../../shared/later-part.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { WholeMinutesNote } from '../../shared/PageState/whole-minutes-note.tsx';
import { PageTitle } from '../../shared/PageTitle/page-title.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { useResolvedRange } from '../../state/search-clock.ts';
import styles from './services.module.css';
import { ServicesHead } from './services-head.tsx';
import { ServicesTable } from './services-table.tsx';
import { useServicesAddress } from './use-services-address.ts';

const MapView = laterPart(async () => (await import('./map/map-view.tsx')).MapView);
const LATER_PARTS = [MapView];
const NO_RANGE = { fromMillis: 0, toMillis: 0 };

/** Every service, how it fares now and how it did over the range. */
export function ServicesPage() {
  const t = useTranslate();
  const address = useServicesAddress();
  useProvideTarget('logs');
  const { environment } = address;
  const range = useResolvedRange(address.range);
  // A live one is asked for under its text: its answer stays by itself.
  const kept = useKeptRange(address.isLive ? undefined : range, {
    question: JSON.stringify(address.place),
    keysOf: (part) => [serviceMapQuery({ range: part, environment }).queryKey],
    name: 'services.title',
  });
  const search = useQuery({
    ...serviceMapQuery({ range: kept ?? range ?? NO_RANGE, environment, live: address.isLive ? address.range : undefined }),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  });
  const known = useQuery(servicesQuery()).data?.services;
  const otlpHttp = useQuery(healthQuery()).data?.send?.otlpHttpUrl;
  const { data, error } = search;
  useFetchedParts(LATER_PARTS, data !== undefined);
  // Where the others are is not known.
  const beside = environment === undefined ? known : undefined;
  const rows = useMemo(() => (data ? serviceRows(data, beside ?? []) : []), [data, beside]);
  const { find, state, sort } = address;
  const isMap = address.view === 'map';
  const { by, descending } = sort;
  const sorted = useMemo(
    () => sortServices(filterServices(rows, { find, state }), { by, descending }),
    [rows, find, state, by, descending],
  );
  const { shown, isMoved, sortAgain } = useHeldOrder(sorted, JSON.stringify([find, state, by, descending, address.place]));
  return (
    <section className={styles.page} aria-label={t('services.title')}>
      <PageTitle title={t('services.title')} />
      <ServicesHead address={address} rows={rows} shownCount={shown.length} onSort={isMoved && !isMap ? sortAgain : undefined} />
      <SearchState
        search={search}
        isRangeValid={range !== undefined}
        address={address}
        failure={error && data === undefined ? describeFailure(error, t) : undefined}
        failedTitle={t('services.failed')}
        skeletonColumns={[180, 90, 120, 60, 60, 60, 60]}
      >
        {data && (
          <>
            <AnswerNotesBar answers={[data]} />
            {range && !search.isPlaceholderData && <WholeMinutesNote asked={range} answer={data} />}
            {rows.length === 0 && environment !== undefined && (
              <EmptyState title={t('environment.noneTitle')} text={t('environment.noneText')}>
                <StateActions>
                  <Button onClick={() => address.setEnvironment(undefined)}>{t('environment.all')}</Button>
                </StateActions>
              </EmptyState>
            )}
            {rows.length === 0 && environment === undefined && otlpHttp !== undefined && <AddService otlpHttp={otlpHttp} />}
            {rows.length > 0 && isMap && (
              <Suspense fallback={null}>
                <MapView
                  answer={data}
                  address={address}
                  isStale={search.isPlaceholderData}
                  answeredAt={search.dataUpdatedAt}
                  hasFailed={error !== null}
                />
              </Suspense>
            )}
            {rows.length > 0 && !isMap && shown.length === 0 && (
              <EmptyState title={t('services.noneTitle')} text={t('services.noneText')}>
                <StateActions>
                  <Button onClick={address.clearFilter}>{t('services.clearFilter')}</Button>
                </StateActions>
              </EmptyState>
            )}
            {!isMap && shown.length > 0 && (
              <ServicesTable rows={shown} answer={data} address={address} isStale={search.isPlaceholderData} />
            )}
          </>
        )}
      </SearchState>
    </section>
  );
}

/** Rows stay where they are while figures of theirs are renewed, until the reader sorts or filters. */
function useHeldOrder(sorted: readonly ServiceRow[], key: string) {
  const names = sorted.map(({ name }) => name);
  const [held, setHeld] = useState({ key, names });
  const isOther = held.key !== key || held.names.length === 0;
  if (isOther && names.length > 0) setHeld({ key, names });
  const shown = isOther ? sorted : inOrderOf(sorted, held.names);
  return {
    shown,
    isMoved: shown.some((row, place) => row !== sorted[place]),
    sortAgain: () => setHeld({ key, names }),
  };
}
