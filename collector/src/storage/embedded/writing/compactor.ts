import { statfs } from 'node:fs/promises';
import type { SegmentCatalog } from '../segments/segment-catalog.ts';
import { type SegmentName, segmentFileName } from '../segments/segment-index.ts';
import { TaskError } from '../threads/failure.ts';
import { StorageThread, type ThreadOptions } from '../threads/storage-thread-client.ts';
import { chooseMerge } from './merge-choice.ts';

/** What has to be free beside the merged file. */
const ROOM_BYTES = 64 * 1024 * 1024;
/** After a merge that failed, as where the disk is full. */
const RETRY_MILLIS = 30_000;

export interface CompactorOptions extends Omit<ThreadOptions, 'segments'> {
  readonly catalog: SegmentCatalog;
  /** As of `MergeLimits`. */
  readonly maxSpanMillis: number;
  readonly maxBytes: number;
  /** Told of a merge that failed; it is tried again later. */
  readonly onFault: (error: unknown) => void;
}

/** Merges small segments into larger ones, one merge at a time, in a thread of its own. */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #damaged = new Set<string>();
  #thread: StorageThread | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #pausedUntil = 0;

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  /** Looks whether there is something to merge; does nothing while it is at it. */
  wake(): void {
    if (this.#isClosed || performance.now() < this.#pausedUntil) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** The thread's part of what the catalog tells. */
  async change(added: readonly SegmentName[], dropped: readonly SegmentName[]): Promise<void> {
    await this.#thread?.change(added, dropped);
  }

  /** Ends a merge under way: it leaves nothing that counts. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isClosed && (await this.#mergeOnce())) {
        // Until it is well as it is.
      }
    } catch (error) {
      if (this.#isClosed) return;
      this.#pausedUntil = performance.now() + RETRY_MILLIS;
      this.#options.onFault(error);
    }
  }

  async #mergeOnce(): Promise<boolean> {
    const { catalog, directory, maxSpanMillis, maxBytes } = this.#options;
    const inputs = chooseMerge(catalog.entries, {
      maxSpanMillis,
      maxBytes,
      isLeftAlone: (entry) => this.#damaged.has(segmentFileName(entry)),
    });
    const [first] = inputs ?? [];
    if (!inputs || !first) return false;
    const { bavail, bsize } = await statfs(directory);
    if (bavail * bsize < inputs.reduce((sum, { bytes }) => sum + bytes, ROOM_BYTES)) return false;
    const name = { table: first.table, id: catalog.takeId() };
    const isThere = (input: SegmentName): boolean => catalog.entries.some(({ table, id }) => table === input.table && id === input.id);
    const output = {
      ...name,
      from: Math.min(...inputs.map(({ from }) => from)),
      to: Math.max(...inputs.map(({ to }) => to)),
      replaces: inputs.map(({ id }) => id),
    };
    try {
      await this.#openThread().run({ type: 'merge', inputs: inputs.map(({ table, id }) => ({ table, id })), output });
    } catch (error) {
      if (!(error instanceof TaskError && error.failure.kind === 'damaged')) throw error;
      // Where one is gone, and left out by now, nothing is wrong with the others.
      if (inputs.every(isThere)) for (const input of inputs) this.#damaged.add(segmentFileName(input));
      return true;
    }
    // Retention may have given one up meanwhile: then so is what was made of it.
    if (inputs.every(isThere)) catalog.add(name, inputs);
    else catalog.discard(name);
    return true;
  }

  #openThread(): StorageThread {
    if (!this.#thread || this.#thread.hasEnded) {
      const { catalog, directory, onDamage } = this.#options;
      this.#thread = new StorageThread({
        directory,
        onDamage,
        isBehindOthers: true,
        segments: catalog.entries.map(({ table, id }) => ({ table, id })),
      });
    }
    return this.#thread;
  }
}
