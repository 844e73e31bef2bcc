import { useQuery } from '@tanstack/react-query';
import { logFieldsQuery, sampleQuery } from '../../api/queries.ts';
import { fieldsWithWord, wordOf } from '../../logic/fields-of-word.ts';
import { addFilter, type QueryClause, withoutClause } from '../../logic/query-edit.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { CountedQueries } from './counted-queries.tsx';
import type { LogAddress } from './use-log-search.ts';

/** So many fields are offered: a word that more have, as a number, says little. */
const MAX_FIELDS = 6;

interface WordAsValueProps {
  readonly address: LogAddress;
  readonly range: TimeRange;
  /** Of the query. */
  readonly clauses: readonly QueryClause[];
}

/** A word is looked for in messages alone. Where records have it as the value of a field, as an order's number, those are a click away. */
export function WordAsValue({ address, range, clauses }: WordAsValueProps) {
  const t = useTranslate();
  const clause = clauses.find((candidate) => wordOf(candidate) !== undefined);
  const rest = clause === undefined ? '' : withoutClause(address.query, clause);
  const fields = useQuery({ ...logFieldsQuery({ query: rest, range }), enabled: clause !== undefined });
  const asked = fieldsWithWord((clause && wordOf(clause)) ?? '', fields.data?.fields ?? []);
  const sample = useQuery({
    ...sampleQuery({ query: addFilter(rest, asked.query), range }),
    enabled: fields.data !== undefined && asked.query !== '',
  });
  const filters = asked.filtersOf(sample.data?.records ?? []).slice(0, MAX_FIELDS);
  if (filters.length === 0) return null;
  const options = filters.map((filter) => ({ label: filter, query: addFilter(rest, filter) }));
  return <CountedQueries title={t('empty.inField')} options={options} address={address} range={range} />;
}
