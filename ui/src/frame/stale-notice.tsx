import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { describeFailure } from '../api/describe-failure.ts';
import { useFormat } from '../messages/format.tsx';
import { useTranslate } from '../messages/translate.tsx';
import { Button } from '../shared/Button/button.tsx';
import styles from './frame.module.css';
import { isStale } from './query-kinds.ts';

/** One line where a page goes on with what it has because reading it again failed; nothing otherwise. */
export function StaleNotice() {
  const t = useTranslate();
  const format = useFormat();
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const error = useSyncExternalStore(cache.subscribe, () => cache.getAll().find(isStale)?.state.error ?? null);
  const stale = error === null ? undefined : cache.getAll().find(isStale);
  return (
    <div className={styles.banner} role="status" data-kind={stale && 'stale'}>
      {stale && (
        <>
          <span className={styles.bannerText}>
            {t('state.notReadAgain', {
              time: format.millis(Math.floor(stale.state.dataUpdatedAt / 1_000) * 1_000),
              reason: describeFailure(error, t).message,
            })}
          </span>
          <Button size="small" onClick={() => void client.refetchQueries({ type: 'active', predicate: isStale })}>
            {t('error.retry')}
          </Button>
        </>
      )}
    </div>
  );
}
