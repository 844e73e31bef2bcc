import { ThreadlineError } from '../../errors.ts';
import type { ReadContext } from '../storage.ts';
import { missingShardsMessage } from './blocked-message.ts';
import { type Connection, deadlineExceeded, unavailable } from './connection.ts';
import { dataStreamOf, type Signal } from './index-template.ts';

/** A refresh takes a fraction of a second; one that takes so long may wait for a shard that no node has, or for nodes that are gone, which Elasticsearch does for a minute. */
const SLOW_REFRESH_MILLIS = 3_000;

interface Freshness {
  /** Counts writes that resolved. */
  written: number;
  /** What `written` was after the last of them that is in no batch of figures. */
  unbatched: number;
  /** What `written` was when the last finished refresh began. */
  refreshed: number;
  running: Promise<void> | undefined;
}

/**
 * Elasticsearch shows what was written at its next refresh, record by record: a read just after a write call could see half of it. So
 * a read first refreshes what this collector has written since the last refresh; readers at the same time share one. A collector that
 * writes and is not asked costs no refresh but the index's own, by which other collectors see its records.
 */
export interface Visibility {
  /** To be called when a write call has resolved. */
  noteWrite(write: { readonly of: Signal; readonly tenant: string; readonly isBatched: boolean }): void;
  /**
   * Resolves when every write noted before is visible, or with `unbatchedOnly` each of those that are in no batch of figures: what is in one was counted as it was
   * written. Throws at the reader's deadline or abort, when Elasticsearch is away, and soon where a shard is.
   */
  awaitWrites(signal: Signal, context: ReadContext, options?: { readonly unbatchedOnly?: boolean }): Promise<void>;
}

export function createVisibility(connection: Connection): Visibility {
  const states = new Map<string, Freshness>();

  /** Without a reader's signal and deadline: others wait for the same refresh. */
  async function refresh(dataStream: string, state: Freshness): Promise<void> {
    const covered = state.written;
    try {
      await connection.request({ method: 'POST', path: `/${dataStream}/_refresh`, parameters: { ignore_unavailable: true } });
      state.refreshed = Math.max(state.refreshed, covered);
    } finally {
      state.running = undefined;
    }
  }

  async function checkShards(dataStream: string, { deadline, signal }: ReadContext): Promise<void> {
    const { body } = await connection.request({
      method: 'GET',
      path: `/_cluster/health/${dataStream}`,
      // A cluster without a master says so when this is over.
      parameters: { level: 'indices', filter_path: 'indices.*.status', master_timeout: '1s' },
      deadline,
      signal,
    });
    const { indices = {} }: { readonly indices?: Readonly<Record<string, { readonly status?: unknown }>> } = Object(body);
    const red = Object.keys(indices).filter((name) => indices[name]?.status === 'red');
    if (red.length > 0) throw unavailable(missingShardsMessage(connection.url, red));
  }

  return {
    noteWrite({ of, tenant, isBatched }) {
      const dataStream = dataStreamOf(of, tenant);
      const state = states.get(dataStream) ?? { written: 0, unbatched: 0, refreshed: 0, running: undefined };
      states.set(dataStream, state);
      state.written += 1;
      if (!isBatched) state.unbatched = state.written;
    },

    async awaitWrites(signal, context, { unbatchedOnly = false } = {}) {
      const dataStream = dataStreamOf(signal, context.tenant);
      const state = states.get(dataStream);
      if (!state) return;
      const wanted = unbatchedOnly ? state.unbatched : state.written;
      // A refresh that began before the last write does not cover it: then the next one is waited for too.
      while (state.refreshed < wanted) {
        state.running ??= refresh(dataStream, state);
        await beforeDeadline(state.running, context, () => checkShards(dataStream, context));
      }
    },
  };
}

/** `checkSlow` may reject once it takes long; whatever else comes of it is of no account. */
function beforeDeadline(promise: Promise<void>, { deadline, signal }: ReadContext, checkSlow: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const timer = setTimeout(() => reject(deadlineExceeded()), deadline - performance.now());
    const slow = setTimeout(
      () =>
        checkSlow().catch((error: unknown) => {
          if (error instanceof ThreadlineError && error.code === 'storage_unavailable') reject(error);
        }),
      SLOW_REFRESH_MILLIS,
    );
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      clearTimeout(slow);
      signal.removeEventListener('abort', abort);
    });
  });
}
