import { ThreadlineError } from '../../../errors.ts';
import type { ReadContext } from '../../storage.ts';

/** A deadline further away is none: timers hold at most 2^31 − 1 ms. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** When a read has to stop, whatever the reason. */
export class ReadLimit {
  /** Resolves when the read has to stop. */
  readonly ended: Promise<void>;
  readonly #context: ReadContext;
  readonly #closing: AbortSignal;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #endedAt: number | undefined;
  readonly #end = (): void => {
    this.#endedAt ??= performance.now();
    this.#stop.abort();
  };

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

  /** How long ago the read had to stop; 0 before. */
  get overdueMillis(): number {
    return this.#endedAt === undefined ? 0 : performance.now() - this.#endedAt;
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
