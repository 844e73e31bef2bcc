import { createRequire, syncBuiltinESMExports } from 'node:module';
import workerThreads, { getEnvironmentData, isMainThread, MessagePort, parentPort, setEnvironmentData, Worker } from 'node:worker_threads';
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { correlationIdOf } from '../correlation/flow.ts';
import { handOverNow } from '../export/thread-handover.ts';
import { openInbox } from '../export/worker-inbox.ts';
import { readContext, writeContext } from '../messaging/carrier.ts';
import { loadsSdk } from './sdk-flags.ts';
import { isMethod, isObject, type Method, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.workers.patched');
/** The one member of an envelope beside the message; also where a worker finds that its parent runs the SDK. */
const CONTEXT_KEY = '@threadline/context';
/** Node calls this method of a port for each message, before any listener sees it. */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');

/** What Node's own port between a thread and its worker carries. */
const NODES_OWN = new Set(['stdioPayload', 'stdioWantsMoreData', 'loadScript', 'upAndRunning', 'errorMessage', 'couldNotSerializeError']);

/** Whether this thread is one that piscina starts. */
const IS_POOLS_WORKER = !isMainThread && /[\\/]piscina[\\/]dist[\\/]worker\.js$/.test(process.argv[1] ?? '');

const load = createRequire(import.meta.url);
let endInitialContext = (): void => undefined;

/** Workers in which the SDK runs too: what is sent to others must be as it is. */
const followed = new WeakSet<object>();

/**
 * Messages between a thread and its workers carry the context of who sends them, in an envelope that is opened before
 * any listener sees it, and only where both sides were started with the SDK. A worker's script runs in the context that
 * the worker was made in until it hears its first message: then it is one that serves many, and belongs to none of them.
 * What it says without a context is heard in the root context. Ports of a MessageChannel are not followed, but for those of a pool that is. Safe to repeat.
 */
export function followWorkers(): void {
  if (PATCHED in workerThreads) return;
  Object.defineProperty(workerThreads, PATCHED, { value: true });
  // By itself it waits for tasks without its event loop: what the last one logged would be sent with the next, or never.
  if (IS_POOLS_WORKER) process.env.PISCINA_DISABLE_ATOMICS ??= '1';
  const parent: unknown = getEnvironmentData(CONTEXT_KEY);
  setEnvironmentData(CONTEXT_KEY, true);
  if (isObject(parent)) {
    const { beginInContext }: typeof import('./initial-context.ts') = load('../instrument/initial-context.js');
    endInitialContext = beginInContext(readContext({ ...parent }));
  }
  if (!isMainThread) handOverBeforeMessages();
  if (parentPort !== null && parent !== undefined) wrapMethod(parentPort, 'postMessage', (original) => wrapPost(original, () => true));
  wrapMethod(Worker.prototype, 'postMessage', (original) => wrapPost(original, (worker) => isObject(worker) && followed.has(worker)));
  openEnvelopes();
  workerThreads.Worker = new Proxy(Worker, {
    construct(target, args: unknown[], newTarget) {
      const active = context.active();
      // Copied into the worker while it is made.
      if (correlationIdOf(active) !== undefined) setEnvironmentData(CONTEXT_KEY, writeContext(active));
      try {
        const make = (): Worker => Reflect.construct(target, args, newTarget);
        const inbox = openInbox();
        // To every one: a worker may start the SDK by itself.
        const worker = context.with(ROOT_CONTEXT, () => (inbox === undefined ? make() : inbox.offerTo(make)));
        if (runsSdk(args[1])) followed.add(worker);
        return worker;
      } finally {
        setEnvironmentData(CONTEXT_KEY, true);
      }
    },
  });
  const { receiveMessageOnPort } = workerThreads;
  workerThreads.receiveMessageOnPort = (port) => {
    const received: { readonly message: unknown } | undefined = receiveMessageOnPort(port);
    const envelope = envelopeOf(received?.message);
    return envelope === undefined ? received : { message: envelope.message };
  };
  syncBuiltinESMExports();
}

/** Who hears a worker's message may end it: what it did up to there must not be lost with it. */
function handOverBeforeMessages(): void {
  wrapMethod(
    MessagePort.prototype,
    'postMessage',
    (original) =>
      function (...args) {
        handOverNow();
        return Reflect.apply(original, this, args);
      },
  );
}

/** How to post to a worker of a pool, and the context that it is to be heard in. */
interface PoolPost {
  readonly sent: Context;
  readonly post: () => unknown;
}

/** Lets what `post` sends over the port to the worker be heard in a context; as it is where the worker does not run the SDK. */
export function postInContext(worker: unknown, port: unknown, { sent, post }: PoolPost): unknown {
  if (!(port instanceof MessagePort) || !isObject(worker) || !followed.has(worker) || correlationIdOf(sent) === undefined) return post();
  const fields = writeContext(sent);
  Object.defineProperty(port, 'postMessage', {
    configurable: true,
    value: (message: unknown, ...rest: unknown[]) =>
      Reflect.apply(MessagePort.prototype.postMessage, port, [{ [CONTEXT_KEY]: fields, message }, ...rest]),
  });
  try {
    return post();
  } finally {
    Reflect.deleteProperty(port, 'postMessage');
  }
}

/** Whether a new worker loads the SDK: by this process's flags, which it inherits unless its options name others. */
function runsSdk(options: unknown): boolean {
  const flags: unknown = isObject(options) ? (Reflect.get(options, 'execArgv') ?? process.execArgv) : process.execArgv;
  const own: unknown = isObject(options) ? Reflect.get(options, 'env') : undefined;
  // SHARE_ENV, the one value that is no object, is this process's own.
  const environment = isObject(own) ? own : process.env;
  return loadsSdk(Array.isArray(flags) ? flags : [], environment);
}

function wrapPost(original: Method, isFollowed: (sender: unknown) => boolean): Method {
  return function (message, ...rest) {
    const active = context.active();
    const isKnown = correlationIdOf(active) !== undefined && isFollowed(this);
    const sent = isKnown ? { [CONTEXT_KEY]: writeContext(active), message } : message;
    return Reflect.apply(original, this, [sent, ...rest]);
  };
}

function openEnvelopes(): void {
  const dispatch: unknown = Reflect.get(MessagePort.prototype, DISPATCH);
  if (!isMethod(dispatch)) return;
  Object.defineProperty(MessagePort.prototype, DISPATCH, {
    configurable: true,
    writable: true,
    value(this: unknown, data: unknown, type: unknown, ...rest: unknown[]): unknown {
      if (type === 'message' && !isNodesOwn(data)) endInitialContext();
      const envelope = type === 'message' ? envelopeOf(data) : undefined;
      if (envelope === undefined) return Reflect.apply(dispatch, this, [data, type, ...rest]);
      return context.with(readContext(envelope.fields), () => Reflect.apply(dispatch, this, [envelope.message, type, ...rest]));
    },
  });
}

function isNodesOwn(data: unknown): boolean {
  const type: unknown = isObject(data) ? Reflect.get(data, 'type') : undefined;
  return typeof type === 'string' && NODES_OWN.has(type);
}

interface Envelope {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: unknown;
}

function envelopeOf(data: unknown): Envelope | undefined {
  if (typeof data !== 'object' || data === null || !(CONTEXT_KEY in data) || !('message' in data)) return undefined;
  const fields: unknown = data[CONTEXT_KEY];
  return isObject(fields) ? { fields: { ...fields }, message: data.message } : undefined;
}
