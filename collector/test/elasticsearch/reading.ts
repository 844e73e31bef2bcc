import { parseQuery } from '@threadline/query-language';
import { inject } from 'vitest';
import type { LogRecord } from '../../src/api/index.ts';
import { createElasticsearchStorage, type ElasticsearchStorageOptions } from '../../src/storage/elasticsearch/elasticsearch-storage.ts';
import type { ReadContext, Storage } from '../../src/storage/storage.ts';

const READ_TIMEOUT_MILLIS = 30_000;

/** A tenant that no run before had. */
export function newTenant(part: string): string {
  return `${part}${Math.floor(Math.random() * 36 ** 6).toString(36)}`;
}

export function readContext(tenant: string, overrides: Partial<ReadContext> = {}): ReadContext {
  return { tenant, deadline: performance.now() + READ_TIMEOUT_MILLIS, signal: new AbortController().signal, ...overrides };
}

/** A started storage on the node of the run. */
export async function startStorage(options: Partial<ElasticsearchStorageOptions> = {}): Promise<Storage> {
  const storage = createElasticsearchStorage({ url: inject('elasticsearchUrl'), ...options });
  await storage.start(AbortSignal.timeout(60_000));
  return storage;
}

/** The ids of all logs that match, oldest first. */
export async function findLogs(storage: Storage, tenant: string, query: string): Promise<string[]> {
  return (await readLogs(storage, tenant, query)).map((record) => record.id);
}

export async function readLogs(storage: Storage, tenant: string, query: string): Promise<LogRecord[]> {
  const search = { query: parseQuery(query, 'logs'), range: {}, order: 'asc', limit: 10_000 } as const;
  return (await storage.searchLogs(search, readContext(tenant))).rows.map((row) => row.record);
}

/** Asks Elasticsearch itself, past the storage. */
export async function askNode(path: string, init?: { readonly method: string; readonly body?: unknown }): Promise<unknown> {
  const answer = await fetch(`${inject('elasticsearchUrl')}${path}`, {
    method: init?.method ?? 'GET',
    headers: { 'content-type': 'application/json' },
    ...(init?.body !== undefined && { body: JSON.stringify(init.body) }),
  });
  return answer.json();
}
