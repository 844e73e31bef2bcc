import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ApiError } from '../../api/api-error.ts';
import { describeFailure } from '../../api/describe-failure.ts';
import { serviceFiguresQuery, servicesQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import type { TimeRangeText } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../../shared/Button/button.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { WholeMinutesNote } from '../../shared/PageState/whole-minutes-note.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { placeUrl } from '../../state/last-search.ts';
import { useResolvedRange } from '../../state/search-clock.ts';
import styles from './service.module.css';
import { ServiceCharts } from './service-charts.tsx';
import { ServiceErrors } from './service-errors.tsx';
import { ServiceHead } from './service-head.tsx';
import { InstanceTable, NeighbourTable, OperationTable } from './service-tables.tsx';
import { useServiceAddress } from './use-service-address.ts';

const HOUR_MILLIS = 3_600_000;
const SEEN_MARGIN_MILLIS = 60_000;
const NO_RANGE = { fromMillis: 0, toMillis: 0 };

/** One service: how it fares, what it does, whom it talks to, its errors, and where it runs. */
export function ServicePage() {
  const t = useTranslate();
  const address = useServiceAddress();
  useProvideTarget('logs');
  const range = useResolvedRange(address.range);
  const kept = useKeptRange(range, {
    question: JSON.stringify([address.service, address.place]),
    keysOf: (part) => [serviceFiguresQuery(address.service, part, address.environment).queryKey],
    name: 'service.figures',
  });
  const search = useQuery({
    ...serviceFiguresQuery(address.service, kept ?? NO_RANGE, address.environment),
    enabled: range !== undefined,
    // Of another range, but never of another service.
    placeholderData: (before, query) => (query?.queryKey[1] === address.service ? keepPreviousData(before) : undefined),
  });
  const { data, error } = search;
  const isUnknown = error instanceof ApiError && error.status === 404;
  const format = useFormat();
  // When it was last seen in one environment is not known.
  const isEverywhere = address.environment === undefined;
  const services = useQuery({ ...servicesQuery(), enabled: isUnknown && isEverywhere }).data?.services;
  const known = isEverywhere ? services?.find(({ name }) => name === address.service) : undefined;
  return (
    <section className={styles.page} aria-labelledby="service-name">
      <ServiceHead address={address} answer={data} />
      {isUnknown ? (
        <EmptyState
          title={t('service.noneTitle')}
          text={
            known
              ? `${t('service.noneText')} ${t('service.lastSeen', { time: format.millis(Date.parse(known.lastSeen)) })}`
              : t(isEverywhere ? 'service.noneText' : 'environment.noneText')
          }
        >
          <StateActions>
            {known && <Button onClick={() => address.setRange(aroundTime(known.lastSeen))}>{t('service.goThere')}</Button>}
            {!isEverywhere && <Button onClick={() => address.setEnvironment(undefined)}>{t('environment.all')}</Button>}
            <Link to="/services" search={placeUrl(address.place)} className={buttonClass({})}>
              {t('service.all')}
            </Link>
          </StateActions>
        </EmptyState>
      ) : (
        <SearchState
          search={search}
          isRangeValid={range !== undefined}
          address={address}
          failure={error && data === undefined ? describeFailure(error, t) : undefined}
          failedTitle={t('service.failed')}
          skeletonColumns={[260, 80, 80, 60, 60, 60]}
        >
          {data && range && (
            <div className={styles.content} data-stale={search.isPlaceholderData}>
              <AnswerNotesBar answers={[data]} />
              {!search.isPlaceholderData && <WholeMinutesNote asked={range} answer={data} />}
              <ServiceCharts answer={data} environment={address.environment} onZoom={address.setRange} />
              {data.instances.some(({ spanCount }) => spanCount > 0) ? (
                <>
                  <OperationTable answer={data} place={address.place} />
                  <div className={styles.pair}>
                    <NeighbourTable
                      title={t('service.callers')}
                      none={t('service.noCallers')}
                      neighbours={data.callers}
                      place={address.place}
                    />
                    <NeighbourTable
                      title={t('service.dependencies')}
                      none={t('service.noDependencies')}
                      neighbours={data.dependencies}
                      place={address.place}
                    />
                  </div>
                </>
              ) : (
                <p className={styles.section}>{t(data.logs.count === 0 ? 'service.onlyChecks' : 'service.onlyLogs')}</p>
              )}
              <ServiceErrors address={address} range={range} failedCalls={data.figures.errors} errorRecords={data.logs.errors} />
              <InstanceTable answer={data} />
            </div>
          )}
        </SearchState>
      )}
    </section>
  );
}

/** The hour that ends a little after a time. */
function aroundTime(time: string): TimeRangeText {
  const end = Date.parse(time) + SEEN_MARGIN_MILLIS;
  return { from: new Date(end - HOUR_MILLIS).toISOString(), to: new Date(end).toISOString() };
}
