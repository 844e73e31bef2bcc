import { ThreadlineError } from '../../errors.ts';
import type { IndexedRecord } from '../../model/record.ts';
import type { WriteOptions } from '../storage.ts';
import { type Connection, RequestRefusedError, unavailable } from './connection.ts';
import { DOCUMENT_FORMS, type DocumentForm, encodeDocument } from './document.ts';
import { findWritten } from './find-written.ts';
import { dataStreamOf, type Signal } from './index-template.ts';

/** Elasticsearch takes up to 100 MB; beyond some megabytes a larger request is not faster, and holds more memory on both sides. */
const MAX_BULK_BYTES = 8 * 1024 * 1024;
const MAX_BULK_DOCUMENTS = 5_000;
const NOTHING: ReadonlySet<string> = new Set();

export interface BulkWriterOptions {
  /** Told, for the operator, of each record that is kept but not wholly indexed. */
  readonly onReduced?: (report: { readonly id: string; readonly form: DocumentForm; readonly reason: string }) => void;
}

export interface BulkWriterParts {
  readonly connection: Connection;
  /** Puts the templates back that somebody took away. */
  readonly installTemplates: (signal: AbortSignal | undefined) => Promise<void>;
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
 * holds within one backing index; of a call that may repeat, what any index of the data stream has is left out first. Resolves when Elasticsearch has every record in its log on disk; rejects, retryable, when that is not known of all.
 * A record that Elasticsearch refuses is tried again in the document's next lesser form.
 */
export function createBulkWriter(parts: BulkWriterParts, { onReduced }: BulkWriterOptions = {}): BulkWriter {
  return async ({ of, tenant, records, mayRepeat = false, signal }) => {
    const target = { ...parts, dataStream: dataStreamOf(of, tenant), signal };
    const written = mayRepeat ? await findWritten(target, idsOf(records)) : NOTHING;
    let left = written.size === 0 ? records : records.filter(({ id }) => !written.has(id));
    for (const form of DOCUMENT_FORMS) {
      const refusals: Refusal[] = [];
      for (const chunk of chunks(left, form)) refusals.push(...(await writeChunk(target, chunk)));
      if (refusals.length === 0) return;
      const next = DOCUMENT_FORMS[DOCUMENT_FORMS.indexOf(form) + 1];
      if (next === undefined) {
        throw new ThreadlineError('internal', `Elasticsearch refuses a record in every form (${refusals[0]?.reason})`);
      }
      for (const { record, reason } of refusals) onReduced?.({ id: record.id, form: next, reason });
      left = refusals.map(({ record }) => record);
    }
  };
}

interface Chunk {
  readonly records: readonly IndexedRecord[];
  readonly lines: readonly string[];
}

function* chunks(records: readonly IndexedRecord[], form: DocumentForm): Generator<Chunk> {
  let chunk: { records: IndexedRecord[]; lines: string[] } = { records: [], lines: [] };
  let bytes = 0;
  for (const record of records) {
    const lines = `{"create":{"_id":${JSON.stringify(record.id)}}}\n${encodeDocument(record, form)}\n`;
    const size = Buffer.byteLength(lines);
    if (chunk.records.length > 0 && (bytes + size > MAX_BULK_BYTES || chunk.records.length >= MAX_BULK_DOCUMENTS)) {
      yield chunk;
      chunk = { records: [], lines: [] };
      bytes = 0;
    }
    chunk.records.push(record);
    chunk.lines.push(lines);
    bytes += size;
  }
  if (chunk.records.length > 0) yield chunk;
}

/** Where a call writes, and what gives it up. */
interface Target extends BulkWriterParts {
  readonly dataStream: string;
  readonly signal: AbortSignal | undefined;
}

/** Resolves to the records that Elasticsearch refuses for good. */
async function writeChunk(target: Target, chunk: Chunk): Promise<Refusal[]> {
  let results = await bulk(target, chunk);
  const missing = results.flatMap(({ type }, index) => (type === 'index_not_found_exception' ? [index] : []));
  if (missing.length > 0) {
    // The data stream is made from the template by the first write to it: without one, somebody took the template away.
    await target.installTemplates(target.signal);
    // Only these: what was taken may be in an index that is not the newest by now.
    const again = await bulk(target, { records: pick(chunk.records, missing), lines: pick(chunk.lines, missing) });
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

async function bulk(target: Target, chunk: Chunk): Promise<ItemResult[]> {
  const { connection, dataStream, signal } = target;
  try {
    const { body } = await connection.request({
      method: 'POST',
      path: `/${dataStream}/_bulk`,
      parameters: { require_data_stream: true, filter_path: 'errors,items.create.status,items.create.error.type' },
      bulkBody: chunk.lines.join(''),
      ...(signal && { signal }),
    });
    return parseItems(body, chunk.records.length);
  } catch (error) {
    if (signal?.aborted || (error instanceof ThreadlineError && error.code !== 'internal')) throw error;
    const status = error instanceof RequestRefusedError ? error.status : undefined;
    // A proxy in between may allow less than Elasticsearch: half of it may fit.
    if (status === 413 && chunk.records.length > 1) {
      const middle = Math.ceil(chunk.records.length / 2);
      const first = await bulk(target, { records: chunk.records.slice(0, middle), lines: chunk.lines.slice(0, middle) });
      const second = await bulk(target, { records: chunk.records.slice(middle), lines: chunk.lines.slice(middle) });
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

function pick<T>(list: readonly T[], indexes: readonly number[]): T[] {
  return indexes.flatMap((index) => list.slice(index, index + 1));
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
