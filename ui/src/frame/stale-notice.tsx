import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { describeFailure } from '../api/describe-failure.ts';
import { useFormat } from '../messages/format.tsx';
import { useTranslate } from '../messages/translate.tsx';
import { Button } from '../shared/Button/button.tsx';
import { useKeptParts } from '../state/kept-parts.ts';
import { clockNow, isRefreshing, keepRefresh, takeBackRefresh, useClock } from '../state/search-clock.ts';
import styles from './frame.module.css';
import { failureSince, isStale, outcomeOf } from './query-kinds.ts';
import { useHealedReread } from './use-healing.ts';

/** One line where a page goes on with what it has because reading it again failed; nothing otherwise. */
export function StaleNotice({ onRefresh }: { readonly onRefresh: () => void }) {
  const t = useTranslate();
  const format = useFormat();
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const error = useSyncExternalStore(cache.subscribe, () => cache.getAll().find(isStale)?.state.error ?? null);
  const stale = error === null ? undefined : cache.getAll().find(isStale);
  const takenBack = useTakenBack();
  const parts = useKeptParts();
  const kept = parts[0] && { error: parts[0].error, ofMillis: Math.min(...parts.map(({ ofMillis }) => ofMillis)) };
  const shown = takenBack ?? kept ?? (stale && { error, ofMillis: stale.state.dataUpdatedAt });
  const names = takenBack ? [] : [...new Set(parts.map(({ name }) => t(name)))];
  const retry = () => {
    if (takenBack) return onRefresh();
    for (const part of parts) part.retry();
    void client.refetchQueries({ type: 'active', predicate: isStale });
  };
  useHealedReread({ error: shown?.error, isUnderWay: isRefreshing, retry });
  return (
    <div className={styles.banner} role="status" data-kind={shown && 'stale'}>
      {shown && (
        <>
          <span className={styles.bannerText}>
            {t(names.length > 0 ? 'state.partsNotReadAgain' : 'state.notReadAgain', {
              parts: names.join(', '),
              time: format.millis(Math.floor(shown.ofMillis / 1_000) * 1_000),
              reason: describeFailure(shown.error, t).message,
            })}
          </span>
          <Button size="small" onClick={retry}>
            {t('error.retry')}
          </Button>
        </>
      )}
    </div>
  );
}

/**
 * A range that ends now is another one each time that it is read again: where nothing at all of the new one can be read, the page goes back to the one that it
 * has. Undefined as long as that has not happened.
 */
function useTakenBack(): { readonly error: Error | null; readonly ofMillis: number } | undefined {
  const cache = useQueryClient().getQueryCache();
  const clock = useClock();
  const [failure, setFailure] = useState<{ readonly error: Error | null; readonly ofMillis: number }>();
  useEffect(
    () =>
      cache.subscribe(() => {
        if (!isRefreshing()) return;
        const outcome = outcomeOf(cache.getAll(), clockNow());
        if (outcome === 'some') keepRefresh();
        if (outcome !== 'none') return;
        const error = failureSince(cache.getAll(), clockNow())?.state.error ?? null;
        takeBackRefresh();
        setFailure({ error, ofMillis: clockNow() });
      }),
    [cache],
  );
  return failure?.ofMillis === clock ? failure : undefined;
}
