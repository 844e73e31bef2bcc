import type { ReadContext } from '../storage.ts';
import type { Connection } from './connection.ts';
import { dataStreamOf, type Signal } from './index-template.ts';

interface Freshness {
  /** Counts writes that resolved. */
  written: number;
  /** What `written` was when the last finished refresh began. */
  refreshed: number;
  /** The refresh under way, and what `written` was when it began. */
  running: { readonly covers: number; readonly done: Promise<void> } | undefined;
}

/**
 * Elasticsearch shows what was written at its next refresh, by each record: a read just after a write call could see half of it. So a
 * read first refreshes what this collector has written since the last one; readers at the same time share it. A
 * collector that writes and is not asked costs no refresh but the index's own, by which other collectors see its records.
 */
export interface Visibility {
  /** To be called when a write call has resolved. */
  noteWrite(signal: Signal, tenant: string): void;
  /** Resolves when every write noted before is visible. */
  awaitWrites(signal: Signal, context: ReadContext): Promise<void>;
}

export function createVisibility(connection: Connection): Visibility {
  const states = new Map<string, Freshness>();

  async function refresh(dataStream: string, state: Freshness): Promise<void> {
    const covers = state.written;
    // Without the reader's signal and deadline: others wait for the same refresh.
    await connection.request({ method: 'POST', path: `/${dataStream}/_refresh`, parameters: { ignore_unavailable: true } });
    state.refreshed = Math.max(state.refreshed, covers);
  }

  return {
    noteWrite(signal, tenant) {
      const dataStream = dataStreamOf(signal, tenant);
      const state = states.get(dataStream);
      if (state) state.written += 1;
      else states.set(dataStream, { written: 1, refreshed: 0, running: undefined });
    },

    async awaitWrites(signal, { tenant, signal: abort }) {
      const dataStream = dataStreamOf(signal, tenant);
      const state = states.get(dataStream);
      if (!state) return;
      const wanted = state.written;
      while (state.refreshed < wanted) {
        abort.throwIfAborted();
        if (state.running === undefined) {
          const done = refresh(dataStream, state).finally(() => {
            state.running = undefined;
          });
          state.running = { covers: state.written, done };
        }
        await state.running.done;
      }
    },
  };
}
