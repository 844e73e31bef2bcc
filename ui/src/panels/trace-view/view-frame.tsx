import type { ReactNode } from 'react';
import type { ViewAnswers } from '../../logic/trace-views.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { EmptyState } from '../../shared/PageState/empty-state.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import type { ViewState } from './use-view.ts';
import styles from './views.module.css';

interface ViewFrameProps<Type extends keyof ViewAnswers> {
  readonly state: ViewState<Type>;
  /** There is nothing to show in what was worked out. */
  readonly isEmpty: (shown: NonNullable<ViewState<Type>['shown']>) => boolean;
  readonly tools: ReactNode;
  readonly children: (shown: NonNullable<ViewState<Type>['shown']>) => ReactNode;
}

/** A view that is worked out beside the page: its tools, and below them the view or what stands in its place. */
export function ViewFrame<Type extends keyof ViewAnswers>({ state, isEmpty, tools, children }: ViewFrameProps<Type>) {
  const t = useTranslate();
  const { shown, error, retry } = state;
  return (
    <div className={styles.view}>
      <div className={styles.bar}>{tools}</div>
      {error !== undefined ? (
        <ErrorPanel title={t('view.failed')} failure={{ message: t('error.unknown'), details: error.message }} onRetry={retry} />
      ) : shown === undefined ? (
        <SkeletonRows columns={[280, 40]} />
      ) : isEmpty(shown) ? (
        <EmptyState title={t('view.emptyTitle')} text={t('view.emptyText')} />
      ) : (
        children(shown)
      )}
    </div>
  );
}
