import { expect, it } from 'vitest';
import type { Connection } from '../connection.ts';
import { openBatch } from './figure-document.ts';
import { FigureStore, type StoredDocument } from './figure-store.ts';

/** Answers each bulk request with these results of its deletions. */
function answering(...items: readonly object[]): Connection {
  return {
    url: 'http://elasticsearch:9200',
    request: async () => ({ status: 200, body: { items: items.map((item) => ({ delete: item })) } }),
    close: async () => undefined,
  };
}

const NO_TEMPLATES = async () => undefined;

function stored(id: string): StoredDocument {
  return { index: 'threadline-figures-default', id, version: { seqNo: 1, primaryTerm: 1 }, document: openBatch(id, 0) };
}

it('removes documents where each is gone, by whomever, or has changed', async () => {
  const store = new FigureStore(
    answering({ status: 200 }, { status: 404 }, { status: 409, error: { type: 'version_conflict_engine_exception' } }),
    NO_TEMPLATES,
  );
  await expect(store.remove(['a', 'b', 'c'].map(stored))).resolves.toBeUndefined();
});

it('does not take documents for removed that are still there', async () => {
  const reason = 'index [i] blocked by: [FORBIDDEN/8/index write (api)];';
  const blocked = new FigureStore(
    answering({ status: 200 }, { status: 403, error: { type: 'cluster_block_exception', reason } }),
    NO_TEMPLATES,
  );
  await expect(blocked.remove(['a', 'b'].map(stored))).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringContaining('index i, which is blocked'),
  });
  const busy = new FigureStore(answering({ status: 429, error: { type: 'es_rejected_execution_exception' } }), NO_TEMPLATES);
  await expect(busy.remove([stored('a')])).rejects.toMatchObject({ message: expect.stringContaining('cannot delete figures now (429') });
});
