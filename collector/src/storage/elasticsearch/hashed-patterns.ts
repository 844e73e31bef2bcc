import type { QueryNode, QueryTarget } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import { leafText } from '../../model/attribute-leaves.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { IndexedRecord } from '../../model/record.ts';
import type { ReadContext, TimeRange } from '../storage.ts';
import { isHashed, keyTerm } from './attribute-terms.ts';
import { columnValues, KEYWORD_COLUMNS, type KeywordColumn, leavesAt, PLACES } from './columns.ts';
import { ResponseTooLargeError } from './connection.ts';
import { type HashedMatches, type PatternPlace, patternPlaces } from './query-translation.ts';
import { inRange, logOf, type Search, spanOf } from './search-requests.ts';
import { matchesPattern } from './wildcard-match.ts';

/** Most records whose long values are read for one pattern: each may be a megabyte. */
const MAX_CANDIDATES = 1_000;
/** So many at a time stay far below what one answer may be long. */
const CANDIDATES_AT_A_TIME = 50;

/**
 * Values too long for a term are in the index as a hash, which no pattern matches. The records that hold such a value of a
 * field that the query has a pattern on are read here and matched, so that the search can name them. Throws
 * `unsupported_query` when there are more than can be read; in most queries there are none, which one search tells.
 */
export async function resolveHashedPatterns(
  search: Search,
  request: { readonly query: QueryNode; readonly target: QueryTarget; readonly range: TimeRange; readonly context: ReadContext },
): Promise<HashedMatches> {
  const matches = new Map<QueryNode, readonly string[]>();
  for (const place of patternPlaces(request.query, request.target)) {
    const ids: string[] = [];
    for await (const record of candidates(search, place, request)) {
      if (hashedValues(place, record).some((value) => matchesPattern(value, place.node.pattern))) ids.push(record.id);
    }
    matches.set(place.node, ids);
  }
  return matches;
}

async function* candidates(
  search: Search,
  { marks, node }: PatternPlace,
  { target, range, context }: { readonly target: QueryTarget; readonly range: TimeRange; readonly context: ReadContext },
): AsyncGenerator<IndexedRecord> {
  const query = inRange(range, { terms: { hashed: marks } });
  let after: string | undefined;
  let size = CANDIDATES_AT_A_TIME;
  for (let read = 0; ; ) {
    const body = { size, query, sort: [{ recordId: 'asc' }], _source: ['record'], ...(after !== undefined && { search_after: [after] }) };
    let hits: readonly unknown[];
    try {
      const answer = await search(target, body, context);
      hits = answer.hits.hits;
      for (const hit of answer.hits.hits) {
        const record = target === 'logs' ? indexLog(logOf(hit)) : indexSpan(spanOf(hit));
        after = record.id;
        yield record;
      }
    } catch (error) {
      if (!(error instanceof ResponseTooLargeError) || size === 1) throw error;
      size = Math.ceil(size / 2);
      continue;
    }
    read += hits.length;
    if (hits.length < size) return;
    if (read >= MAX_CANDIDATES) {
      const name = node.field.type === 'record' ? node.field.name : node.field.key;
      throw new ThreadlineError(
        'unsupported_query',
        `the pattern on ${name} would have to read more than ${MAX_CANDIDATES} records with values of over 8,191 characters: ask for a shorter time range`,
        { field: 'query' },
      );
    }
  }
}

/** The values of a record behind the marks. */
function hashedValues({ marks }: PatternPlace, record: IndexedRecord): string[] {
  const ofColumns = columns()
    .filter((column) => marks.includes(KEYWORD_COLUMNS[column]))
    .flatMap((column) => columnValues(column, record));
  const ofPlaces = PLACES.flatMap((place) =>
    leavesAt(place, record)
      .filter(({ key }) => marks.includes(`${place}.${keyTerm(key)}`))
      .map(({ value }) => leafText(value)),
  );
  return [...ofColumns, ...ofPlaces].filter(isHashed);
}

function columns(): KeywordColumn[] {
  const names: KeywordColumn[] = [];
  let name: KeywordColumn;
  for (name in KEYWORD_COLUMNS) names.push(name);
  return names;
}
