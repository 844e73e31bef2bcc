import type { ReadContext } from '../../storage.ts';
import { blockedMessage } from '../blocked-message.ts';
import { type Connection, isBlocked, ResponseTooLargeError, unavailable } from '../connection.ts';
import { ALL_FIGURE_INDICES, FIGURE_MAPPINGS, type FigureDocument, figuresIndexOf } from './figure-document.ts';

/** Documents of one search; fewer where those would be too long. */
const PAGE_DOCUMENTS = 500;
/** Between two pages nothing is waited for. */
const KEEP_ALIVE = '1m';
/** Of a document's words alone, which the index has beside it: the figures of a busy hour are megabytes. */
const LISTED = { _source: false, docvalue_fields: ['name', 'figureType', 'covers'], seq_no_primary_term: true };
const CONFLICT = 409;
const NOT_FOUND = 404;
const MAX_INDICES = 10_000;

/** A document as it was found, to be replaced only if it has not changed since. */
export interface StoredDocument extends DocumentPlace {
  readonly version: DocumentVersion;
  readonly document: FigureDocument;
}

export interface DocumentPlace {
  readonly index: string;
  readonly id: string;
}

export interface DocumentVersion {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

/** The documents of all tenants' figures indices (figure-document.ts). Faults are those of the connection. */
export class FigureStore {
  readonly #connection: Connection;
  readonly #installTemplates: InstallTemplates;

  constructor(connection: Connection, installTemplates: InstallTemplates) {
    this.#connection = connection;
    this.#installTemplates = installTemplates;
  }

  /**
   * Stores a document in place of the version that is named, or where there is none of its id. Afterwards searches see it. Undefined where the
   * document has changed since, or is there: then nothing was stored. Throws `storage_unavailable` where the index was made by another template than the collector's.
   */
  async put(
    { index, id }: DocumentPlace,
    document: FigureDocument,
    { replaces, signal }: PutOptions,
  ): Promise<DocumentVersion | undefined> {
    await this.#checkIndex(index, signal);
    const { status, body } = await this.#connection.request({
      method: 'PUT',
      path: `/${index}/_doc/${encodeURIComponent(id)}`,
      parameters: {
        refresh: true,
        ...(replaces ? { if_seq_no: replaces.seqNo, if_primary_term: replaces.primaryTerm } : { op_type: 'create' }),
      },
      body: document,
      // The second time it would conflict with itself.
      isOnceOnly: true,
      acceptedStatuses: [CONFLICT],
      ...(signal && { signal }),
    });
    if (status === CONFLICT) return undefined;
    const { _seq_no: seqNo, _primary_term: primaryTerm }: { readonly _seq_no?: unknown; readonly _primary_term?: unknown } = Object(body);
    if (typeof seqNo !== 'number' || typeof primaryTerm !== 'number')
      throw unavailable('Elasticsearch answered a write with something else');
    return { seqNo, primaryTerm };
  }

  /**
   * An index is made by the first write to it, and without the template it would be one in which no search finds a document: figures would be missing without a word. Somebody
   * can take both away at any time, so each write looks; there are a few a minute.
   */
  async #checkIndex(index: string, signal: AbortSignal | undefined): Promise<void> {
    const { status, body } = await this.#connection.request({
      method: 'GET',
      path: `/${index}`,
      parameters: { features: 'mappings', filter_path: '*.mappings.properties.state.type' },
      acceptedStatuses: [NOT_FOUND],
      ...(signal && { signal }),
    });
    if (status === NOT_FOUND) return this.#installTemplates(signal);
    const found: Readonly<Record<string, MappingAnswer>> = Object(body);
    if (found[index]?.mappings?.properties?.state?.type === FIGURE_MAPPINGS.properties.state.type) return;
    throw unavailable(
      `Elasticsearch at ${this.#connection.url} has the index ${index}, which another index template than threadline-figures made: see that no other one is for ` +
        `this name (GET /_index_template lists all), and delete the index (DELETE /${index}), as no figures are found in it`,
    );
  }

  /** Of one index, those that have not changed since. Resolves when searches see that they are gone, all of them. */
  async remove(documents: readonly StoredDocument[], signal?: AbortSignal): Promise<void> {
    const index = documents[0]?.index;
    if (index === undefined) return;
    const { body } = await this.#connection.request({
      method: 'POST',
      path: `/${index}/_bulk`,
      parameters: { refresh: true, filter_path: 'items.delete.status,items.delete.error.type,items.delete.error.reason' },
      bulkBody: Buffer.from(documents.map(deletionOf).join('')),
      ...(signal && { signal }),
    });
    checkDeletions(this.#connection.url, body, documents.length);
  }

  /** One page of documents of all tenants, or of one index; without what they have of figures where that is not wanted. */
  async find(search: FigureSearch, signal?: AbortSignal): Promise<StoredDocument[]> {
    const { index = ALL_FIGURE_INDICES, query, sort = [{ arrivedFrom: 'asc' }], size = PAGE_DOCUMENTS, withFigures = false } = search;
    const { body } = await this.#connection.request({
      method: 'POST',
      path: `/${index}/_search`,
      parameters: { ignore_unavailable: true, allow_no_indices: true, allow_partial_search_results: false },
      body: {
        ...{ size, query, sort, seq_no_primary_term: true, track_total_hits: false },
        ...(!withFigures && { _source: { excludes: ['figures', 'waiting'] } }),
      },
      waitsForShards: true,
      ...(signal && { signal }),
    });
    return hitsOf(body).map(storedDocument);
  }

  /** When the oldest document of each index had its last span. */
  async oldestArrivals(signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const oldest = { min: { field: 'arrivedTo' } };
    const { body } = await this.#connection.request({
      method: 'POST',
      path: `/${ALL_FIGURE_INDICES}/_search`,
      parameters: { ignore_unavailable: true, allow_no_indices: true, allow_partial_search_results: false },
      body: { size: 0, aggregations: { indices: { terms: { field: '_index', size: MAX_INDICES }, aggregations: { oldest } } } },
      waitsForShards: true,
      ...(signal && { signal }),
    });
    const answer: { readonly aggregations?: { readonly indices?: { readonly buckets?: readonly IndexBucket[] } } } = Object(body);
    return new Map((answer.aggregations?.indices?.buckets ?? []).map(({ key, oldest }) => [String(key), Number(oldest?.value ?? 0)]));
  }

  /** The documents of a tenant as they are now; undefined where nothing was ever written. To be closed. */
  async openMoment(context: ReadContext): Promise<FiguresMoment | undefined> {
    const opened = await this.#openPointInTime(context);
    if (opened === undefined) return undefined;
    let id = opened;
    const connection = this.#connection;
    const readPage = async (page: Omit<PageRequest, 'id'>) => {
      const found = await this.#page({ id, ...page }, context);
      if (found) id = found.id;
      return found;
    };
    async function* hits(query: object, fields: object): AsyncGenerator<FigureHit> {
      let after: readonly unknown[] | undefined;
      for (let size = PAGE_DOCUMENTS; ; ) {
        const page = await readPage({ query, fields, size, after });
        if (!page) {
          size = Math.ceil(size / 2);
          continue;
        }
        yield* page.hits;
        after = page.hits.at(-1)?.sort;
        if (page.hits.length < size) return;
      }
    }
    return {
      async *list(query) {
        for await (const hit of hits(query, LISTED)) yield listedDocument(hit);
      },
      async *read(ids) {
        for (let start = 0; start < ids.length; start += PAGE_DOCUMENTS) {
          const values = ids.slice(start, start + PAGE_DOCUMENTS);
          for await (const { _source } of hits({ ids: { values } }, {})) yield Object(_source);
        }
      },
      close: async () => {
        // What cannot be given back now goes when its time is over.
        await connection.request({ method: 'DELETE', path: '/_pit', body: { id }, acceptedStatuses: [404] }).catch(() => undefined);
      },
    };
  }

  async #openPointInTime({ tenant, deadline, signal }: ReadContext): Promise<string | undefined> {
    const { status, body } = await this.#connection.request({
      method: 'POST',
      path: `/${figuresIndexOf(tenant)}/_pit`,
      parameters: { keep_alive: KEEP_ALIVE },
      acceptedStatuses: [404],
      deadline,
      signal,
    });
    const { id }: { readonly id?: unknown } = Object(body);
    return status === 404 || typeof id !== 'string' ? undefined : id;
  }

  /** Undefined when the answer is too long for this many. */
  async #page({ id, query, fields, size, after }: PageRequest, { deadline, signal }: ReadContext) {
    try {
      const { body } = await this.#connection.request({
        method: 'POST',
        path: '/_search',
        parameters: { allow_partial_search_results: false },
        body: {
          ...{ size, query, ...fields, sort: [{ level: 'desc' }], track_total_hits: false, pit: { id, keep_alive: KEEP_ALIVE } },
          ...(after && { search_after: after }),
        },
        deadline,
        signal,
      });
      const { pit_id }: { readonly pit_id?: unknown } = Object(body);
      return { hits: hitsOf(body), id: typeof pit_id === 'string' ? pit_id : id };
    } catch (error) {
      if (error instanceof ResponseTooLargeError && size > 1) return undefined;
      throw error;
    }
  }
}

/** Puts the index templates in place where they are not. */
export type InstallTemplates = (signal: AbortSignal | undefined) => Promise<void>;

export interface FiguresMoment {
  /** All that match, the higher level first, without what they have of figures. */
  list(query: object): AsyncGenerator<ListedDocument>;
  /** Those of the ids, in any order. */
  read(ids: readonly string[]): AsyncGenerator<FigureDocument>;
  close(): Promise<void>;
}

/** What a document is, as far as a search tells without unpacking it. */
export interface ListedDocument extends Pick<FigureDocument, 'name' | 'figureType' | 'covers'> {
  readonly id: string;
  readonly version: DocumentVersion;
}

export interface PutOptions {
  /** Absent: it is new. */
  readonly replaces?: DocumentVersion;
  readonly signal?: AbortSignal | undefined;
}

export interface FigureSearch {
  readonly index?: string;
  readonly query: object;
  readonly sort?: readonly object[];
  readonly size?: number;
  readonly withFigures?: boolean;
}

interface MappingAnswer {
  readonly mappings?: { readonly properties?: { readonly state?: { readonly type?: unknown } } };
}

interface PageRequest {
  readonly id: string;
  readonly query: object;
  /** What of a document is wanted; empty: all of it. */
  readonly fields: object;
  readonly size: number;
  readonly after: readonly unknown[] | undefined;
}

interface FigureHit {
  readonly _index?: unknown;
  readonly _id?: unknown;
  readonly _seq_no?: unknown;
  readonly _primary_term?: unknown;
  readonly _source?: unknown;
  readonly fields?: { readonly [field: string]: readonly unknown[] | undefined };
  readonly sort?: readonly unknown[];
}

interface DeletionItem {
  readonly delete?: { readonly status?: unknown; readonly error?: { readonly type?: unknown; readonly reason?: unknown } };
}

interface IndexBucket {
  readonly key?: unknown;
  readonly oldest?: { readonly value?: unknown };
}

function hitsOf(body: unknown): readonly FigureHit[] {
  const answer: { readonly timed_out?: unknown; readonly hits?: { readonly hits?: readonly FigureHit[] } } = Object(body);
  if (!answer.hits?.hits || answer.timed_out !== false) throw unavailable('Elasticsearch cannot say now which figures it has');
  return answer.hits.hits;
}

/** Throws where one is left that has not changed. */
function checkDeletions(url: string, body: unknown, expected: number): void {
  const { items = [] }: { readonly items?: readonly DeletionItem[] } = Object(body);
  if (items.length !== expected) throw unavailable('Elasticsearch answered a bulk request with something else');
  for (const { delete: deletion } of items) {
    const status = Number(deletion?.status);
    if (status < 300 || status === CONFLICT || status === NOT_FOUND) continue;
    const type = String(deletion?.error?.type);
    if (isBlocked(status, type)) throw unavailable(blockedMessage(url, { status, reason: String(deletion?.error?.reason) }));
    throw unavailable(`Elasticsearch at ${url} cannot delete figures now (${status} ${type})`);
  }
}

function deletionOf({ id, version: { seqNo, primaryTerm } }: StoredDocument): string {
  return `${JSON.stringify({ delete: { _id: id, if_seq_no: seqNo, if_primary_term: primaryTerm } })}\n`;
}

function storedDocument({ _index, _id, _source, ...hit }: FigureHit): StoredDocument {
  return { index: String(_index), id: String(_id), version: versionOf(hit), document: Object(_source) };
}

function listedDocument({ _id, fields, ...hit }: FigureHit): ListedDocument {
  const texts = (field: keyof ListedDocument) => fields?.[field]?.map(String) ?? [];
  const [[name = ''], [figureType = '']] = [texts('name'), texts('figureType')];
  return { id: String(_id), version: versionOf(hit), name, figureType, covers: texts('covers') };
}

function versionOf({ _seq_no, _primary_term }: FigureHit): DocumentVersion {
  return { seqNo: Number(_seq_no), primaryTerm: Number(_primary_term) };
}
