import type { ServerResponse } from 'node:http';
import type { QueryNode } from '@threadline/query-language';
import type { LogRecord } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { RowKey } from '../../model/record.ts';
import type { ReadContext, Storage, TimeRange } from '../../storage/storage.ts';
import { parseChoice } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { checkRange, DEFAULT_FROM, DEFAULT_TO, parseTimeParameter, toStorageRange } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';
import { DEFAULT_TENANT } from '../read-context.ts';
import { createCsvTable } from './log-csv.ts';
import type { StreamInput, StreamRoute } from './stream-route.ts';
import { writeChunk } from './write-chunk.ts';

const FORMATS = ['ndjson', 'csv'] as const;
type Format = (typeof FORMATS)[number];
const MEDIA_TYPES: Readonly<Record<Format, string>> = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8; header=present' };

/** Each keeps one read of the storage under way; the others' searches have to get through too. */
const MAX_EXPORTS = 4;
const RETRY_AFTER_MILLIS = 5_000;
/** One page of many. */
const PAGE_DEADLINE_MILLIS = 60_000;
/** Records of a page: so many more each time as their size allows, as a record can be a megabyte. */
const FIRST_PAGE = 50;
const MAX_PAGE = 2_000;
const SMALL_PAGE_CHARACTERS = 1024 * 1024;
const LARGE_PAGE_CHARACTERS = 4 * 1024 * 1024;
/** What goes to the socket in one piece. */
const CHUNK_CHARACTERS = 64 * 1024;
/** The trailer of a whole answer: how many records it has. */
const COUNT_TRAILER = 'x-threadline-records';

/** Of an answer that lacks what is not in the storage yet, as it was asked for: it has no trailer. */
const INCOMPLETE_HEADER = 'x-threadline-incomplete';

/** All matching logs, page by page from the storage, as one file. */
export function createLogExportRoute(): StreamRoute {
  let openExports = 0;
  return {
    path: '/api/v1/logs/export',
    names: { single: ['query', 'from', 'to', 'order', 'format', 'incomplete'], repeated: ['column'] },
    isImmediate: false,
    isWhole: ({ parameters }) => parameters.get('incomplete') === undefined,
    contentTypeOf: ({ parameters }) => MEDIA_TYPES[parseChoice(parameters, 'format', FORMATS, 'ndjson')],
    prepare(input, storage) {
      const request = Object.freeze(parse(input, storage));
      return async (response, { signal, warnings }) => {
        if (openExports >= MAX_EXPORTS) throw tooManyExports();
        openExports += 1;
        if (warnings.length > 0) response.setHeader(INCOMPLETE_HEADER, '1');
        try {
          await writeExport(request, { storage, response, signal });
        } finally {
          openExports -= 1;
        }
      };
    },
  };
}

interface ExportRequest {
  readonly query: QueryNode;
  readonly range: TimeRange;
  readonly order: 'asc' | 'desc';
  readonly format: Format;
  readonly columns: readonly string[];
}

function parse({ parameters, nowNanos }: StreamInput, { capabilities }: Storage): ExportRequest {
  const { query } = parseQueryParameter(parameters, 'logs', capabilities);
  const range = checkRange({
    fromNanos: parseTimeParameter(parameters.get('from') ?? DEFAULT_FROM, 'from', nowNanos),
    toNanos: parseTimeParameter(parameters.get('to') ?? DEFAULT_TO, 'to', nowNanos),
  });
  const format = parseChoice(parameters, 'format', FORMATS, 'ndjson');
  const columns = parameters.all('column');
  parseChoice(parameters, 'incomplete', ['1'], undefined);
  if (format === 'ndjson' && columns.length > 0) {
    throw new ThreadlineError('invalid_argument', 'NDJSON has whole records: "column" is of format=csv.', {
      field: 'column',
      position: 0,
      expected: ['format=csv'],
    });
  }
  createCsvTable(columns);
  return {
    query: withoutOwnEvents(query),
    range: toStorageRange(range),
    order: parseChoice(parameters, 'order', ['desc', 'asc'], 'desc'),
    format,
    columns,
  };
}

interface ExportTarget {
  readonly storage: Storage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** What it throws after the head is out cuts the connection before the end of the body: no HTTP client takes that for a whole answer. */
async function writeExport(request: ExportRequest, { storage, response, signal }: ExportTarget): Promise<void> {
  const snapshot = await storage.openLogSnapshot?.(pageContext(signal));
  try {
    await writePages(request, readPages(request, snapshot ?? storage, signal), { response, signal });
  } finally {
    await snapshot?.close();
  }
}

async function writePages(
  request: ExportRequest,
  pages: AsyncIterable<readonly LogRecord[]>,
  { response, signal }: Pick<ExportTarget, 'response' | 'signal'>,
): Promise<void> {
  const { head, lineOf } = request.format === 'csv' ? createCsvTable(request.columns) : NDJSON;
  let text = head;
  let count = 0;
  const flush = async (): Promise<void> => {
    await writeChunk(response, text, signal);
    text = '';
  };
  for await (const page of pages) {
    // What is wrong before there is a record is an answer of its own.
    if (page.length > 0 && !response.headersSent) writeHead(response, request.format);
    for (const record of page) {
      text += lineOf(record);
      count += 1;
      if (text.length >= CHUNK_CHARACTERS) await flush();
    }
    if (page.length > 0) await flush();
  }
  signal.throwIfAborted();
  if (!response.headersSent) writeHead(response, request.format);
  if (!response.hasHeader(INCOMPLETE_HEADER)) response.addTrailers({ [COUNT_TRAILER]: String(count) });
  response.end(text);
}

function writeHead(response: ServerResponse, format: Format): void {
  response.writeHead(200, {
    'content-type': MEDIA_TYPES[format],
    'content-disposition': `attachment; filename="logs.${format}"`,
    ...(!response.hasHeader(INCOMPLETE_HEADER) && { trailer: COUNT_TRAILER }),
  });
}

const NDJSON = { head: '', lineOf: (record: LogRecord): string => `${JSON.stringify(record)}\n` };

/**
 * Pages in order, the next one read while one is on its way: of an answer there are two pages in memory at most, and one read under way. What goes wrong with a page
 * is told once those before it are taken. A page that ran out of time is gone on with from where it came to.
 */
async function* readPages(
  request: ExportRequest,
  storage: Pick<Storage, 'searchLogs'>,
  signal: AbortSignal,
): AsyncGenerator<readonly LogRecord[], void> {
  const left = new AbortController();
  const reading = AbortSignal.any([signal, left.signal]);
  const read = (search: PageSearch): Promise<ReadPage> => readPage(search, { request, storage, signal: reading });
  let next: Promise<ReadPage> | undefined = read({ range: request.range, limit: FIRST_PAGE });
  try {
    while (next !== undefined) {
      const { records, following }: ReadPage = await next;
      next = following && read(following);
      // It fails when it is its turn.
      next?.catch(() => undefined);
      yield records;
    }
  } finally {
    // Nobody waits for the page that is read ahead any more; what it reads of may be closed once it has ended.
    left.abort();
    await next?.catch(() => undefined);
  }
}

interface PageSearch {
  readonly range: TimeRange;
  readonly limit: number;
  readonly after?: RowKey;
}

interface ReadPage {
  readonly records: readonly LogRecord[];
  /** How to go on; undefined behind the last. */
  readonly following: PageSearch | undefined;
}

async function readPage(
  { range, limit, after }: PageSearch,
  {
    request,
    storage,
    signal,
  }: { readonly request: ExportRequest; readonly storage: Pick<Storage, 'searchLogs'>; readonly signal: AbortSignal },
): Promise<ReadPage> {
  const { query, order } = request;
  const page = await storage.searchLogs({ query, range, order, limit, ...(after && { after }) }, pageContext(signal));
  const records = page.rows.map(({ record }) => record);
  const last = page.rows.at(-1)?.key ?? after;
  // Rows down to that time are all in the page.
  const within = page.partial ? { ...range, toNanos: page.partial.searchedFromNanos } : range;
  const goesOn = page.partial !== undefined || page.hasMore;
  return { records, following: goesOn ? { range: within, limit: nextLimit(limit, records), ...(last && { after: last }) } : undefined };
}

function pageContext(signal: AbortSignal): ReadContext {
  return { tenant: DEFAULT_TENANT, deadline: performance.now() + PAGE_DEADLINE_MILLIS, signal };
}

function nextLimit(limit: number, records: readonly LogRecord[]): number {
  const characters = records.reduce((sum, record) => sum + (record.body?.stringValue?.length ?? JSON.stringify(record).length), 0);
  if (characters > LARGE_PAGE_CHARACTERS) return Math.max(1, limit >> 1);
  return characters < SMALL_PAGE_CHARACTERS ? Math.min(MAX_PAGE, limit * 2) : limit;
}

function tooManyExports(): ThreadlineError {
  return new ThreadlineError('overloaded', `${MAX_EXPORTS} exports are under way, and there may be no more: try again later.`, {
    retryAfterMillis: RETRY_AFTER_MILLIS,
  });
}
