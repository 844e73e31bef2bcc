import { createHash, randomUUID } from 'node:crypto';
import { BroadcastChannel, getEnvironmentData, type MessagePort, receiveMessageOnPort, setEnvironmentData } from 'node:worker_threads';
import { isObject } from '../instrument/wrap-method.ts';
import { isSignal, type Loss, type Signal } from './batch.ts';
import type { CollectorConfig } from './collector-config.ts';

/** Where a worker finds where to hand over: copied into it while it is made. */
const OFFER_KEY = '@threadline/inbox';

/** What one thread of a process hands to the one that made it: spans or log records as OTLP, or what is known of those it lost. */
export type Handed =
  | { readonly type: 'items'; readonly signal: Signal; readonly itemCount: number; readonly body: Uint8Array }
  | { readonly type: 'loss'; readonly loss: Omit<Loss, 'traceIds'> & { readonly traceIds: readonly string[] } };

/** How a worker comes by the inbox of the thread that made it. */
interface Offer {
  readonly channel: string;
  /** How its maker sends: a worker that was told otherwise sends by itself. */
  readonly config: string;
  /** One number: how many items of all workers were handed over and not yet taken. */
  readonly waiting: Int32Array;
}

let open: WorkerInbox | undefined;

/** The inbox of this thread; undefined where no SDK runs in it. */
export function openInbox(): WorkerInbox | undefined {
  return open;
}

/**
 * What this thread's workers hand over. A message that a worker has posted is here, whatever becomes of the worker: it is ended without a word by
 * `terminate`, by `process.exit()` and with the process's main thread.
 */
export class WorkerInbox {
  readonly #config: CollectorConfig;
  readonly #channels = new Set<BroadcastChannel>();
  readonly #waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #receive: (handed: Handed) => void;

  /** `receive` must not throw. */
  constructor(config: CollectorConfig, receive: (handed: Handed) => void) {
    this.#config = config;
    this.#receive = receive;
    open = this;
  }

  /** Makes a worker that finds this inbox. */
  offerTo<W extends { once(event: 'exit', listener: () => void): unknown }>(make: () => W): W {
    const name = `threadline-${randomUUID()}`;
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => this.#take(data);
    channel.unref();
    const offer: Offer = { channel: name, config: fingerprint(this.#config), waiting: this.#waiting };
    setEnvironmentData(OFFER_KEY, { ...offer });
    this.#channels.add(channel);
    try {
      const worker = make();
      worker.once('exit', () => this.#end(channel));
      return worker;
    } catch (error) {
      this.#end(channel);
      throw error;
    } finally {
      setEnvironmentData(OFFER_KEY, undefined);
    }
  }

  /** Takes at once what was handed over. */
  drain(): void {
    for (const channel of this.#channels) this.#drain(channel);
  }

  /** Nothing is taken any more. */
  close(): void {
    for (const channel of this.#channels) channel.close();
    this.#channels.clear();
    if (open === this) open = undefined;
  }

  #end(channel: BroadcastChannel): void {
    if (!this.#channels.delete(channel)) return;
    this.#drain(channel);
    channel.close();
  }

  #drain(channel: BroadcastChannel): void {
    // Node takes these channels too; its types do not say so.
    const port: unknown = channel;
    for (;;) {
      const received: { readonly message: unknown } | undefined = receiveMessageOnPort(port as MessagePort);
      if (received === undefined) return;
      this.#take(received.message);
    }
  }

  #take(message: unknown): void {
    if (!isHanded(message)) return;
    if (message.type === 'items') Atomics.sub(this.#waiting, 0, message.itemCount);
    this.#receive(message);
  }
}

/** The way into the inbox of the thread that made this one. */
export interface ParentInbox {
  readonly waitingCount: number;
  post(handed: Handed): void;
}

/** Undefined in a thread whose maker takes nothing over, or sends elsewhere than this one is told to. To be called once. */
export function parentInbox(config: CollectorConfig): ParentInbox | undefined {
  const offer: unknown = getEnvironmentData(OFFER_KEY);
  // It is not for the workers of this one.
  setEnvironmentData(OFFER_KEY, undefined);
  if (!isOffer(offer) || offer.config !== fingerprint(config)) return undefined;
  const { waiting } = offer;
  const channel = new BroadcastChannel(offer.channel);
  channel.unref();
  return {
    get waitingCount() {
      return Atomics.load(waiting, 0);
    },
    post(handed) {
      if (handed.type === 'items') Atomics.add(waiting, 0, handed.itemCount);
      channel.postMessage(handed);
    },
  };
}

/** Of all that is told of the collector, without telling it: there is a key in it. */
function fingerprint(config: CollectorConfig): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}

function isOffer(value: unknown): value is Offer {
  return isObject(value) && 'channel' in value && 'config' in value && 'waiting' in value && value.waiting instanceof Int32Array;
}

function isHanded(value: unknown): value is Handed {
  if (!isObject(value) || !('type' in value)) return false;
  return value.type === 'loss' || (value.type === 'items' && 'signal' in value && isSignal(value.signal));
}
