import { getEnvironmentData, isMainThread, setEnvironmentData, threadId, type Worker } from 'node:worker_threads';
import { isObject } from './wrap-method.ts';

/** Where a worker finds the line to the thread that made it: copied into it while it is made. */
const LINE_KEY = '@threadline/line';
/** How much room there is for the contexts of what a worker is sent before its SDK runs; those that find none are heard in the root context. */
const EARLY_BYTES = 16_384;

/*
 * The memory that both threads share, in numbers of 32 bits:
 *
 *   0         1           2            3 …
 *   announced worker's id bytes used │ message's key, bytes of its context, context as JSON, up to a whole number │ …
 *
 * A message's key is its number among those of `Worker.postMessage`, from 0 on, or `-1 - id` for a task of a pool, which comes over another port.
 */
const ANNOUNCED = 0;
const WORKER_ID = 1;
const USED_BYTES = 2;
const HEAD_BYTES = 12;
const ENTRY_HEAD_BYTES = 8;
/** The key of nothing that was sent. */
const TAKEN_BACK = -0x8000_0000;
/** The thread that makes a worker knows its id at once; this one may start before that was told. */
const ID_MILLIS = 1000;

/** What a message carries of its context. */
export type ContextFields = Readonly<Record<string, unknown>>;

interface Offer {
  readonly memory: SharedArrayBuffer;
  /** What the worker was made in; undefined outside of any flow. */
  readonly madeIn: ContextFields | undefined;
}

/**
 * A thread's end of what it shares with a worker. Whether the SDK runs in the worker is nothing that its options tell: Node does not read its own flags for every
 * worker (not for CommonJS text, nor where the environment is the worker's own), and an SDK may be switched off there. So the worker's SDK says that it is there.
 */
export class WorkerLine {
  readonly #memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  #isAnnounced = false;
  #sentCount = 0;

  private constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    this.#numbers = new Int32Array(memory);
  }

  /** Makes a worker that finds this line. */
  static open<W extends Worker>(madeIn: ContextFields | undefined, make: () => W): { readonly worker: W; readonly line: WorkerLine } {
    const memory = new SharedArrayBuffer(HEAD_BYTES + EARLY_BYTES);
    const offer: Offer = { memory, madeIn };
    setEnvironmentData(LINE_KEY, { ...offer });
    try {
      const worker = make();
      const line = new WorkerLine(memory);
      Atomics.store(line.#numbers, WORKER_ID, worker.threadId);
      Atomics.notify(line.#numbers, WORKER_ID);
      return { worker, line };
    } finally {
      setEnvironmentData(LINE_KEY, undefined);
    }
  }

  /** Whether the worker's SDK runs, so that it opens envelopes. */
  get isAnnounced(): boolean {
    // It stays so: the rest of the worker's life costs nothing.
    this.#isAnnounced ||= Atomics.load(this.#numbers, ANNOUNCED) === 1;
    return this.#isAnnounced;
  }

  /** Sends as it is what the worker is sent before its SDK runs, if it ever does; its context waits in the memory. */
  sendEarly(fields: ContextFields | undefined, post: () => unknown): unknown {
    const result = this.#putAside(this.#sentCount, fields, post);
    this.#sentCount += 1;
    return result;
  }

  /** The same for a task of a pool, by its id. */
  sendEarlyTask(id: number, fields: ContextFields, post: () => unknown): unknown {
    return this.#putAside(-1 - id, fields, post);
  }

  #putAside(key: number, fields: ContextFields | undefined, post: () => unknown): unknown {
    const at = fields === undefined ? undefined : this.#write(key, JSON.stringify(fields));
    try {
      return post();
    } catch (error) {
      // It cannot be cloned: the next one has its number.
      if (at !== undefined) Atomics.store(this.#numbers, at, TAKEN_BACK);
      throw error;
    }
  }

  /** Answers where the entry begins; undefined where there is no room for it. */
  #write(key: number, text: string): number | undefined {
    const used = this.#numbers[USED_BYTES] ?? 0;
    const end = used + entryBytes(Buffer.byteLength(text));
    if (end > EARLY_BYTES) return undefined;
    const at = (HEAD_BYTES + used) / 4;
    this.#numbers[at] = key;
    this.#numbers[at + 1] = Buffer.byteLength(text);
    Buffer.from(this.#memory).write(text, HEAD_BYTES + used + ENTRY_HEAD_BYTES);
    Atomics.store(this.#numbers, USED_BYTES, end);
    return at;
  }
}

function entryBytes(textBytes: number): number {
  return ENTRY_HEAD_BYTES + Math.ceil(textBytes / 4) * 4;
}

/** The worker's end. */
export class MakerLine {
  /** The context in which this thread was made. */
  readonly madeIn: ContextFields | undefined;
  readonly #memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #missedMessages: boolean;
  #heardCount = 0;

  /** `missedMessages`: messages may have been heard before this, so that their numbers are not known. */
  constructor({ memory, madeIn }: Offer, missedMessages: boolean) {
    this.madeIn = madeIn;
    this.#memory = memory;
    this.#numbers = new Int32Array(memory);
    this.#missedMessages = missedMessages;
    Atomics.store(this.#numbers, ANNOUNCED, 1);
  }

  /** To be called for each message that the maker sent, as it comes: the context that was put aside for it. */
  nextEarly(): ContextFields | undefined {
    const key = this.#heardCount;
    this.#heardCount += 1;
    return this.#missedMessages ? undefined : this.#find(key);
  }

  /** The same for a task that came over a pool's port. */
  earlyTask(id: number): ContextFields | undefined {
    return this.#find(-1 - id);
  }

  #find(key: number): ContextFields | undefined {
    const end = HEAD_BYTES + Atomics.load(this.#numbers, USED_BYTES);
    for (let begin = HEAD_BYTES; begin < end; ) {
      const textBytes = this.#numbers[begin / 4 + 1] ?? 0;
      if (Atomics.load(this.#numbers, begin / 4) === key) {
        const fields: unknown = JSON.parse(Buffer.from(this.#memory, begin + ENTRY_HEAD_BYTES, textBytes).toString());
        return isObject(fields) ? { ...fields } : undefined;
      }
      begin += entryBytes(textBytes);
    }
    return undefined;
  }
}

/**
 * Tells the thread that made this one that the SDK runs here. Undefined in a main thread and where the maker does not run the SDK, also where its own maker does: what is
 * for a worker without it is copied into the workers of that one. To be called once.
 */
export function announceToMaker(missedMessages: boolean): MakerLine | undefined {
  const offer: unknown = getEnvironmentData(LINE_KEY);
  // It is not for the workers of this one.
  setEnvironmentData(LINE_KEY, undefined);
  if (isMainThread || !isOffer(offer)) return undefined;
  const numbers = new Int32Array(offer.memory);
  Atomics.wait(numbers, WORKER_ID, 0, ID_MILLIS);
  return Atomics.load(numbers, WORKER_ID) === threadId ? new MakerLine(offer, missedMessages) : undefined;
}

function isOffer(value: unknown): value is Offer {
  return isObject(value) && 'memory' in value && value.memory instanceof SharedArrayBuffer && 'madeIn' in value;
}
