import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ThreadlineError } from '../../../errors.ts';
import type { SegmentName } from '../segments/segment-index.ts';
import { errorOf } from './failure.ts';
import type { Damage, FromThread, Task, ThreadData, ToThread } from './messages.ts';
import { THREAD_LIMITS } from './thread-limits.ts';

/** The same from the sources and from the build. */
const THREAD_FILE = new URL(`./storage-thread${extname(import.meta.url)}`, import.meta.url);

export interface ThreadOptions extends ThreadData {
  readonly onDamage: (damage: Damage) => void;
}

/** A thread of the storage: one task at a time. Nothing can be asked of it once it has ended. */
export class StorageThread {
  readonly #worker: Worker;
  readonly #changes = new Map<number, () => void>();
  readonly #ended: Promise<void>;
  #nextChange = 0;
  #task: { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void } | undefined;
  #hasEnded = false;

  constructor({ onDamage, ...data }: ThreadOptions) {
    this.#worker = new Worker(THREAD_FILE, { workerData: data, resourceLimits: THREAD_LIMITS });
    // Only a task keeps the process alive.
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#take(message, onDamage));
    this.#worker.on('error', (error) => this.#end(error));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end(new Error('a thread of the storage ended'));
        resolve();
      });
    });
  }

  get isBusy(): boolean {
    return this.#task !== undefined;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Rejects with a `ThreadlineError` or a `TaskError`. */
  run(task: Task): Promise<unknown> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#task = { resolve, reject };
      this.#send({ type: 'task', task });
    });
  }

  /** Resolves once the thread reads none of those that are dropped. */
  change(added: readonly SegmentName[], dropped: readonly SegmentName[]): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    const change = this.#nextChange++;
    return new Promise((resolve) => {
      this.#changes.set(change, resolve);
      this.#send({ type: 'segments', added, dropped, change });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromThread, onDamage: (damage: Damage) => void): void {
    switch (message.type) {
      case 'answer':
        this.#settle()?.resolve(message.value);
        return;
      case 'failure':
        this.#settle()?.reject(errorOf(message.failure));
        return;
      case 'changed':
        this.#changes.get(message.change)?.();
        this.#changes.delete(message.change);
        return;
      case 'damage':
        onDamage(message.damage);
    }
  }

  #settle() {
    const task = this.#task;
    this.#task = undefined;
    if (task) this.#worker.unref();
    return task;
  }

  #end(cause: unknown): void {
    this.#hasEnded = true;
    const isMemory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const error = isMemory
      ? new ThreadlineError('storage_unavailable', 'The search needs more memory than the embedded storage has: narrow its time range', {
          cause,
        })
      : new ThreadlineError('internal', `The embedded storage could not read: ${cause instanceof Error ? cause.message : String(cause)}`, {
          cause,
        });
    this.#settle()?.reject(error);
    for (const resolve of this.#changes.values()) resolve();
    this.#changes.clear();
  }
}
