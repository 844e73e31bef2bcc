import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IndexedLog, IndexedSpan } from '../../src/model/record.ts';
import type { CollectorView } from '../../src/query/collector-view.ts';
import { createQueryServer, type QueryServerOptions } from '../../src/query/query-server.ts';
import { recordArrivals } from '../../src/storage/embedded/arrivals/record-arrivals.ts';
import { createEmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import { createFileSearchStore } from '../../src/storage/embedded/searches/file-search-store.ts';
import type { SearchStore } from '../../src/storage/searches/search-store.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { countRows, poll, readContext } from '../storage-contract/reading.ts';
import { describeMismatch } from './openapi-check.ts';

export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface QueryApi {
  readonly url: string;
  readonly storage: Storage;
  readonly searches: SearchStore;
  /** What the server reported as its own faults. */
  readonly errors: unknown[];
  /** A GET that fails the test unless the status is 200 and the answer is as the API's description says. */
  get<T>(path: string): Promise<T>;
  /** Any request; a JSON answer of the API is held to its description too. */
  send(path: string, options?: SendOptions): Promise<ApiResponse>;
  /** Resolves when the records are found. */
  write(records: { readonly logs?: readonly IndexedLog[]; readonly spans?: readonly IndexedSpan[] }): Promise<void>;
  stop(): Promise<void>;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Of a collector to which nothing has happened yet. */
export const QUIET_COLLECTOR: CollectorView = {
  status: () => ({
    version: '0.0.0-test',
    startedAtUnixNano: '1790000000000000000',
    storage: { kind: 'embedded', reduced: { count: 0, reasons: [] }, damaged: { count: 0, reasons: [] } },
    log: {
      usedBytes: 0,
      capacityBytes: 1_000,
      waitingRequests: 0,
      ingest: { state: 'taking' },
      delivery: { state: 'delivering' },
      setAside: { count: 0, bytes: 0 },
      deadLetters: { kept: 0, total: 0, reasons: [] },
    },
    refusals: [],
    metrics: [],
  }),
  listDeadLetters: async () => [],
};

/** A real query server on a system's port; without a storage of the test's own, on an embedded one in a directory of its own. */
export async function startQueryApi(options: Partial<QueryServerOptions> = {}): Promise<QueryApi> {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-query-'));
  const { storage, arrivals } =
    options.storage && options.arrivals
      ? { storage: options.storage, arrivals: options.arrivals }
      : recordArrivals(options.storage ?? createEmbeddedStorage({ directory }));
  const signal = new AbortController().signal;
  await storage.start(signal);
  // Threads of sources are slower to start than one look-up of the health may take; that it fails is for the test to see.
  await storage.check(readContext('default')).catch(() => undefined);
  const errors: unknown[] = [];
  const searches =
    options.searches ?? createFileSearchStore({ directory: join(directory, 'searches'), onDamage: (reason) => errors.push(reason) });
  const written = { logs: 0, spans: 0 };
  const server = createQueryServer({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    otlpHttpUrl: 'http://127.0.0.1:4318',
    otlpGrpcUrl: 'http://127.0.0.1:4317',
    retentionDays: 7,
    version: '0.0.0-test',
    collector: QUIET_COLLECTOR,
    onError: (error) => errors.push(error),
    ...options,
    storage,
    arrivals,
    searches,
  });
  await server.start(signal);
  const url = server.address?.url ?? '';
  return {
    url,
    storage,
    searches,
    errors,
    async get<T>(path: string): Promise<T> {
      const response = await sendChecked(url, path, {});
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${response.text} ${String(errors.at(-1))}`);
      return JSON.parse(response.text);
    },
    send: (path, sendOptions = {}) => sendChecked(url, path, sendOptions),
    async write({ logs = [], spans = [] }) {
      await storage.writeLogs('default', logs);
      await storage.writeSpans('default', spans);
      written.logs += logs.length;
      written.spans += spans.length;
      // A storage may take a second to find what it has taken.
      await poll(async () => (await countRows(storage, 'logs', 'default')) >= written.logs);
      await poll(async () => (await countRows(storage, 'spans', 'default')) >= written.spans);
    },
    async stop() {
      await server.shutdown();
      await storage.shutdown();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The `error` of a response that has one. */
export function errorOf(response: ApiResponse): { code: string; message: string; field?: string; position?: number; expected?: string[] } {
  return JSON.parse(response.text).error;
}

async function sendChecked(url: string, path: string, options: SendOptions): Promise<ApiResponse> {
  const response = await send(url, path, options);
  const isDescribed = path.startsWith('/api/') && options.method !== 'HEAD' && path !== '/api/v1/openapi.json';
  const answered = { method: (options.method ?? 'GET').toLowerCase(), status: response.status };
  const mismatch = isDescribed ? describeMismatch(path.split('?')[0] ?? '', answered, JSON.parse(response.text)) : '';
  if (mismatch !== '') throw new Error(`${path} (${response.status}) is not as described: ${mismatch}\n${response.text.slice(0, 2_000)}`);
  return response;
}

function send(url: string, path: string, { method = 'GET', headers = {}, body }: SendOptions): Promise<ApiResponse> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
