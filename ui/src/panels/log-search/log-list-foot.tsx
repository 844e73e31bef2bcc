import { describeFailure } from '../../api/describe-failure.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './log-search.module.css';
import type { LogRecords } from './use-log-search.ts';

/** How much of the answer is here, and whether more comes. */
export function LogListFoot({ result: { search, records } }: { readonly result: LogRecords }) {
  const t = useTranslate();
  const format = useFormat();
  const loaded = t('logs.loaded', { count: records.length, shown: format.number(records.length) });
  if (search.isFetchNextPageError) {
    return (
      <p className={styles.foot} role="alert">
        <span className={styles.footError}>{t('logs.moreFailed', { reason: describeFailure(search.error, t).message })}</span>
        <Button size="small" onClick={() => void search.fetchNextPage()}>
          {t('error.retry')}
        </Button>
      </p>
    );
  }
  if (search.isFetchingNextPage) return <p className={styles.foot}>{`${loaded} · ${t('logs.loadingMore')}`}</p>;
  return <p className={styles.foot}>{search.hasNextPage ? `${loaded} · ${t('logs.moreBelow')}` : `${loaded} · ${t('logs.end')}`}</p>;
}
