import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ERROR_ORDERS } from '@threadline/collector/api';
import { describeFailure } from '../../api/describe-failure.ts';
import { errorsQuery } from '../../api/queries.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { ErrorGroups } from '../../shared/ErrorGroups/error-groups.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { useProvideTarget } from '../../state/frame-context.tsx';
import { useResolvedRange } from '../../state/search-clock.ts';
import styles from './errors.module.css';
import { useErrorsAddress } from './use-errors-address.ts';

/** A person goes through no more; the order says which come first. */
const SHOWN_GROUPS = 200;
const NO_RANGE = { fromMillis: 0, toMillis: 0 };
const WIDER_RANGE = { from: 'now-7d', to: 'now' };
const ORDER_NAMES: Readonly<Record<(typeof ERROR_ORDERS)[number], MessageKey>> = {
  count: 'errors.mostFirst',
  last: 'errors.latestFirst',
  first: 'errors.newestFirst',
};

/** The errors of all services, by where they come from. */
export function ErrorsPage() {
  const t = useTranslate();
  const format = useFormat();
  const address = useErrorsAddress();
  useProvideTarget('logs');
  const range = useResolvedRange(address.range);
  const search = useQuery({
    ...errorsQuery({ range: range ?? NO_RANGE, order: address.order, limit: SHOWN_GROUPS }),
    enabled: range !== undefined,
    placeholderData: keepPreviousData,
  });
  const { data, error } = search;
  return (
    <section className={styles.page} aria-label={t('errors.title')}>
      <h1 hidden>{t('errors.title')}</h1>
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
                </StateActions>
              </EmptyState>
            ) : (
              <>
                <div className={styles.head}>
                  <span className={styles.summary} aria-live="polite">
                    {t('errors.summary', {
                      total: data.total,
                      shownTotal: format.number(data.total),
                      count: data.groupCount,
                      shown: format.number(data.groupCount),
                    })}
                  </span>
                  <Choice
                    legend={t('errors.order')}
                    isLegendHidden
                    options={ERROR_ORDERS.map((value) => ({ value, label: t(ORDER_NAMES[value]) }))}
                    value={address.order}
                    onChange={address.setOrder}
                  />
                </div>
                <div className={styles.groups}>
                  <ErrorGroups
                    answer={data}
                    range={{ text: address.range, range }}
                    isStale={search.isPlaceholderData}
                    showsService
                    open={address.open}
                    onOpen={address.setOpen}
                  />
                </div>
              </>
            )}
          </>
        )}
      </SearchState>
    </section>
  );
}
