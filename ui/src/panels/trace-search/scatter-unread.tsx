import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './trace-search.module.css';
import type { Traces } from './use-trace-search.ts';

interface ScatterUnreadProps {
  readonly result: Traces;
  /** Why nothing is known of what was not read. */
  readonly reason: MessageKey | undefined;
}

/** Below the dots, so that it lies over none: what of the range has none yet, and the way to those. */
export function ScatterUnread({ result: { search, traces, order }, reason }: ScatterUnreadProps) {
  const t = useTranslate();
  if (!search.hasNextPage || traces.length === 0) return null;
  return (
    <div className={styles.unread}>
      <Button size="small" disabled={search.isFetchingNextPage || search.isPlaceholderData} onClick={() => void search.fetchNextPage()}>
        {t('traces.scatterMore')}
      </Button>
      <span>
        {[t(order === 'slowest' ? 'traces.scatterUnreadQuick' : 'traces.scatterUnread'), ...(reason ? [t(reason)] : [])].join(' ')}
      </span>
    </div>
  );
}
