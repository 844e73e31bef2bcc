import { ThreadlineError } from '../../../errors.ts';
import type { ReadContext } from '../../storage.ts';
import { StopFlag } from '../reading/stop.ts';
import type { SegmentName } from '../segments/segment-index.ts';
import { TaskError } from './failure.ts';
import type { OperationAnswer, OperationArgument, OperationName } from './operations.ts';
import { ReadLimit } from './read-limit.ts';
import { StorageThread, type ThreadOptions } from './storage-thread-client.ts';

/** More would take the writer's core. */
const MAX_READS = 2;
/** A read ends within milliseconds once it has to; one that takes this much longer waits for a disk that does not answer. */
const MAX_OVERDUE_MILLIS = 5_000;
/** Of no record. */
const ABSENT_ID = 'check';

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
  /** Those that have a turn. */
  readonly #underWay = new Set<ReadLimit>();

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
        this.#underWay.delete(limit);
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

  /**
   * Resolves where reads are answered. While all threads read for others it does so at once, without a turn of its own: long reads are no
   * fault. Rejects as `read` does, with `storage_unavailable` where none of those reads ends although its time is over.
   */
  async check(context: ReadContext): Promise<void> {
    if (this.#underWay.size < this.#maxReads) await this.read('readLog', ABSENT_ID, context);
    else if ([...this.#underWay].every(({ overdueMillis }) => overdueMillis > MAX_OVERDUE_MILLIS))
      throw new ThreadlineError(
        'storage_unavailable',
        'The embedded storage is reading and does not come to an end: its disk does not answer',
      );
  }

  /** Resolves once no thread reads any of those that are dropped. */
  async change(added: readonly SegmentName[], dropped: readonly SegmentName[]): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.change(added, dropped)));
  }

  /** Ends the reads under way with `shutting_down`. Safe to repeat. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#underWay.size > 0) await new Promise<void>((resolve) => this.#turns.push(resolve));
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  async #takeTurn(limit: ReadLimit): Promise<void> {
    limit.check();
    while (this.#underWay.size >= this.#maxReads) {
      await Promise.race([new Promise<void>((resolve) => this.#turns.push(resolve)), limit.ended]);
      limit.check();
    }
    this.#underWay.add(limit);
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
