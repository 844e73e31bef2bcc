import { type Context, context, type Span, type SpanContext, trace } from '@opentelemetry/api';
import type { MessageBatch } from './message-batch.ts';
import { endSpan, type MessageTracer, type Operation } from './message-tracer.ts';
import { currentTurn, isOver } from './turn.ts';

export interface ReceivedOptions {
  readonly tracer: MessageTracer;
  /** The process operation. */
  readonly operation: Operation;
  /** What the message was sent with. */
  readonly creation: Context;
  /** The span that fetched it; undefined for a message that the broker pushed. */
  readonly receive: SpanContext | undefined;
  /** True when `finish` will be called: then one process span covers all that is done with the message until then. */
  readonly held?: boolean;
  /** Those that it came with, when nobody tells when they are done with. */
  readonly batch?: MessageBatch;
}

/**
 * A message that has arrived and what is done with it. The process span starts when the message is first entered. It
 * ends when it is left, or, for a held message, with the time at which it was last left when the batch is finished. One of
 * a batch that was left without an await may only have been looked at: its span goes on with the next entry, or ends with
 * the time at which it was left when the batch is quiet. One that is entered again after its end runs in the same context:
 * in its trace and its flow, without a second span.
 */
export class ReceivedMessage {
  readonly #options: ReceivedOptions;
  #context: Context | undefined;
  #span: Span | undefined;
  #open = 0;
  /** In which it was entered. Undefined for one that is known to be at work. */
  #turn: number | undefined;
  #interrupted = false;
  #leftAt: number | undefined;

  constructor(options: ReceivedOptions) {
    this.#options = options;
  }

  /** Whether some code is at work on it now. */
  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** Whether it was a loop's last message, because the loop was left in the middle of it. */
  get isInterrupted(): boolean {
    return this.#interrupted;
  }

  /** The context of its process span; before that has begun, what the message was sent with. */
  get context(): Context {
    return this.#context ?? this.#options.creation;
  }

  /** The context to work on the message in. Each call needs one of `leave`. */
  enter(): Context {
    const { batch } = this.#options;
    batch?.enter();
    if (batch !== undefined && this.#open === 0) this.#turn = currentTurn();
    this.#open += 1;
    return this.begin();
  }

  /** Somebody asks for the next message, and it is not known whether the work on this one goes on. In place of `leave`. */
  putAside(): void {
    this.#release();
    if (this.#open > 0 || this.#options.held === true) return;
    if (this.#options.batch === undefined) this.#end(undefined);
    else this.#options.batch.keep(this);
  }

  /** The work went on, after `putAside`. Needs a call of `leave`. */
  takeUp(): void {
    this.#options.batch?.enter();
    this.#open += 1;
    this.#turn = undefined;
  }

  /** Starts the process span, if that has not begun, for whoever tells of the message before the work: `enter` or `finish` must follow. */
  begin(): Context {
    if (this.#context !== undefined) return this.#context;
    const { tracer, operation, creation, receive } = this.#options;
    this.#context = tracer.process(operation, creation, receive);
    this.#span = trace.getSpan(this.#context);
    return this.#context;
  }

  /** The work is done or, with an error, has failed. */
  leave(error?: unknown): void {
    this.#release();
    if (error !== undefined) this.#end(error);
    if (this.#open > 0 || this.#options.held === true || this.#span === undefined) return;
    if (this.#options.batch === undefined || this.#turn === undefined || isOver(this.#turn)) this.#end(undefined);
    else this.#options.batch.keep(this);
  }

  /** A loop was left by break, return or an error while at work on it; which of them, only the end of the batch tells. */
  interrupt(): void {
    this.#interrupted = true;
    this.leave();
  }

  /** Nothing more will be done with it. Safe to repeat. */
  finish(error?: unknown): void {
    if (this.#open === 0) this.#end(error);
  }

  /**
   * Runs `fn` on the message; the work is done when what it returns is. A promise is answered by one that settles alike,
   * so that a rejection which nobody handles is still reported by Node.
   */
  run<T>(fn: () => T): T {
    const entered = this.enter();
    let result: T;
    try {
      result = context.with(entered, fn);
    } catch (error) {
      this.leave(error ?? new Error('a message’s handler threw nothing'));
      throw error;
    }
    if (isThenable(result)) {
      const followed: unknown = result.then(
        (value) => {
          this.leave();
          return value;
        },
        (error: unknown) => {
          this.leave(error ?? new Error('a message’s handler rejected with nothing'));
          throw error;
        },
      );
      return followed as T;
    }
    this.leave();
    return result;
  }

  #release(): void {
    this.#open -= 1;
    this.#leftAt = performance.now();
    this.#options.batch?.leave();
  }

  #end(error: unknown): void {
    if (this.#span === undefined) return;
    endSpan(this.#span, error, this.#leftAt);
    this.#span = undefined;
    this.#options.batch?.forget(this);
  }
}

/** Shared by every copy of this package that a process loads. */
const RECEIVED = Symbol.for('threadline.sdk.received');

/** Remembers what is known about a message for as long as its object lives. */
export function rememberMessage(message: object, received: ReceivedMessage): void {
  receivedMessages().set(message, received);
}

/** A text has no identity: those that were taken and not yet handled wait here. More than these are not in one process's hands. */
const MAX_TEXTS = 1000;

/** Remembers what is known about a message that is a mere text, until it is asked for; equal ones in their order. */
export function rememberText(text: string, received: ReceivedMessage): void {
  const texts = receivedTexts();
  texts.push([text, received]);
  if (texts.length > MAX_TEXTS) texts.shift();
}

/** What was remembered about a message; undefined for anything else. A text is forgotten with it. */
export function receivedMessage(message: unknown): ReceivedMessage | undefined {
  if (typeof message === 'string') {
    const texts = receivedTexts();
    const at = texts.findIndex(([text]) => text === message);
    return at === -1 ? undefined : texts.splice(at, 1)[0]?.[1];
  }
  return typeof message === 'object' && message !== null ? receivedMessages().get(message) : undefined;
}

function receivedMessages(): WeakMap<object, ReceivedMessage> {
  const existing: unknown = Reflect.get(globalThis, RECEIVED);
  if (existing instanceof WeakMap) return existing;
  const created = new WeakMap<object, ReceivedMessage>();
  Object.defineProperty(globalThis, RECEIVED, { value: created });
  return created;
}

const TEXTS = Symbol.for('threadline.sdk.received-texts');

function receivedTexts(): [text: string, received: ReceivedMessage][] {
  const existing: unknown = Reflect.get(globalThis, TEXTS);
  if (Array.isArray(existing)) return existing;
  const created: [string, ReceivedMessage][] = [];
  Object.defineProperty(globalThis, TEXTS, { value: created });
  return created;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
