import { CancelledError, useQueryClient } from '@tanstack/react-query';
import type { LogRecord } from '@threadline/collector/api';
import { useRef } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { nextErrorQuery } from '../../api/queries.ts';
import { boundsBehind, countAtEnd, isErrorRecord } from '../../logic/next-error.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { setNotice } from '../../shared/Notice/notice-text.ts';
import type { LogAddress, LogRecords } from './use-log-search.ts';

interface NextErrorOptions {
  readonly address: LogAddress;
  readonly result: LogRecords;
  /** The rows that are here. */
  readonly records: readonly LogRecord[];
  /** The row that the keys are on; -1 for none. */
  readonly active: number;
  /** The rows are a list's, which may go on below them. */
  readonly isList: boolean;
  readonly onOpen: (index: number) => void;
  /** A record that is not among the rows: the list is to begin at it. */
  readonly onShow: (record: LogRecord) => void;
}

/** Which search it is, and where the reader is in it. */
function placeOf({ address: { query, order, range, selected }, active, isList }: NextErrorOptions): string {
  return JSON.stringify([query, order, range, selected, active, isList]);
}

/**
 * Goes to the next error below the row that the keys are on: among the rows that are here, else the first of the same search that the collector has behind
 * them, however far. Says so where there is none. What comes once the reader has gone on is dropped.
 */
export function useNextError(options: NextErrorOptions): () => void {
  const t = useTranslate();
  const format = useFormat();
  const client = useQueryClient();
  const latest = useRef(options);
  latest.current = options;
  const seek = async (asked: NextErrorOptions) => {
    const { address, result, records } = asked;
    const last = records.at(-1);
    const bounds = last && result.range && boundsBehind(last, result.range, address.order);
    if (last === undefined || bounds === undefined) return setNotice(t('logs.noErrorBelow'));
    const limit = countAtEnd(records) + 1;
    const answer = await client.fetchQuery(nextErrorQuery({ query: address.query, bounds, order: address.order, limit }));
    const now = latest.current;
    if (placeOf(now) !== placeOf(asked)) return;
    const known = new Set(records.map(({ id }) => id));
    const found = answer.records.find(({ id }) => !known.has(id));
    // The list may have gone on meanwhile.
    const index = now.records.findIndex(({ id }) => id === found?.id);
    if (index !== -1) now.onOpen(index);
    else if (found !== undefined) now.onShow(found);
    else if (answer.partial === undefined) setNotice(t('logs.noErrorBelow'));
    else setNotice(t('state.partial', { time: format.exact(answer.partial.searchedFrom), reason: t.say(answer.partial.reason) }));
  };
  return () => {
    const { records, active, result, isList, onOpen } = options;
    const next = records.findIndex((record, index) => index > active && isErrorRecord(record));
    if (next !== -1) return onOpen(next);
    const { search } = result;
    // Rows of the search before; of this one there are none yet.
    if (isList && (search.isPending || search.isPlaceholderData)) return;
    if (!isList || !search.hasNextPage) return setNotice(t('logs.noErrorBelow'));
    seek(options).catch((error: unknown) => {
      if (!(error instanceof CancelledError)) setNotice(t('logs.errorsFailed', { reason: describeFailure(error, t).message }));
    });
  };
}
