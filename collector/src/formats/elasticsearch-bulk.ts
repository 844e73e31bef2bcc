import type { KeyValue, OtlpLogRecord } from '../api/index.ts';
import { ThreadlineError } from '../errors.ts';
import { convertDocument } from './elasticsearch-document.ts';
import { isObject, type JsonObject, parseExact, textOf } from './json-shapes.ts';

/** Documents of one request to the log: as much as senders put into one of theirs. */
const PART_DOCUMENTS = 1_000;
/** And their bytes, which become about three times as many. */
const PART_BYTES = 4 * 1024 * 1024;
/** Of one request, since each is answered by itself, in some hundreds of bytes. */
const MAX_ACTIONS = 100_000;
/** One document, in bytes: far more than a record keeps. */
const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;
const ACTIONS = ['create', 'index', 'update', 'delete'] as const;
const LINE_FEED = 0x0a;

/** Why one document is not taken, in Elasticsearch's words. */
export interface BulkError {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

/** One action, in the order that they were sent. */
export interface BulkItem {
  readonly action: (typeof ACTIONS)[number];
  readonly index: string;
  /** As the sender named it. */
  readonly id: string | undefined;
  /** What is wrong with it for good. */
  readonly error?: BulkError;
}

/** Documents that go to the log together. */
export interface BulkPart {
  /** JSON of an ExportLogsServiceRequest. */
  readonly body: Buffer;
  /** Which of the items these are. */
  readonly items: readonly number[];
}

export interface BulkRequest {
  readonly items: readonly BulkItem[];
  readonly parts: readonly BulkPart[];
}

/**
 * The body of `POST /_bulk`: lines of actions, each `create` and `index` with its document on the line behind it. `update` and `delete` are
 * refused one by one, since a log is only added to. Throws `malformed_body`, with the number of the line, where it cannot be read on.
 */
export function translateBulk(body: Uint8Array, defaultIndex: string | undefined): BulkRequest {
  const lines = new Lines(body);
  const items: BulkItem[] = [];
  const parts = new Parts();
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (line.length === 0) continue;
    const { action, index, id } = readAction(line, lines.number, defaultIndex);
    const document = action === 'delete' ? undefined : lines.next();
    if (action !== 'delete' && document === undefined) throw malformed(lines.number, 'the document of the last action is missing');
    const taken = action === 'create' || action === 'index' ? readDocument(document ?? new Uint8Array()) : NOT_TAKEN;
    if (taken.document !== undefined) parts.add(taken.document, { index, item: items.length, bytes: document?.length ?? 0 });
    if (items.length >= MAX_ACTIONS) {
      throw new ThreadlineError('body_too_large', `the bulk holds more than ${MAX_ACTIONS} actions; send smaller ones`);
    }
    items.push({ action, index, id, ...(taken.error === undefined ? {} : { error: taken.error }) });
  }
  return { items, parts: parts.finish() };
}

const NOT_TAKEN: { readonly document?: JsonObject; readonly error?: BulkError } = {
  error: { status: 400, type: 'illegal_argument_exception', reason: 'only create and index are taken: a log is only added to' },
};

function readAction(line: Uint8Array, number: number, defaultIndex: string | undefined): Omit<BulkItem, 'error'> {
  const sent = parse(line);
  if (!isObject(sent)) throw malformed(number, 'this is no action: expected {"create": {…}} or {"index": {…}}');
  // Some senders write more beside it, such as how often they have tried.
  const [action, ...others] = ACTIONS.filter((candidate) => Object.hasOwn(sent, candidate));
  const target = action === undefined ? undefined : sent[action];
  if (action === undefined || others.length > 0 || !isObject(target)) {
    throw malformed(number, 'this is no action: expected {"create": {…}} or {"index": {…}}');
  }
  return { action, index: textOf(target, '_index') ?? defaultIndex ?? '', id: textOf(target, '_id') };
}

function readDocument(line: Uint8Array): { readonly document?: JsonObject; readonly error?: BulkError } {
  if (line.length > MAX_DOCUMENT_BYTES) {
    const reason = `the document is over ${MAX_DOCUMENT_BYTES} bytes`;
    return { error: { status: 413, type: 'document_too_large', reason } };
  }
  const document = parse(line);
  if (isObject(document)) return { document };
  return { error: { status: 400, type: 'document_parsing_exception', reason: 'the document is not a JSON object' } };
}

/** Undefined for what is no JSON. */
function parse(line: Uint8Array): unknown {
  try {
    return parseExact(new TextDecoder().decode(line));
  } catch {
    return undefined;
  }
}

function malformed(line: number, what: string): ThreadlineError {
  return new ThreadlineError('malformed_body', `line ${line} of the bulk: ${what}`);
}

/** The lines of a body without copying them; a carriage return before the line feed is white space to JSON. */
class Lines {
  readonly #body: Uint8Array;
  #at = 0;
  /** Of the last line, from 1. */
  number = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  next(): Uint8Array | undefined {
    if (this.#at >= this.#body.length) return undefined;
    const found = this.#body.indexOf(LINE_FEED, this.#at);
    const end = found === -1 ? this.#body.length : found;
    const line = this.#body.subarray(this.#at, end);
    this.#at = end + 1;
    this.number += 1;
    return line;
  }
}

/** Collects documents into requests of a size that the log takes; neighbours of one resource share it. */
class Parts {
  readonly #done: BulkPart[] = [];
  #items: number[] = [];
  #bytes = 0;
  #groups: { readonly key: string; readonly resource: readonly KeyValue[]; readonly records: OtlpLogRecord[] }[] = [];

  add(document: JsonObject, { index, item, bytes }: { readonly index: string; readonly item: number; readonly bytes: number }): void {
    if (this.#items.length >= PART_DOCUMENTS || (this.#bytes > 0 && this.#bytes + bytes > PART_BYTES)) this.#close();
    const { resource, record } = convertDocument(document, index);
    const key = JSON.stringify(resource);
    const last = this.#groups.at(-1);
    if (last?.key === key) last.records.push(record);
    else this.#groups.push({ key, resource, records: [record] });
    this.#items.push(item);
    this.#bytes += bytes;
  }

  finish(): readonly BulkPart[] {
    this.#close();
    return this.#done;
  }

  #close(): void {
    if (this.#items.length === 0) return;
    const resourceLogs = this.#groups.map(({ resource, records }) => ({
      resource: { attributes: resource },
      scopeLogs: [{ logRecords: records }],
    }));
    this.#done.push({ body: Buffer.from(JSON.stringify({ resourceLogs })), items: this.#items });
    this.#items = [];
    this.#groups = [];
    this.#bytes = 0;
  }
}
