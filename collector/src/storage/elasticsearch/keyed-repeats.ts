import { unavailable } from './connection.ts';
import { ask, findPlaces, findWritten, settleAndRefresh, type WrittenLookUp } from './find-written.ts';

/**
 * A request with an idempotency key may have come to several collectors, and its records have the same ids at each. `create` keeps an id once
 * within one index; this here is for the indices before it:
 *
 *     before the write   which indices there are, and whether one has something of these requests   findRepeats
 *     the write          of what is missing
 *     after it           is there a new index now? Then two collectors may have written the same
 *                        into different ones: all but the oldest copy are deleted                   removeDoubles
 */
export interface IndexNames {
  /** Oldest first. */
  readonly names: readonly string[];
  readonly newestMillis: number;
}

/** The ids of what is written. */
export interface WrittenIds {
  all(): readonly string[];
  /** The beginnings that the ids of a request's records share. */
  requests(): ReadonlySet<string>;
}

/** A bulk request into an older index may still be under way so long after the newest one was made; clocks differ by less. */
const YOUNG_MILLIS = 5 * 60_000;
/** Looked for by the beginning of their ids; of more, smaller, requests each record is. */
const MAX_REQUESTS_BY_PREFIX = 100;
const NOTHING: ReadonlySet<string> = new Set();

/** Which of the ids an index of the data stream has. Costs one search of the term dictionaries where none has, which is nearly always. */
export async function findRepeats(
  lookUp: WrittenLookUp,
  { ids, indices, nowMillis }: { readonly ids: WrittenIds; readonly indices: IndexNames; readonly nowMillis: number },
): Promise<ReadonlySet<string>> {
  if (indices.names.length < 2) return NOTHING;
  const isYoung = nowMillis - indices.newestMillis < YOUNG_MILLIS;
  return isYoung || (await hasAnyOf(lookUp, ids)) ? findWritten(lookUp, ids.all()) : NOTHING;
}

/** The indices of the data stream; none where there is no such data stream. */
export async function readIndexNames(lookUp: WrittenLookUp): Promise<IndexNames> {
  const { body } = await ask(lookUp, {
    method: 'GET',
    path: `/${lookUp.dataStream}/_settings/index.creation_date`,
    parameters: { ignore_unavailable: true, allow_no_indices: true, filter_path: '*.settings.index.creation_date' },
    acceptedStatuses: [404],
  });
  const answer: Readonly<Record<string, { readonly settings?: { readonly index?: { readonly creation_date?: unknown } } }>> = Object(body);
  const created = Object.entries(answer)
    .map(([name, { settings }]) => ({ name, millis: Number(settings?.index?.creation_date) }))
    .filter(({ millis }) => Number.isFinite(millis))
    .sort((a, b) => a.millis - b.millis || (a.name < b.name ? -1 : 1));
  return { names: created.map(({ name }) => name), newestMillis: created.at(-1)?.millis ?? 0 };
}

/**
 * Where an index is new since `before`: of ids that are in several indices, leaves the copy in the oldest: every collector that finds doubles chooses the same one.
 * False where it looked, so that not every record is where it was written.
 */
export async function removeDoubles(
  lookUp: WrittenLookUp,
  { ids, before }: { readonly ids: WrittenIds; readonly before: readonly string[] },
): Promise<boolean> {
  const { names } = await readIndexNames(lookUp);
  if (names.length < 2 || names.every((name) => before.includes(name))) return true;
  await settleAndRefresh(lookUp);
  const kept = new Map<string, string>();
  const doubles: { readonly _index: string; readonly _id: string }[] = [];
  const oldestFirst = (await findPlaces(lookUp, ids.all())).sort((a, b) => names.indexOf(a.index) - names.indexOf(b.index));
  for (const { id, index } of oldestFirst) {
    if (kept.has(id)) doubles.push({ _index: index, _id: id });
    else kept.set(id, index);
  }
  if (doubles.length === 0) return false;
  const { body } = await ask(lookUp, {
    method: 'POST',
    path: '/_bulk',
    parameters: { filter_path: 'items.delete.status' },
    bulkBody: Buffer.from(doubles.map((place) => `${JSON.stringify({ delete: place })}\n`).join('')),
  });
  const answer: { readonly items?: readonly { readonly delete?: { readonly status?: unknown } }[] } = Object(body);
  const statuses = (answer.items ?? []).map((item) => Number(item.delete?.status));
  // Another collector may have deleted it already.
  if (statuses.length !== doubles.length || statuses.some((status) => status >= 300 && status !== 404))
    throw unavailable(`Elasticsearch at ${lookUp.connection.url} cannot delete now what is there twice`);
  return false;
}

async function hasAnyOf(lookUp: WrittenLookUp, ids: WrittenIds): Promise<boolean> {
  const requests = ids.requests();
  const query =
    requests.size > MAX_REQUESTS_BY_PREFIX
      ? { ids: { values: ids.all() } }
      : { bool: { should: [...requests].map((value) => ({ prefix: { recordId: { value } } })) } };
  const { body } = await ask(lookUp, {
    method: 'POST',
    path: `/${lookUp.dataStream}/_search`,
    parameters: {
      ignore_unavailable: true,
      allow_no_indices: true,
      allow_partial_search_results: false,
      filter_path: 'timed_out,hits.total.value',
    },
    waitsForShards: true,
    body: { size: 0, query: { bool: { filter: [query] } }, track_total_hits: 1 },
  });
  const answer: { readonly timed_out?: unknown; readonly hits?: { readonly total?: { readonly value?: unknown } } } = Object(body);
  if (answer.timed_out !== false) throw unavailable(`Elasticsearch at ${lookUp.connection.url} cannot say now what it has`);
  return Number(answer.hits?.total?.value ?? 0) > 0;
}
