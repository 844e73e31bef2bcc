import { setTimeout } from 'node:timers/promises';
import { Client, errors } from '@elastic/elasticsearch';
import { ThreadlineError } from '../../errors.ts';
import { blockedMessage, closedMessage, missingShardsMessage, noMasterMessage } from './blocked-message.ts';

/** How long a request without a deadline of its own may take: a bulk request on a cluster that is busy or moves its shards. */
const DEFAULT_TIMEOUT_MILLIS = 60_000;
/** A full queue or memory: of a request, or of a record in a bulk request. */
export const TOO_MANY = 429;
/** Statuses that say: not now. The others are of a proxy or a node without a master. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([TOO_MANY, 502, 503, 504]);
/** Also of a proxy, which may allow less than Elasticsearch. */
export const BODY_TOO_LARGE = 413;
const RETRY_AFTER_MILLIS = 1_000;
/**
 * A read waits this long for shards that are on their way: a data stream's first write makes an index that answers 503 until its
 * shard has started, a fraction of a second, and so does a node that has just come back.
 */
const SHARDS_WAIT_MILLIS = 3_000;
const SHARDS_POLL_MILLIS = 50;
/**
 * A connection that nobody uses is closed before the usual balancers and proxies give it up (a minute, as a rule): the client's own ten minutes make a
 * request run into one that is gone already. A server that names a shorter time in its answers is followed.
 */
const IDLE_CONNECTION_MILLIS = 20_000;
/** So many connections in a row may break under one request: after a balancer's restart, each that was open before. */
const MAX_BROKEN_CONNECTIONS = 4;

export interface ConnectionOptions {
  /** `http(s)://host:port`, also with `user:password@`. */
  readonly url: string;
  /** Further nodes of the same cluster: each is asked in turn, and another one where one cannot be reached. */
  readonly otherUrls?: readonly string[];
  /** An Elasticsearch API key in its encoded form; used instead of a user in a URL. */
  readonly apiKey?: string;
  /** Certificates in PEM, one of which must have signed the nodes' own, in place of the authorities that Node knows. */
  readonly certificateAuthority?: string;
  /** Above it a request's answer is refused with `ResponseTooLargeError`. */
  readonly maxResponseBytes?: number;
}

export interface ElasticsearchRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Lines of NDJSON, each with its line feed. */
  readonly bulkBody?: Buffer;
  readonly signal?: AbortSignal;
  /** `performance.now()` value. */
  readonly deadline?: number;
  /** Done twice it is not the same as done once, so it is not sent again where it may have been done; so is every bulk. */
  readonly isOnceOnly?: boolean;
  /** Waits for shards that are on their way although it has no deadline. */
  readonly waitsForShards?: boolean;
  /** Statuses from 400 on that are answers, not errors. */
  readonly acceptedStatuses?: readonly number[];
}

export interface ElasticsearchAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An answer was longer than `maxResponseBytes`: ask for less at a time. */
export class ResponseTooLargeError extends Error {}

/** Elasticsearch said that the request is wrong. `type` is its word for why (`too_many_clauses`). */
export class RequestRefusedError extends Error {
  readonly status: number;
  readonly type: string;
  /** Which index or data stream that is about, where it is about one. */
  readonly index: string | undefined;

  constructor(
    status: number,
    { type, index }: { readonly type: string; readonly index?: string | undefined },
    options: { readonly cause: unknown },
  ) {
    super(`Elasticsearch refused the request: ${type} (${status})`, options);
    this.status = status;
    this.type = type;
    this.index = index;
  }
}

/** The one way to Elasticsearch: requests with a deadline, and its faults as the collector's. */
export interface Connection {
  readonly url: string;
  /**
   * Throws `storage_unavailable` when trying again can help, as where something else than Elasticsearch answered, `deadline_exceeded` at the deadline, the signal's reason when it was
   * aborted, `RequestRefusedError` on any other status from 400 on, `ResponseTooLargeError`.
   */
  request(request: ElasticsearchRequest): Promise<ElasticsearchAnswer>;
  /** Ends the requests under way with `shutting_down`. */
  close(): Promise<void>;
}

/** Connects lazily: nothing is sent before the first request. */
export function createConnection(options: ConnectionOptions): Connection {
  const { url, otherUrls = [], apiKey, certificateAuthority, maxResponseBytes = 256 * 1024 * 1024 } = options;
  const urls = [url, ...otherUrls];
  const client = new Client({
    nodes: urls,
    ...(apiKey !== undefined && { auth: { apiKey } }),
    ...(certificateAuthority !== undefined && { tls: { ca: certificateAuthority } }),
    // The callers decide what to try again: they know what has to stay idempotent and until when.
    maxRetries: 0,
    maxResponseSize: maxResponseBytes,
    agent: { keepAliveTimeout: IDLE_CONNECTION_MILLIS },
  });
  const shownUrl = urls.map(withoutCredentials).join(', ');
  const closing = new AbortController();

  async function request(wanted: ElasticsearchRequest): Promise<ElasticsearchAnswer> {
    const waits = wanted.waitsForShards === true || wanted.deadline !== undefined;
    const waitUntil = waits ? Math.min(performance.now() + SHARDS_WAIT_MILLIS, wanted.deadline ?? Number.POSITIVE_INFINITY) : 0;
    for (let unreached = 0, broken = 0; ; ) {
      try {
        return await requestOnce(wanted);
      } catch (error) {
        if (isUnreached(error, wanted) && ++unreached < urls.length) continue;
        if (isBroken(error, wanted) && ++broken <= MAX_BROKEN_CONNECTIONS) continue;
        if (!isWithoutShards(error) || performance.now() + SHARDS_POLL_MILLIS > waitUntil) throw error;
        await setTimeout(SHARDS_POLL_MILLIS);
      }
    }
  }

  async function requestOnce(wanted: ElasticsearchRequest): Promise<ElasticsearchAnswer> {
    // One of its own: where a request runs out of time the client ends all that share its signal.
    const signal = AbortSignal.any([closing.signal, ...(wanted.signal ? [wanted.signal] : [])]);
    signal.throwIfAborted();
    const remainingMillis = wanted.deadline === undefined ? DEFAULT_TIMEOUT_MILLIS : wanted.deadline - performance.now();
    if (remainingMillis <= 0) throw deadlineExceeded();
    try {
      const { statusCode, body } = await client.transport.request(
        {
          method: wanted.method,
          path: wanted.path,
          ...(wanted.parameters && { querystring: wanted.parameters }),
          ...(wanted.body !== undefined && { body: JSON.stringify(wanted.body) }),
          ...(wanted.bulkBody !== undefined && { bulkBody: wanted.bulkBody }),
        },
        {
          meta: true,
          requestTimeout: Math.ceil(remainingMillis),
          headers: mediaTypes(wanted),
          signal,
          ...(wanted.acceptedStatuses && { ignore: [...wanted.acceptedStatuses] }),
        },
      );
      if (!isObject(body)) throw notElasticsearch(statusCode);
      return { status: statusCode, body };
    } catch (error) {
      throw signal.aborted ? signal.reason : translate(error, wanted);
    }
  }

  function translate(error: unknown, { deadline }: ElasticsearchRequest): unknown {
    if (error instanceof errors.RequestAbortedError) return new ResponseTooLargeError(error.message, { cause: error });
    if (error instanceof errors.ResponseError) return translateStatus(error);
    if (error instanceof errors.TimeoutError && deadline !== undefined) return deadlineExceeded(error);
    if (error instanceof errors.TimeoutError) return unavailable(`Elasticsearch at ${shownUrl} did not answer in time`, error);
    if (error instanceof errors.ConnectionError && /certificate|altnames/i.test(error.message)) {
      return unavailable(
        `Elasticsearch at ${shownUrl} shows a certificate that is not trusted (${error.message}): set THREADLINE_ELASTICSEARCH_CA_FILE to the ` +
          'certificate of the authority that signed it',
        error,
      );
    }
    if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
      return unavailable(
        `Elasticsearch at ${shownUrl} cannot be reached (${error.message}): start it or correct THREADLINE_ELASTICSEARCH_URL`,
        error,
      );
    }
    if (error instanceof errors.ProductNotSupportedError) return notElasticsearch(error.meta?.statusCode, error);
    if (error instanceof errors.DeserializationError) {
      return unavailable(
        `the answer at ${shownUrl} is cut off or no JSON: see what is between the collector and Elasticsearch, or correct THREADLINE_ELASTICSEARCH_URL`,
        error,
      );
    }
    return error;
  }

  /**
   * A balancer's or proxy's page, for a moment as a rule: it says nothing about the request, so that nothing may be concluded from its status. A body that is
   * too large for a proxy is too large all the same.
   */
  function notElasticsearch(status: number | undefined, cause?: unknown): ThreadlineError {
    return unavailable(
      `what answers at ${shownUrl} is not Elasticsearch (${status ?? 'no status'}): correct THREADLINE_ELASTICSEARCH_URL, or see what is ` +
        'between the collector and Elasticsearch',
      cause,
    );
  }

  function translateStatus(error: errors.ResponseError): Error {
    const status = error.statusCode ?? 0;
    if (isBlocked(status, errorType(error.body)))
      return unavailable(blockedMessage(shownUrl, { status, reason: reasonOf(error.body) }), error);
    if (errorType(error.body) === 'index_closed_exception') return unavailable(closedMessage(shownUrl, errorIndex(error.body)), error);
    if (isMissingShards(status, errorType(error.body)))
      return unavailable(missingShardsMessage(shownUrl, missingShardsOf(error.body)), error);
    if (isWithoutMaster(status, error.body)) return unavailable(noMasterMessage(shownUrl), error);
    if (PASSING_STATUSES.has(status)) {
      const told = [status, errorType(error.body)].filter((part) => part !== undefined).join(' ');
      return unavailable(`Elasticsearch at ${shownUrl} cannot take the request now (${told})`, error);
    }
    if (status === 401 || status === 403) {
      return unavailable(
        `Elasticsearch at ${shownUrl} refuses the collector's credentials (${status}): correct THREADLINE_ELASTICSEARCH_API_KEY or the user ` +
          'in THREADLINE_ELASTICSEARCH_URL, and give it the privileges that docs/elasticsearch.md names',
        error,
      );
    }
    if (!isObject(error.body) && status !== BODY_TOO_LARGE) return notElasticsearch(status, error);
    return new RequestRefusedError(status, { type: errorType(error.body) ?? 'unknown', index: errorIndex(error.body) }, { cause: error });
  }

  return {
    url: shownUrl,
    request,
    close: () => {
      closing.abort(new ThreadlineError('shutting_down', 'the storage is shutting down'));
      return client.close();
    },
  };
}

/** Instead of the client's own, which name version 9 and are refused by 8.19. */
function mediaTypes({ body, bulkBody }: ElasticsearchRequest): Record<string, string> {
  const accept = 'application/json';
  if (bulkBody !== undefined) return { accept, 'content-type': 'application/x-ndjson' };
  return body === undefined ? { accept } : { accept, 'content-type': 'application/json' };
}

/**
 * The node cannot be reached, and another one may be asked; what may not be done twice may have been done where the connection broke later than at
 * its beginning.
 */
function isUnreached(error: unknown, request: ElasticsearchRequest): boolean {
  if (!(error instanceof ThreadlineError) || !(error.cause instanceof errors.ConnectionError)) return false;
  return isRepeatable(request) || /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(error.cause.message);
}

/**
 * The connection was there and broke: it had been idle for longer than something on the way keeps it, as a rule, and the next one is a new one. Whether
 * a bulk was done is its writer's to find out.
 */
function isBroken(error: unknown, request: ElasticsearchRequest): boolean {
  if (!isRepeatable(request) || !(error instanceof ThreadlineError) || !(error.cause instanceof errors.ConnectionError)) return false;
  return /ECONNRESET|EPIPE|other side closed|socket hang up/.test(error.cause.message);
}

function isRepeatable({ bulkBody, isOnceOnly = false }: ElasticsearchRequest): boolean {
  return bulkBody === undefined && !isOnceOnly;
}

/** The search itself is right and Elasticsearch is there, but no copy of a shard has started. */
function isWithoutShards(error: unknown): boolean {
  if (!(error instanceof ThreadlineError) || !(error.cause instanceof errors.ResponseError)) return false;
  return isMissingShards(error.cause.statusCode, errorType(error.cause.body));
}

function isMissingShards(status: number | undefined, type: string | undefined): boolean {
  return status === 503 && (type === 'no_shard_available_action_exception' || type === 'search_phase_execution_exception');
}

/** Source: `MasterNotDiscoveredException`, and the block without a number to set that nodes put on themselves until they find one. */
function isWithoutMaster(status: number, body: unknown): boolean {
  if (status !== 503) return false;
  const type = errorType(body);
  return type === 'master_not_discovered_exception' || (type === 'cluster_block_exception' && reasonOf(body).includes('no master'));
}

/** Elasticsearch turned the request away before it did anything of it: its queue or its memory is full for a moment. A block is for longer. */
export function isTurnedAway(error: unknown): boolean {
  return isAnswer(error, TOO_MANY);
}

/** The collector may not do this, though it may do others. An index that is blocked says 403 too, to everybody. */
export function isForbidden(error: unknown): boolean {
  return isAnswer(error, 403);
}

/** An answer of this status that tells of no block. */
function isAnswer(error: unknown, status: number): boolean {
  if (!(error instanceof ThreadlineError) || !(error.cause instanceof errors.ResponseError)) return false;
  const { statusCode, body } = error.cause;
  return statusCode === status && !isBlocked(statusCode, errorType(body));
}

/** An index takes no writes: 403 where somebody has said so, 429 where Elasticsearch has, as its disk is nearly full. Without a master it is 503. */
export function isBlocked(status: number, type: string | undefined): boolean {
  return type === 'cluster_block_exception' && (status === 403 || status === TOO_MANY);
}

/** A retryable fault; the cause is for the log only. */
export function unavailable(message: string, cause?: unknown): ThreadlineError {
  return new ThreadlineError('storage_unavailable', message, { retryAfterMillis: RETRY_AFTER_MILLIS, cause });
}

export function deadlineExceeded(cause?: unknown): ThreadlineError {
  return new ThreadlineError(
    'deadline_exceeded',
    'the storage did not answer before the deadline: ask again, or for a shorter time range',
    {
      cause,
    },
  );
}

/** The innermost cause that Elasticsearch names, as a shard's failure says more than the search's. */
function errorType(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const error = body.error;
  if (!isObject(error)) return undefined;
  let innermost: Readonly<Record<string, unknown>> = error;
  const roots = error.root_cause;
  if (Array.isArray(roots) && isObject(roots[0])) innermost = roots[0];
  while (isObject(innermost.caused_by)) innermost = innermost.caused_by;
  return typeof innermost.type === 'string' ? innermost.type : undefined;
}

/** Indices that a search names as without a shard: `Search rejected due to missing shards [[NAME][0]]`. */
function missingShardsOf(body: unknown): string[] {
  const cause = isObject(body) && isObject(body.error) && isObject(body.error.caused_by) ? body.error.caused_by.reason : undefined;
  const names = typeof cause === 'string' ? [...cause.matchAll(/\[([^[\]]+)\]\[\d+\]/g)].map((match) => match[1] ?? '') : [];
  return [...new Set(names)];
}

/** The index or data stream that an error is about. */
function errorIndex(body: unknown): string | undefined {
  const index = isObject(body) && isObject(body.error) ? body.error.index : undefined;
  return typeof index === 'string' ? index : undefined;
}

/** Elasticsearch's own words for what is wrong; of a request about a record they may hold some of it. */
function reasonOf(body: unknown): string {
  const reason = isObject(body) && isObject(body.error) ? body.error.reason : undefined;
  return typeof reason === 'string' ? reason : '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.origin + (shown.pathname === '/' ? '' : shown.pathname);
}
