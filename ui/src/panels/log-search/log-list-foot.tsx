import { describeFailure } from '../../api/describe-failure.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './log-search.module.css';
import type { LogAddress, LogRecords } from './use-log-search.ts';

interface LogListFootProps {
  readonly address: LogAddress;
  readonly result: LogRecords;
}

/** How much of the answer is here, whether more comes on either side, and from its middle the way to its beginning. */
export function LogListFoot({ address, result: { search, back, records, showFirst } }: LogListFootProps) {
  const t = useTranslate();
  const format = useFormat();
  const loaded = t('logs.loaded', { count: records.length, shown: format.number(records.length) });
  const failed = search.isFetchNextPageError ? search : back?.isError ? back : undefined;
  if (failed) {
    return (
      <p className={styles.foot} role="alert">
        <span className={styles.footError}>{t('logs.moreFailed', { reason: describeFailure(failed.error, t).message })}</span>
        <Button size="small" onClick={() => void (failed.isFetchNextPageError ? failed.fetchNextPage() : failed.refetch())}>
          {t('error.retry')}
        </Button>
      </p>
    );
  }
  const isLoading = search.isFetchingNextPage || back?.isFetching === true;
  const rest = isLoading
    ? [t('logs.loadingMore')]
    : [back?.hasNextPage && t('logs.moreAbove'), search.hasNextPage && t('logs.moreBelow')].filter((text) => typeof text === 'string');
  return (
    <p className={styles.foot}>
      {[loaded, ...(rest.length === 0 ? [t('logs.end')] : rest)].join(' · ')}
      {back && (
        <Button size="small" look="quiet" onClick={showFirst}>
          {t(address.order === 'asc' ? 'logs.fromOldest' : 'logs.fromNewest')}
        </Button>
      )}
    </p>
  );
}
