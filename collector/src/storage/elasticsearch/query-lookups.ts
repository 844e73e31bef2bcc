import { NO_TEMPLATE_ID, type QueryNode, type QueryTarget } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import { leafText } from '../../model/attribute-leaves.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { IndexedRecord } from '../../model/record.ts';
import type { ReadContext, TimeRange } from '../storage.ts';
import { isHashed, keyTerm, MAX_TERM_TEXT_LENGTH } from './attribute-terms.ts';
import { columnValues, KEYWORD_COLUMNS, type KeywordColumn, leavesAt, PLACES } from './columns.ts';
import { ResponseTooLargeError } from './connection.ts';
import { isTemplateNode, type NodeLookups, type PatternPlace, patternPlaces, type TemplateNode } from './query-translation.ts';
import { readTemplates } from './read-templates.ts';
import { inRange, logOf, RECORD_FIELD, type Search, spanOf } from './search-requests.ts';
import { matchesPattern } from './wildcard-match.ts';

/** Most records whose long values are read for the patterns of a query: each may be a megabyte. */
const MAX_CANDIDATES = 1_000;
/** So many at a time stay far below what one answer may be long. */
const CANDIDATES_AT_A_TIME = 50;

interface LookupRequest {
  readonly query: QueryNode;
  readonly target: QueryTarget;
  readonly range: TimeRange;
  readonly context: ReadContext;
}

/** What has to be known of the data before a query can be translated: of most queries nothing, and then nothing is asked for. */
export async function lookUpNodes(search: Search, request: LookupRequest): Promise<NodeLookups> {
  const lookups = await resolveHashedPatterns(search, request);
  const templates = templateNodes(request.query);
  if (templates.length === 0 || request.target !== 'logs') return lookups;
  const forest = await readTemplates(search, request.context);
  for (const node of templates) lookups.set(node, forest.membersOf(node.value));
  return lookups;
}

function templateNodes(node: QueryNode): TemplateNode[] {
  if (node.type === 'and' || node.type === 'or') return node.children.flatMap(templateNodes);
  if (node.type === 'not') return templateNodes(node.child);
  return isTemplateNode(node) && node.value !== NO_TEMPLATE_ID ? [node] : [];
}

/**
 * Values too long for a term are in the index as a hash, which no pattern matches. The records that hold such a value of a
 * field that the query has a pattern on are read here and matched, so that the search can name them. Throws
 * `unsupported_query` when there are more than can be read. In most queries there are none, which one search tells.
 */
async function resolveHashedPatterns(search: Search, request: LookupRequest): Promise<Map<QueryNode, readonly string[]>> {
  const places = patternPlaces(request.query, request.target);
  const matches = new Map<QueryNode, readonly string[]>();
  if (places.length === 0) return matches;
  for await (const record of candidates(search, places, request)) {
    for (const place of places) {
      if (!hashedValues(place, record).some((value) => matchesPattern(value, place.node.pattern))) continue;
      matches.set(place.node, [...(matches.get(place.node) ?? []), record.id]);
    }
  }
  return matches;
}

/** The records in the range with a hashed value where one of the patterns looks. */
async function* candidates(
  search: Search,
  places: readonly PatternPlace[],
  { target, range, context }: { readonly target: QueryTarget; readonly range: TimeRange; readonly context: ReadContext },
): AsyncGenerator<IndexedRecord> {
  const query = inRange(range, { terms: { hashed: [...new Set(places.flatMap((place) => place.marks))] } });
  let after: string | undefined;
  let size = CANDIDATES_AT_A_TIME;
  for (let read = 0; ; ) {
    const body = { size, query, sort: [{ recordId: 'asc' }], ...RECORD_FIELD, ...(after !== undefined && { search_after: [after] }) };
    const hits = await search(target, body, context).then(
      (answer) => answer.hits.hits,
      (error: unknown) => {
        if (error instanceof ResponseTooLargeError && size > 1) return undefined;
        throw error;
      },
    );
    if (hits === undefined) {
      size = Math.ceil(size / 2);
      continue;
    }
    read += hits.length;
    if (read > MAX_CANDIDATES) throw tooManyCandidates(places);
    for (const hit of hits) {
      const record = target === 'logs' ? indexLog(logOf(hit)) : indexSpan(spanOf(hit));
      after = record.id;
      yield record;
    }
    if (hits.length < size) return;
  }
}

function tooManyCandidates(places: readonly PatternPlace[]): ThreadlineError {
  const names = new Set(places.map(({ node }) => (node.field.type === 'record' ? node.field.name : node.field.key)));
  return new ThreadlineError(
    'unsupported_query',
    `a pattern on ${[...names].slice(0, 5).join(', ')} would have to read more than ${MAX_CANDIDATES} records with values of ` +
      `over ${MAX_TERM_TEXT_LENGTH} characters: ask for a shorter time range`,
    { field: 'query' },
  );
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
