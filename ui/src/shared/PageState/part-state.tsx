import { describeFailure } from '../../api/describe-failure.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ErrorPanel } from './error-panel.tsx';
import styles from './page-state.module.css';
import { SkeletonRows } from './skeleton-rows.tsx';
import { isStopped, StoppedNote } from './stopped-state.tsx';

interface PartStateProps {
  readonly query: {
    readonly error: Error | null;
    readonly isPending: boolean;
    readonly fetchStatus: 'fetching' | 'paused' | 'idle';
    readonly refetch: () => Promise<unknown>;
  };
  readonly failedTitle: string;
}

/** In the place of a part of a page that has no answer: why it failed, that it was stopped, or that it is on its way. */
export function PartState({ query, failedTitle }: PartStateProps) {
  const t = useTranslate();
  if (query.error) return <ErrorPanel title={failedTitle} failure={describeFailure(query.error, t)} onRetry={() => void query.refetch()} />;
  if (!isStopped(query)) return <SkeletonRows columns={[120]} />;
  return (
    <p className={styles.stopped} role="status">
      <StoppedNote />
    </p>
  );
}
