import { randomUUID } from 'node:crypto';
import { ERRORS, ThreadlineError } from '../errors.ts';
import { type BulkError, type BulkItem, type BulkPart, translateBulk } from '../formats/elasticsearch-bulk.ts';
import { LIMITS } from '../otlp/limits.ts';
import { type ForeignAnswer, type ForeignRequest, type ForeignRoute, jsonAnswer } from './foreign-route.ts';

/** Clients make sure of this header before they send. */
const HEADERS = { 'x-elastic-product': 'Elasticsearch' };
/** Beats send to no Elasticsearch that is older than they are. */
const VERSION = '9.99.0';

/** As of an index that has one, which did what was asked. */
const SHARDS = { total: 1, successful: 1, failed: 0 };

/** What clients call the lines of a bulk; a page of another site cannot send these without being asked for. */
const BULK_TYPE = /^application\/(?:x-ndjson|json|vnd\.elasticsearch\+(?:x-ndjson|json))\s*(?:;|$)/i;

const answerFault: ForeignRoute['answerFault'] = (status, message) => ({
  ...jsonAnswer({ error: { root_cause: [], type: 'threadline_exception', reason: message }, status }),
  headers: HEADERS,
});

/** Elasticsearch's bulk, of documents that are log records. Each action is answered by itself, 201 when its record is safe. */
const bulkRoute: ForeignRoute = {
  paths: ['/_bulk', '/:index/_bulk'],
  methods: ['POST', 'PUT'],
  async take(request) {
    if (!BULK_TYPE.test(request.headers['content-type'] ?? '')) {
      throw new ThreadlineError('unsupported_media_type', 'a bulk is taken as application/x-ndjson or application/json');
    }
    const body = await request.readBody({ maxBodyBytes: LIMITS.bodyBytes });
    const { items, parts } = translateBulk(body, request.path.index);
    if (items.length === 0) throw new ThreadlineError('malformed_body', 'the bulk has no action');
    const failed = await keepParts(parts, request.keepParts('logs', body, ownKeyOf(items, request.path.index)));
    const isRefused = (item: BulkItem, position: number): boolean => item.error !== undefined || failed.get(position)?.isFinal === true;
    const refusedCount = items.filter(isRefused).length;
    if (refusedCount > 0) request.countRefused(refusedCount);
    const results = items.map((item, position) => itemAnswer(item, item.error ?? failed.get(position)));
    return {
      status: 200,
      ...jsonAnswer({ took: 0, errors: results.some(({ isError }) => isError), items: results.map(({ item }) => item) }),
      headers: HEADERS,
    };
  },
  answerFault,
};

/** What senders ask before their first bulk: whether this is Elasticsearch, what it may do, and whether it is well. */
const infoRoute: ForeignRoute = {
  paths: ['/'],
  methods: ['GET', 'HEAD'],
  take: async () =>
    ok({
      name: 'threadline',
      cluster_name: 'threadline',
      cluster_uuid: 'threadline',
      version: { number: VERSION, build_flavor: 'default', lucene_version: '9.0.0', minimum_wire_compatibility_version: '7.17.0' },
      tagline: 'You Know, for Search',
    }),
  answerFault,
};

const licenseRoute: ForeignRoute = {
  paths: ['/_license'],
  methods: ['GET'],
  take: async () => ok({ license: { status: 'active', uid: 'threadline', type: 'basic', mode: 'basic' } }),
  answerFault,
};

const healthRoute: ForeignRoute = {
  paths: ['/_cluster/health'],
  methods: ['GET', 'HEAD'],
  take: async () => ok({ cluster_name: 'threadline', status: 'green', timed_out: false }),
  answerFault,
};

/** What a client asks for after its last bulk, whose records are searchable within a second anyway. */
const refreshRoute: ForeignRoute = {
  paths: ['/_refresh', '/:index/_refresh'],
  // Elastic's client for Node sends a GET.
  methods: ['POST', 'GET'],
  take: async () => ok({ _shards: SHARDS }),
  answerFault,
};

export const ELASTICSEARCH_ROUTES: readonly ForeignRoute[] = [bulkRoute, infoRoute, licenseRoute, healthRoute, refreshRoute];

function ok(body: object): ForeignAnswer {
  return { status: 200, ...jsonAnswer(body), headers: HEADERS };
}

/** Agents give documents ids so that a bulk whose answer was lost may come again: Elasticsearch keeps each once. */
function ownKeyOf(items: readonly BulkItem[], defaultIndex: string | undefined): string | undefined {
  return items.every(({ id }) => id !== undefined) ? `bulk of named documents: ${defaultIndex ?? ''}` : undefined;
}

interface FailedItem extends BulkError {
  /** It would be refused again. */
  readonly isFinal: boolean;
}

/**
 * Part by part. When nothing can be made safe, neither can the request: its sender comes back with all of it. When something is already, the sender
 * is told which actions to send again. What is refused for good costs its own part alone.
 */
async function keepParts(parts: readonly BulkPart[], keep: ReturnType<ForeignRequest['keepParts']>): Promise<Map<number, FailedItem>> {
  const failed = new Map<number, FailedItem>();
  let isSomeSafe = false;
  for (const [number, part] of parts.entries()) {
    try {
      await keep(part.body, number);
      isSomeSafe = true;
    } catch (error) {
      if (!(error instanceof ThreadlineError)) throw error;
      const isFinal = ERRORS[error.code].class === 'permanent';
      if (isFinal ? parts.length === 1 : !isSomeSafe) throw error;
      const reason = { status: ERRORS[error.code].httpStatus, type: 'threadline_exception', reason: error.message, isFinal };
      for (const concerned of isFinal ? [part] : parts.slice(number)) for (const item of concerned.items) failed.set(item, reason);
      if (!isFinal) return failed;
    }
  }
  return failed;
}

function itemAnswer({ action, index, id }: BulkItem, error: BulkError | undefined): { readonly item: object; readonly isError: boolean } {
  const base = { _index: index, _id: id ?? randomUUID() };
  if (error !== undefined) {
    const { status, type, reason } = error;
    return { item: { [action]: { ...base, status, error: { type, reason } } }, isError: true };
  }
  return {
    item: { [action]: { ...base, _version: 1, result: 'created', _shards: SHARDS, _seq_no: 0, _primary_term: 1, status: 201 } },
    isError: false,
  };
}
