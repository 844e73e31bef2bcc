import type { ReactNode } from 'react';
import type { Failure } from '../../logic/failure.ts';
import { DEFAULT_RANGE, type TimeRangeText } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import { EmptyState, StateActions } from './empty-state.tsx';
import { ErrorPanel } from './error-panel.tsx';
import { SkeletonRows } from './skeleton-rows.tsx';
import { isStopped, StoppedState } from './stopped-state.tsx';

interface SearchStateProps {
  readonly search: {
    readonly isPending: boolean;
    readonly isPlaceholderData: boolean;
    readonly fetchStatus: 'fetching' | 'paused' | 'idle';
    readonly refetch: () => Promise<unknown>;
  };
  /** The address's range is one that can be read. */
  readonly isRangeValid: boolean;
  readonly address: { readonly range: TimeRangeText; readonly setRange: (range: TimeRangeText) => void };
  /** The search failed with nothing to show. */
  readonly failure: Failure | undefined;
  readonly failedTitle: string;
  /** Widths in pixels of the columns that the list will have. */
  readonly skeletonColumns: readonly number[];
  /** What the search found. */
  readonly children: ReactNode;
}

/** A search's results, or what stands in their place: a range that is none, a failure, nothing yet, a search that was stopped. */
export function SearchState({ search, isRangeValid, address, failure, failedTitle, skeletonColumns, children }: SearchStateProps) {
  const t = useTranslate();
  if (!isRangeValid) {
    return (
      <EmptyState title={t('time.invalid')} text={t('time.invalidText', { from: address.range.from, to: address.range.to })}>
        <StateActions>
          <Button onClick={() => address.setRange(DEFAULT_RANGE)}>{t('time.reset')}</Button>
        </StateActions>
      </EmptyState>
    );
  }
  if (failure) return <ErrorPanel title={failedTitle} failure={failure} onRetry={() => void search.refetch()} />;
  if (isStopped(search)) return <StoppedState />;
  if (search.isPending) return <SkeletonRows columns={skeletonColumns} />;
  return children;
}
