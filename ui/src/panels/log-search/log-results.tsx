import { describeFailure } from '../../api/describe-failure.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AnswerNotesBar } from '../../shared/PageState/answer-notes.tsx';
import { SearchState } from '../../shared/PageState/search-state.tsx';
import { LogList } from './log-list.tsx';
import { NoLogs } from './no-logs.tsx';
import type { LogAddress, LogRecords } from './use-log-search.ts';

interface LogResultsProps {
  readonly address: LogAddress;
  readonly result: LogRecords;
  readonly active: number;
  readonly isActiveKept: boolean;
  readonly onActive: (index: number) => void;
  readonly narrow: boolean;
}

/** The list, or what stands in its place: nothing yet, nothing at all, a failure, a search that was stopped. */
export function LogResults(props: LogResultsProps) {
  const t = useTranslate();
  const { address, result } = props;
  const { search, records, range, pages } = result;
  return (
    <SearchState
      search={search}
      isRangeValid={range !== undefined}
      address={address}
      failure={search.error && records.length === 0 ? describeFailure(search.error, t) : undefined}
      failedTitle={t('logs.failed')}
      skeletonColumns={[84, 56, 100]}
    >
      <AnswerNotesBar answers={pages} />
      {records.length === 0 && !search.hasNextPage && range ? <NoLogs address={address} range={range} /> : <LogList {...props} />}
    </SearchState>
  );
}
