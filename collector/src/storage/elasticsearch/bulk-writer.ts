import { ThreadlineError } from '../../errors.ts';
import type { IndexedRecord } from '../../model/record.ts';
import type { WriteOptions } from '../storage.ts';
import { type BulkBody, type BulkPart, bulkBodies } from './bulk-body.ts';
import { type Connection, RequestRefusedError, unavailable } from './connection.ts';
import { DOCUMENT_FORMS, type DocumentForm } from './document.ts';
import { findWritten } from './find-written.ts';
import { dataStreamOf, type Signal } from './index-template.ts';
import { findRepeats, readIndexNames, removeDoubles } from './keyed-repeats.ts';

const NOTHING: ReadonlySet<string> = new Set();

export interface BulkWriterOptions {
  /** Told, for the operator, of each record that is kept but not wholly indexed. */
  readonly onReduced?: (report: { readonly id: string; readonly form: DocumentForm; readonly reason: string }) => void;
}

export interface BulkWriterParts {
  readonly connection: Connection;
  /** Puts the templates back that somebody took away. */
  readonly installTemplates: (signal: AbortSignal | undefined) => Promise<void>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface BulkWrite extends WriteOptions {
  readonly of: Signal;
  readonly tenant: string;
  readonly records: readonly IndexedRecord[];
}

export type BulkWriter = (write: BulkWrite) => Promise<void>;

interface Refusal {
  readonly record: IndexedRecord;
  readonly reason: string;
}

/**
 * Writes by `create` under the record's id, so that writing again changes nothing: an id that is there already (409) is a success. That
 * holds within one backing index; of a call that may repeat, or that another collector may make too (keyed-repeats.ts), what any index of the data
 * stream has is left out first. Resolves when Elasticsearch has every record in its log on disk; rejects, retryable, when that is not known of all.
 * A record that Elasticsearch refuses is tried again in the document's next lesser form.
 */
export function createBulkWriter(parts: BulkWriterParts, { onReduced }: BulkWriterOptions = {}): BulkWriter {
  async function create(target: Target, records: readonly IndexedRecord[]): Promise<void> {
    let left = records;
    for (const form of DOCUMENT_FORMS) {
      const refusals: Refusal[] = [];
      for (const chunk of bulkBodies(left, form)) {
        refusals.push(...(await writeChunk(target, chunk)));
        chunk.release();
      }
      if (refusals.length === 0) return;
      const next = DOCUMENT_FORMS[DOCUMENT_FORMS.indexOf(form) + 1];
      if (next === undefined) {
        throw new ThreadlineError('internal', `Elasticsearch refuses a record in every form (${refusals[0]?.reason})`);
      }
      for (const { record, reason } of refusals) onReduced?.({ id: record.id, form: next, reason });
      left = refusals.map(({ record }) => record);
    }
  }

  return async ({ of, tenant, records, mayRepeat = false, isKeyed = false, signal }) => {
    const target = { ...parts, dataStream: dataStreamOf(of, tenant), signal };
    const ids = idsOf(records);
    const indices = isKeyed ? await readIndexNames(target) : undefined;
    const written = mayRepeat
      ? await findWritten(target, ids)
      : indices
        ? await findRepeats(target, { ids, indices, nowMillis: parts.now() })
        : NOTHING;
    await create(target, written.size === 0 ? records : records.filter(({ id }) => !written.has(id)));
    // What failed before may have failed after its write.
    if (indices) await removeDoubles(target, { ids, before: mayRepeat ? [] : indices.names });
  };
}

/** Where a call writes, and what gives it up. */
interface Target extends BulkWriterParts {
  readonly dataStream: string;
  readonly signal: AbortSignal | undefined;
}

/** Resolves to the records that Elasticsearch refuses for good. */
async function writeChunk(target: Target, chunk: BulkBody): Promise<Refusal[]> {
  let results = await bulk(target, chunk);
  const missing = results.flatMap(({ type }, index) => (type === 'index_not_found_exception' ? [index] : []));
  if (missing.length > 0) {
    // The data stream is made from the template by the first write to it: without one, somebody took the template away.
    await target.installTemplates(target.signal);
    // Only these: what was taken may be in an index that is not the newest by now.
    const again = await bulk(target, chunk.pick(missing));
    const byIndex = new Map(missing.map((index, position) => [index, again[position]]));
    results = results.map((result, index) => byIndex.get(index) ?? result);
  }
  const refusals: Refusal[] = [];
  for (const [index, { status, type }] of results.entries()) {
    if (status < 400 || status === 409) continue;
    const record = chunk.records[index];
    if (status !== 400 || record === undefined)
      throw unavailable(`Elasticsearch at ${target.connection.url} cannot take records now (${status} ${type})`);
    refusals.push({ record, reason: type });
  }
  return refusals;
}

interface ItemResult {
  readonly status: number;
  readonly type: string;
}

async function bulk(target: Target, chunk: BulkPart): Promise<ItemResult[]> {
  const { connection, dataStream, signal } = target;
  try {
    const { body } = await connection.request({
      method: 'POST',
      path: `/${dataStream}/_bulk`,
      parameters: { require_data_stream: true, filter_path: 'errors,items.create.status,items.create.error.type' },
      bulkBody: chunk.bytes,
      ...(signal && { signal }),
    });
    return parseItems(body, chunk.records.length);
  } catch (error) {
    if (signal?.aborted || (error instanceof ThreadlineError && error.code !== 'internal')) throw error;
    const status = error instanceof RequestRefusedError ? error.status : undefined;
    // A proxy in between may allow less than Elasticsearch: half of it may fit.
    if (status === 413 && chunk.records.length > 1) {
      const middle = Math.ceil(chunk.records.length / 2);
      const indexes = [...chunk.records.keys()];
      const first = await bulk(target, chunk.pick(indexes.slice(0, middle)));
      const second = await bulk(target, chunk.pick(indexes.slice(middle)));
      return [...first, ...second];
    }
    if (status === 400 || status === 413) throw new ThreadlineError('internal', reasonOf(error), { cause: error });
    // Whatever answers there (a proxy's 404, another server), it says nothing about these records: they wait.
    throw unavailable(`Elasticsearch at ${connection.url} takes no bulk requests: ${reasonOf(error)}`, error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function idsOf(records: readonly IndexedRecord[]): string[] {
  return records.map(({ id }) => id);
}

function parseItems(body: unknown, expected: number): ItemResult[] {
  const answer: {
    readonly errors?: unknown;
    readonly items?: readonly { readonly create?: { readonly status?: unknown; readonly error?: { readonly type?: unknown } } }[];
  } = Object(body);
  const items = answer.items ?? [];
  if (typeof answer.errors !== 'boolean' || items.length !== expected)
    throw unavailable('Elasticsearch answered a bulk request with something else');
  return items.map(({ create }) => ({ status: Number(create?.status), type: String(create?.error?.type ?? 'unknown') }));
}
