import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadlineError } from '../../errors.ts';
import type { PlainRequest } from '../../model/plain-request.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { requestOfRecordId } from '../../model/record-ids.ts';
import { missingOfRequests, missingRecords, recordIdsOf } from '../missing-records.ts';
import type { PatternMiner } from '../patterns/pattern-miner.ts';
import { TemplateReader } from '../patterns/template-reader.ts';
import { RefusedRecordsError } from '../refused-records.ts';
import type { WriteOptions } from '../storage.ts';
import { blockedMessage, closedMessage, refusedMessage } from './blocked-message.ts';
import { type BulkBody, type BulkPart, bulkBodies } from './bulk-body.ts';
import { BODY_TOO_LARGE, type Connection, isBlocked, isTurnedAway, RequestRefusedError, TOO_MANY, unavailable } from './connection.ts';
import { DOCUMENT_FORMS, type DocumentForm } from './document.ts';
import type { CreatedRecords, FigureBatch, FigureBatches } from './figures/figure-batches.ts';
import { EarlierWrites } from './find-written.ts';
import { checkNewestIndex } from './foreign-index.ts';
import { dataStreamOf, type Signal } from './index-template.ts';
import { findRepeats, type IndexNames, readIndexNames, removeDoubles, type WrittenIds } from './keyed-repeats.ts';
import type { FieldMaker } from './new-fields.ts';
import { StubbornRecords } from './stubborn-records.ts';
import { RequestBodies } from './wire/request-bodies.ts';

const NOTHING: ReadonlySet<string> = new Set();
/** Between tries while Elasticsearch has no room for a request, and how long those go on before the call fails and is made again as a whole. */
const FIRST_WAIT_MILLIS = 50;
const MAX_WAIT_MILLIS = 1_000;
const PATIENCE_MILLIS = 10_000;
const BAD_REQUEST = 400;
const CONFLICT = 409;
const INDEX_CLOSED = 'index_closed_exception';
/** Said with 400 of the index that a document goes to: the cluster may have no more shards, or somebody closed the index. Records wait until somebody sees to it. */
const FAULTS_OF_INDEX: ReadonlySet<string> = new Set(['validation_exception', INDEX_CLOSED, 'invalid_index_name_exception']);
const SERVER_ERROR = 500;

export interface BulkWriterOptions {
  /** Told, for the operator, of each record that is now kept but not wholly indexed. */
  readonly onReduced?: (report: { readonly id: string; readonly form: DocumentForm; readonly reason: string }) => void;
}

export interface BulkWriterParts {
  readonly connection: Connection;
  /** Puts the templates back that somebody took away. */
  readonly installTemplates: (signal: AbortSignal | undefined) => Promise<void>;
  /** Gives logs their templates. */
  readonly miner: PatternMiner;
  /** Counts the figures of records that are created. */
  readonly batches: FigureBatches;
  readonly fields: FieldMaker;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What is written: records, or requests that were not decoded, of one signal. */
export type BulkSource =
  | { readonly records: readonly IndexedRecord[]; readonly requests?: undefined }
  | { readonly requests: readonly PlainRequest[]; readonly records?: undefined };

export type BulkWrite = WriteOptions & BulkSource & { readonly of: Signal; readonly tenant: string };

/** Resolves to whether all that it wrote is in a batch of figures. */
export type BulkWriter = (write: BulkWrite) => Promise<boolean>;

interface Refusal {
  readonly record: IndexedRecord;
  /** Elasticsearch's word for the kind of error. */
  readonly type: string;
  /** As of `ItemResult`. */
  readonly reason: string;
}

/**
 * Writes by `create` under the record's id, so that writing again changes nothing: an id that is there already (409) is a success. That
 * holds within one backing index; of a call that may repeat, or that another collector may make too (keyed-repeats.ts), what any index of the data
 * stream has is left out first. Resolves when Elasticsearch has every record in its log on disk; rejects, retryable, when that is not known of all.
 * A record that Elasticsearch refuses is tried again in the document's next lesser form; those that it refuses in each are named by `RefusedRecordsError`, once all
 * others are written.
 */
export function createBulkWriter(parts: BulkWriterParts, { onReduced }: BulkWriterOptions = {}): BulkWriter {
  const requestBodies = new RequestBodies();
  const stubborn = new StubbornRecords(parts.now);
  const earlier = new EarlierWrites();

  /**
   * Resolves to whether it is known of each record whether this call made it. It is not of one that was there already (409): a cluster whose shard fails
   * over repeats a request inside, and finds what its first try wrote.
   */
  async function create(target: Target, source: BulkSource, batch: FigureBatch | undefined): Promise<boolean> {
    let left = source;
    let isKnown = true;
    let refused: ReadonlyMap<string, Refusal> = new Map();
    for (const form of DOCUMENT_FORMS) {
      const refusals: Refusal[] = [];
      const templates = new TemplateReader(parts.miner, target.tenant);
      // Only what is refused in full has a lesser form, and that is a record by then.
      const chunks = left.requests
        ? requestBodies.of(left.requests, { templates, figureBatch: batch?.name })
        : bulkBodies(left.records, form, (record) => ({ template: templates.ofRecord(record), figureBatch: batch?.name }));
      for (const chunk of chunks) {
        const results = await writeChunk(target, chunk);
        if (batch)
          countCreated(batch, left, { first: chunk.first, count: chunk.count, wasCreated: (number) => isCreated(results[number]) });
        if (results.some(({ status }) => status === CONFLICT)) isKnown = false;
        for (const [number, result] of results.entries()) {
          const refusal = refused.size > 0 && isCreated(result) ? refused.get(chunk.record(number).id) : undefined;
          if (refusal) onReduced?.({ id: refusal.record.id, form, reason: refusal.type });
        }
        refusals.push(...refusalsOf(target, chunk, { results, stubborn }));
        chunk.release();
      }
      if (refusals.length === 0) return isKnown;
      refused = new Map(refusals.map((refusal) => [refusal.record.id, refusal]));
      left = { records: refusals.map(({ record }) => record) };
    }
    await checkNewestIndex(target);
    throw new RefusedRecordsError(new Map([...refused].map(([id, refusal]) => [id, refusedMessage(refusal)])));
  }

  /** What this collector may have written before, and of records with a key what another one may have, or writes now. */
  async function findThere(target: Target, { ids, indices, mayRepeat }: WrittenQuestion): Promise<ReadonlySet<string>> {
    const ofOthers = indices ? await findRepeats(target, { ids, indices, nowMillis: parts.now() }) : NOTHING;
    if (!mayRepeat) return ofOthers;
    return new Set([...(await earlier.find(target, ids.all())), ...ofOthers]);
  }

  function countCreated(batch: FigureBatch, { records, requests }: BulkSource, created: CreatedRecords): void {
    if (requests) parts.batches.countRequests(batch, requests, created);
    else parts.batches.countRecords(batch, records, created);
  }

  return async ({ of, tenant, mayRepeat = false, isKeyed = false, signal, ...source }) => {
    const target = { ...parts, tenant, dataStream: dataStreamOf(of, tenant), signal };
    const ids = idsOf(source);
    const indices = isKeyed ? await readIndexNames(target) : undefined;
    const written = await findThere(target, { ids, indices, mayRepeat });
    const missing = missingOf(source, written);
    const batch = missing.length > 0 ? await parts.batches.begin(tenant, signal) : undefined;
    let isSure = false;
    try {
      let isKnown = true;
      for (const part of missing) if (!(await create(target, part, batch))) isKnown = false;
      // What failed before may have failed after its write.
      const isWhereWritten = !indices || (await removeDoubles(target, { ids, before: mayRepeat ? [] : indices.names }));
      isSure = isKnown && isWhereWritten;
      return batch !== undefined || missing.length === 0;
    } catch (error) {
      earlier.noteFailure(target.dataStream);
      throw error;
    } finally {
      if (batch) parts.batches.end(batch, isSure);
    }
  };
}

/** Where a call writes, and what gives it up. */
interface Target extends BulkWriterParts {
  readonly tenant: string;
  readonly dataStream: string;
  readonly signal: AbortSignal | undefined;
}

interface WrittenQuestion {
  readonly ids: WrittenIds;
  /** Of records with a key. */
  readonly indices: IndexNames | undefined;
  readonly mayRepeat: boolean;
}

/** What became of each record. */
async function writeChunk(target: Target, chunk: BulkBody): Promise<readonly ItemResult[]> {
  let results = await bulkWithPatience(target, chunk);
  const missing = results.flatMap(({ type }, index) => (type === 'index_not_found_exception' ? [index] : []));
  if (missing.length > 0) {
    // The data stream is made from the template by the first write to it: without one, somebody took the template away.
    await target.installTemplates(target.signal);
    // Only these: what was taken may be in an index that is not the newest by now.
    const again = await bulk(target, chunk.pick(missing));
    const byIndex = new Map(missing.map((index, position) => [index, again[position]]));
    results = results.map((result, index) => byIndex.get(index) ?? result);
  }
  return results;
}

/**
 * Sends again what a full queue or memory turned away, and only that: of it nothing was written, so that it need not be looked up, as after a failure that
 * leaves that open. After some seconds what is left is as it was answered.
 */
async function bulkWithPatience(target: Target, chunk: BulkPart): Promise<ItemResult[]> {
  const deadline = performance.now() + PATIENCE_MILLIS;
  const results: ItemResult[] = [];
  let left = Array.from({ length: chunk.count }, (_, number) => number);
  for (let waitMillis = FIRST_WAIT_MILLIS; ; waitMillis = Math.min(2 * waitMillis, MAX_WAIT_MILLIS)) {
    const isLastTry = performance.now() + waitMillis > deadline;
    const answered = await bulk(target, left.length === chunk.count ? chunk : chunk.pick(left)).catch((error: unknown) => {
      if (!isTurnedAway(error) || isLastTry) throw error;
      return undefined;
    });
    for (const [position, result] of answered?.entries() ?? []) results[left[position] ?? -1] = result;
    if (answered) left = left.filter((_, position) => isTurnedAwayItem(answered[position]));
    if (left.length === 0 || isLastTry) return results;
    await sleep(waitMillis, undefined, target.signal && { signal: target.signal });
  }
}

/** The records that Elasticsearch refuses for good. Throws where it cannot take all others now. */
function refusalsOf(
  { connection, dataStream }: Target,
  chunk: BulkBody,
  { results, stubborn }: { readonly results: readonly ItemResult[]; readonly stubborn: StubbornRecords },
): Refusal[] {
  const refusals: Refusal[] = [];
  let passing: ItemResult | undefined;
  if (results.some(isCreated)) stubborn.noteTaken(dataStream);
  for (const [index, result] of results.entries()) {
    const { status, type } = result;
    if (status < 400 || status === CONFLICT) continue;
    const isOfRecord =
      (status === BAD_REQUEST && !FAULTS_OF_INDEX.has(type)) ||
      (status === SERVER_ERROR && stubborn.isStubborn(dataStream, chunk.record(index).id));
    if (isOfRecord) refusals.push({ record: chunk.record(index), type, reason: result.reason });
    else passing ??= result;
  }
  if (passing) {
    const { status, type } = passing;
    if (isBlocked(status, type)) throw unavailable(blockedMessage(connection.url, passing));
    if (type === INDEX_CLOSED) throw unavailable(closedMessage(connection.url, passing.index));
    // What is said of the index holds nothing of a record.
    const why = FAULTS_OF_INDEX.has(type) && passing.reason !== '' ? `${type}: ${passing.reason}` : type;
    throw unavailable(`Elasticsearch at ${connection.url} cannot take records now (${status} ${why})`);
  }
  return refusals;
}

function isTurnedAwayItem(result: ItemResult | undefined): boolean {
  return result?.status === TOO_MANY && !isBlocked(result.status, result.type);
}

function isCreated(result: ItemResult | undefined): boolean {
  return result !== undefined && result.status < 300;
}

interface ItemResult {
  readonly status: number;
  readonly type: string;
  /** Elasticsearch's words, which may hold some of the record: only what is known to hold none is told. */
  readonly reason: string;
  /** Where the answer names it. */
  readonly index: string | undefined;
}

async function bulk(target: Target, chunk: BulkPart): Promise<ItemResult[]> {
  const { connection, dataStream, signal, fields } = target;
  const unwatch = fields.watch(dataStream, chunk.bytes);
  try {
    const { body } = await connection.request({
      method: 'POST',
      path: `/${dataStream}/_bulk`,
      parameters: {
        require_data_stream: true,
        filter_path: 'errors,items.create.status,items.create.error.type,items.create.error.reason,items.create.error.index',
      },
      bulkBody: chunk.bytes,
      ...(signal && { signal }),
    });
    return parseItems(body, chunk.count);
  } catch (error) {
    if (signal?.aborted || (error instanceof ThreadlineError && error.code !== 'internal')) throw error;
    const status = error instanceof RequestRefusedError ? error.status : undefined;
    // A proxy in between may allow less than Elasticsearch: half of it may fit.
    if (status === BODY_TOO_LARGE && chunk.count > 1) {
      const middle = Math.ceil(chunk.count / 2);
      const numbers = Array.from({ length: chunk.count }, (_, number) => number);
      const first = await bulk(target, chunk.pick(numbers.slice(0, middle)));
      const second = await bulk(target, chunk.pick(numbers.slice(middle)));
      return [...first, ...second];
    }
    if (status === BAD_REQUEST || status === BODY_TOO_LARGE) throw new ThreadlineError('internal', reasonOf(error), { cause: error });
    // Whatever answers there (a proxy's 404, another server), it says nothing about these records: they wait.
    throw unavailable(`Elasticsearch at ${connection.url} takes no bulk requests: ${reasonOf(error)}`, error);
  } finally {
    unwatch();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Made when they are asked for, which is seldom. */
function idsOf({ records, requests }: BulkSource): WrittenIds {
  if (records) {
    const ids = records.map(({ id }) => id);
    return { all: () => ids, requests: () => new Set(ids.map(requestOfRecordId)) };
  }
  return {
    all: () => requests.flatMap(recordIdsOf),
    requests: () => new Set(requests.map(({ ids }) => requestOfRecordId(ids(0)))),
  };
}

/** What is not written yet. */
function missingOf(source: BulkSource, written: ReadonlySet<string>): readonly BulkSource[] {
  if (written.size === 0) return [source];
  const isThere = (id: string) => written.has(id);
  const { records, requests = [] } = source.records
    ? { records: missingRecords(source.records, isThere) }
    : missingOfRequests(source.requests, isThere);
  return [...(requests.length > 0 ? [{ requests }] : []), ...(records.length > 0 ? [{ records }] : [])];
}

function parseItems(body: unknown, expected: number): ItemResult[] {
  const answer: {
    readonly errors?: unknown;
    readonly items?: readonly { readonly create?: { readonly status?: unknown; readonly error?: ItemError } }[];
  } = Object(body);
  const items = answer.items ?? [];
  if (typeof answer.errors !== 'boolean' || items.length !== expected)
    throw unavailable('Elasticsearch answered a bulk request with something else');
  return items.map(({ create }) => ({
    status: Number(create?.status),
    type: String(create?.error?.type ?? 'unknown'),
    reason: String(create?.error?.reason ?? ''),
    index: typeof create?.error?.index === 'string' ? create.error.index : undefined,
  }));
}

interface ItemError {
  readonly type?: unknown;
  readonly reason?: unknown;
  readonly index?: unknown;
}
