import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { describeFailure } from '../../api/describe-failure.ts';
import { errorsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { ErrorGroups } from '../../shared/ErrorGroups/error-groups.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { PageTitle } from '../../shared/PageTitle/page-title.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { useResolvedRange } from '../../state/search-clock.ts';
import styles from './errors.module.css';
import { ErrorsHead } from './errors-head.tsx';
import { useErrorsAddress } from './use-errors-address.ts';

/** A person goes through no more; the order says which come first. */
const SHOWN_GROUPS = 200;
const NO_RANGE = { fromMillis: 0, toMillis: 0 };
const WIDER_RANGE = { from: 'now-7d', to: 'now' };

/** The errors of all services or of one, by where they come from. */
export function ErrorsPage() {
  const t = useTranslate();
  const address = useErrorsAddress();
  useProvideTarget('logs');
  const { environment } = address;
  const asked = { service: address.service, environment, order: address.order, limit: SHOWN_GROUPS };
  const range = useKeptRange(useResolvedRange(address.range), {
    question: JSON.stringify([asked, address.range]),
    keysOf: (part) => [errorsQuery({ ...asked, range: part }).queryKey],
    name: 'errors.title',
  });
  const search = useQuery({
    ...errorsQuery({ ...asked, range: range ?? NO_RANGE }),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  });
  const { data, error } = search;
  return (
    <section className={styles.page} aria-label={t('errors.title')}>
      <PageTitle title={t('errors.title')} />
      <ErrorsHead address={address} answer={data} />
      <SearchState
        search={search}
        isRangeValid={range !== undefined}
        address={address}
        failure={error && data === undefined ? describeFailure(error, t) : undefined}
        failedTitle={t('errors.failed')}
        skeletonColumns={[56, 120]}
      >
        {data && range && (
          <>
            <AnswerNotesBar answers={[data]} />
            {data.groups.length === 0 ? (
              <EmptyState title={t('errors.noneTitle')} text={t('errors.noneText')}>
                <StateActions>
                  <Button onClick={() => address.setRange(WIDER_RANGE)}>{t('errors.wider')}</Button>
                  {environment !== undefined && <Button onClick={() => address.setEnvironment(undefined)}>{t('environment.all')}</Button>}
                </StateActions>
              </EmptyState>
            ) : (
              <div className={styles.groups}>
                <ErrorGroups
                  answer={data}
                  range={{ text: address.range, range, environment }}
                  isStale={search.isPlaceholderData}
                  showsService={address.service === undefined}
                  open={address.open}
                  onOpen={address.setOpen}
                />
              </div>
            )}
          </>
        )}
      </SearchState>
    </section>
  );
}
