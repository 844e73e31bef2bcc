import { type Connection, type ElasticsearchRequest, RequestRefusedError, unavailable } from './connection.ts';

/** Ids of one search: far below what one query may name (65,536), and what one answer may hold (10,000). */
const IDS_A_SEARCH = 5_000;
const MAX_HITS = 10_000;
/** A bulk request under way ends in milliseconds; one that hangs so long is asked for again by the next try. */
const SETTLE_SECONDS = 30;

export interface WrittenLookUp {
  readonly connection: Connection;
  readonly dataStream: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Which of the ids any backing index of the data stream holds; none where there is no such data stream. `create` is unique in the newest index
 * only, so this comes before a write that may be a repeat. Whatever an earlier request wrote is seen: one that Elasticsearch still works on,
 * though its sender gave it up, is waited for, then the data stream is refreshed, then searched whole. Throws `storage_unavailable`
 * when that cannot be done now.
 */
export async function findWritten(lookUp: WrittenLookUp, ids: readonly string[]): Promise<ReadonlySet<string>> {
  await settleAndRefresh(lookUp);
  return findVisible(lookUp, ids);
}

/** As `findWritten`, of what a search sees already. */
async function findVisible(lookUp: WrittenLookUp, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await findPlaces(lookUp, ids)).map(({ id }) => id));
}

/**
 * `findWritten` for what can only have been written by a call that failed, or by an earlier process of this collector: what Elasticsearch works on is waited for once, and
 * again after each failure, so that a log of hours that is brought in after a restart costs one search of ids a call.
 */
export class EarlierWrites {
  readonly #settled = new Set<string>();
  #failures = 0;

  /** A call did not end well: what became of its records is not known. */
  noteFailure(dataStream: string): void {
    this.#failures += 1;
    this.#settled.delete(dataStream);
  }

  async find(lookUp: WrittenLookUp, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (!this.#settled.has(lookUp.dataStream)) {
      const failures = this.#failures;
      await settleAndRefresh(lookUp);
      // What failed meanwhile may have been overlooked.
      if (failures === this.#failures) this.#settled.add(lookUp.dataStream);
    }
    return findVisible(lookUp, ids);
  }
}

/** Afterwards a search sees whatever any request wrote that began before. */
export async function settleAndRefresh(lookUp: WrittenLookUp): Promise<void> {
  await settle(lookUp);
  await ask(lookUp, { method: 'POST', path: `/${lookUp.dataStream}/_refresh`, parameters: { ignore_unavailable: true } });
}

/** Each index that has a record of one of the ids, as far as searches see it. */
export async function findPlaces(
  lookUp: WrittenLookUp,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly index: string }[]> {
  const places: { readonly id: string; readonly index: string }[] = [];
  for (let start = 0; start < ids.length; start += IDS_A_SEARCH) {
    places.push(...(await search(lookUp, ids.slice(start, start + IDS_A_SEARCH))));
  }
  return places;
}

async function search(lookUp: WrittenLookUp, ids: readonly string[]) {
  const { body } = await ask(lookUp, {
    method: 'POST',
    path: `/${lookUp.dataStream}/_search`,
    parameters: {
      ignore_unavailable: true,
      allow_no_indices: true,
      allow_partial_search_results: false,
      filter_path: 'timed_out,hits.hits._id,hits.hits._index',
    },
    // An index that the data stream has just rolled over to starts a moment later.
    waitsForShards: true,
    body: { size: MAX_HITS, query: { ids: { values: ids } }, sort: ['_doc'], _source: false, track_total_hits: false },
  });
  const answer: { readonly timed_out?: unknown; readonly hits?: { readonly hits?: readonly Hit[] } } = Object(body);
  if (answer.timed_out !== false) throw unavailable(`Elasticsearch at ${lookUp.connection.url} cannot say now what it has`);
  return (answer.hits?.hits ?? []).map(({ _id, _index }) => ({ id: String(_id), index: String(_index) }));
}

interface Hit {
  readonly _id?: unknown;
  readonly _index?: unknown;
}

/** Resolves when every bulk request has ended that was under way, whoever sent it. */
async function settle(lookUp: WrittenLookUp): Promise<void> {
  const { status, body } = await ask(lookUp, {
    method: 'GET',
    path: '/_tasks',
    parameters: {
      actions: 'indices:data/write/bulk*',
      wait_for_completion: true,
      timeout: `${SETTLE_SECONDS}s`,
      filter_path: 'node_failures,task_failures',
    },
    // Without the right to see tasks, what the search sees has to do.
    acceptedStatuses: [403],
  });
  const failures: { readonly node_failures?: unknown; readonly task_failures?: unknown } = Object(body);
  if (status < 400 && (failures.node_failures !== undefined || failures.task_failures !== undefined)) {
    throw unavailable(`Elasticsearch at ${lookUp.connection.url} still works on earlier bulk requests`);
  }
}

/** A look-up that is refused says nothing about the records: they wait. */
export async function ask({ connection, signal }: WrittenLookUp, request: ElasticsearchRequest) {
  try {
    return await connection.request({ ...request, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    throw unavailable(`Elasticsearch at ${connection.url} cannot be asked for what it has (${error.status} ${error.type})`, error);
  }
}
