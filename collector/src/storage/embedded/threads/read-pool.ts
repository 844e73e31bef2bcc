import { ThreadlineError } from '../../../errors.ts';
import type { ReadContext } from '../../storage.ts';
import { StopFlag } from '../reading/stop.ts';
import type { SegmentName } from '../segments/segment-index.ts';
import { TaskError } from './failure.ts';
import type { OperationAnswer, OperationArgument, OperationName } from './operations.ts';
import { StorageThread, type ThreadOptions } from './storage-thread-client.ts';

/** More would take the writer's core. */
const MAX_READS = 2;
/** A deadline further away is none: timers hold at most 2^31 − 1 ms. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export interface ReadPoolOptions extends Omit<ThreadOptions, 'segments'> {
  /** Those that a thread which starts now is to read. */
  readonly segments: () => readonly SegmentName[];
  /** Reads at once, each in a thread of its own. */
  readonly maxReads?: number;
}

/** Threads that only read: two reads at once where nothing else is said, the others wait their turn in order. A thread is made when it is first needed. */
export class ReadPool {
  readonly #options: Omit<ReadPoolOptions, 'maxReads'>;
  readonly #threads: StorageThread[] = [];
  readonly #turns: (() => void)[] = [];
  readonly #closing = new AbortController();
  readonly #maxReads: number;
  #active = 0;

  constructor({ maxReads = MAX_READS, ...options }: ReadPoolOptions) {
    this.#options = options;
    this.#maxReads = maxReads;
  }

  /** Makes a thread before anybody reads, for what it has to do by itself. */
  warm(): void {
    this.#thread();
  }

  /**
   * Rejects with the signal's reason when it is aborted, with `deadline_exceeded` past the deadline (also while it waits for its turn), with
   * `shutting_down` once the pool closes.
   */
  async read<O extends OperationName>(operation: O, argument: OperationArgument<O>, context: ReadContext): Promise<OperationAnswer<O>> {
    const limit = new ReadLimit(context, this.#closing.signal);
    try {
      await this.#takeTurn(limit);
      try {
        const stop = new StopFlag();
        void limit.ended.then(() => stop.set(limit.isUnwanted ? 'unwanted' : 'deadline'));
        const answer = await this.#thread().run({ type: 'read', operation, argument, tenant: context.tenant, stop: stop.shared });
        // One that came in time, or has a part only and says so.
        if (limit.isUnwanted) limit.check();
        // The thread answers with what the operation gives.
        return answer as OperationAnswer<O>;
      } finally {
        this.#active -= 1;
        // All look again, in order: one that gave up meanwhile must not keep the turn.
        for (const turn of this.#turns.splice(0)) turn();
      }
    } catch (error) {
      limit.check();
      throw error instanceof TaskError
        ? new ThreadlineError('internal', `The embedded storage could not read: ${error.message}`, { cause: error })
        : error;
    } finally {
      limit.dispose();
    }
  }

  /** Resolves once no thread reads any of those that are dropped. */
  async change(added: readonly SegmentName[], dropped: readonly SegmentName[]): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.change(added, dropped)));
  }

  /** Ends the reads under way with `shutting_down`. Safe to repeat. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#active > 0) await new Promise<void>((resolve) => this.#turns.push(resolve));
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  async #takeTurn(limit: ReadLimit): Promise<void> {
    limit.check();
    while (this.#active >= this.#maxReads) {
      await Promise.race([new Promise<void>((resolve) => this.#turns.push(resolve)), limit.ended]);
      limit.check();
    }
    this.#active += 1;
  }

  #thread(): StorageThread {
    const left = this.#threads.filter((thread) => !thread.hasEnded);
    this.#threads.splice(0, this.#threads.length, ...left);
    const idle = left.find((thread) => !thread.isBusy);
    if (idle) return idle;
    const { segments, ...options } = this.#options;
    const made = new StorageThread({ ...options, segments: segments() });
    this.#threads.push(made);
    return made;
  }
}

/** When a read has to stop, whatever the reason. */
class ReadLimit {
  /** Resolves when the read has to stop. */
  readonly ended: Promise<void>;
  readonly #context: ReadContext;
  readonly #closing: AbortSignal;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #end = (): void => this.#stop.abort();

  constructor(context: ReadContext, closing: AbortSignal) {
    this.#context = context;
    this.#closing = closing;
    const remaining = Math.min(Math.max(context.deadline - performance.now(), 0), MAX_TIMER_MILLIS);
    this.#timer = setTimeout(this.#end, remaining);
    context.signal.addEventListener('abort', this.#end, { once: true });
    closing.addEventListener('abort', this.#end, { once: true });
    this.ended = new Promise((resolve) => this.#stop.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** Nobody waits for an answer any more, not even for a part of one. */
  get isUnwanted(): boolean {
    return this.#context.signal.aborted || this.#closing.aborted;
  }

  /** Throws the reason to stop, if there is one. */
  check(): void {
    this.#context.signal.throwIfAborted();
    if (this.#closing.aborted) throw new ThreadlineError('shutting_down', 'The storage is shutting down');
    // Timers may be a moment early: once this one has stopped the read, its reason is the deadline.
    if (this.#stop.signal.aborted || performance.now() >= this.#context.deadline)
      throw new ThreadlineError('deadline_exceeded', 'The search took too long: narrow its time range or its query');
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#context.signal.removeEventListener('abort', this.#end);
    this.#closing.removeEventListener('abort', this.#end);
  }
}
