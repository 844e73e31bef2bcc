import { clearTimeout, setTimeout } from '../own-timers.ts';

/**
 * For how long nothing is at work on any message of a batch until those that were only looked at are taken to be done with.
 * Less than the two seconds after which a span is announced as open.
 */
const QUIET_MILLIS = 1000;

/** A message that was looked at: `finish` ends its span with the time at which it was last left, unless something is at work on it. */
export interface LookedAt {
  finish(): void;
}

/** Those in which messages wait. */
const waiting = new Set<MessageBatch>();

/**
 * Messages that came at once. Some consumers look at each before they handle the first (for its id, to log it), so one that
 * was entered and left without an await is not known to be done with: its span waits for the work, which may come when the
 * others have had theirs. It ends when the batch is quiet.
 */
export class MessageBatch {
  readonly #lookedAt = new Set<LookedAt>();
  #openCount = 0;
  #quietSinceMillis = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Something is at work on one of the messages. Each call needs one of `leave`. */
  enter(): void {
    this.#openCount += 1;
  }

  leave(): void {
    this.#openCount -= 1;
    if (this.#openCount === 0 && this.#lookedAt.size > 0) this.#waitUntilQuiet();
  }

  /** The message was left and may be entered again. */
  keep(message: LookedAt): void {
    this.#lookedAt.add(message);
    waiting.add(this);
    if (this.#openCount === 0) this.#waitUntilQuiet();
  }

  /** The message has ended. */
  forget(message: LookedAt): void {
    if (this.#lookedAt.delete(message) && this.#lookedAt.size === 0) this.#stopWaiting();
  }

  /** Ends those that were looked at and that nothing is at work on. */
  finish(): void {
    for (const message of this.#lookedAt) message.finish();
  }

  /** One timer, that looks again when there was work meanwhile. */
  #waitUntilQuiet(): void {
    this.#quietSinceMillis = performance.now();
    this.#timer ??= this.#lookIn(QUIET_MILLIS);
  }

  #lookIn(millis: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      const leftMillis = this.#quietSinceMillis + QUIET_MILLIS - performance.now();
      // At work again: the next to leave begins to wait.
      if (this.#openCount > 0) return;
      if (leftMillis > 0) this.#timer = this.#lookIn(Math.ceil(leftMillis));
      else this.finish();
    }, millis).unref();
  }

  #stopWaiting(): void {
    waiting.delete(this);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Does not wait any longer for what may still be done with messages that were looked at: for a flush and for the end of the process. */
export function finishLookedAt(): void {
  for (const batch of waiting) batch.finish();
}
