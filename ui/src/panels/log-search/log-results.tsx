import { describeFailure } from '../../api/describe-failure.ts';
import { DEFAULT_RANGE } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { EmptyState, StateActions } from '../../shared/PageState/empty-state.tsx';
import { ErrorPanel } from '../../shared/PageState/error-panel.tsx';
import { SkeletonRows } from '../../shared/PageState/skeleton-rows.tsx';
import { LogList } from './log-list.tsx';
import { NoLogs } from './no-logs.tsx';
import type { LogAddress, LogRecords } from './use-log-search.ts';

interface LogResultsProps {
  readonly address: LogAddress;
  readonly result: LogRecords;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly narrow: boolean;
}

/** The list, or what stands in its place: nothing yet, nothing at all, a failure, a search that was stopped. */
export function LogResults(props: LogResultsProps) {
  const t = useTranslate();
  const { address, result } = props;
  const { search, records, range, pages } = result;
  if (range === undefined) {
    return (
      <EmptyState title={t('time.invalid')} text={t('time.invalidText', { from: address.range.from, to: address.range.to })}>
        <StateActions>
          <Button onClick={() => address.setRange(DEFAULT_RANGE)}>{t('time.reset')}</Button>
        </StateActions>
      </EmptyState>
    );
  }
  if (search.isError && records.length === 0) {
    return <ErrorPanel title={t('logs.failed')} failure={describeFailure(search.error, t)} onRetry={() => void search.refetch()} />;
  }
  if (search.isPending) {
    if (search.fetchStatus === 'fetching') return <SkeletonRows columns={[84, 56, 100]} />;
    return (
      <EmptyState title={t('state.stopped')} text={t('state.stoppedText')}>
        <StateActions>
          <Button onClick={() => void search.refetch()}>{t('state.runAgain')}</Button>
        </StateActions>
      </EmptyState>
    );
  }
  return (
    <>
      <AnswerNotesBar answers={pages} />
      {records.length === 0 && !search.hasNextPage ? <NoLogs address={address} range={range} /> : <LogList {...props} />}
    </>
  );
}
