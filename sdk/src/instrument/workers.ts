import { createRequire, syncBuiltinESMExports } from 'node:module';
import workerThreads, { isMainThread, MessagePort, parentPort, Worker } from 'node:worker_threads';
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { correlationIdOf } from '../correlation/flow.ts';
import { handOverNow } from '../export/thread-handover.ts';
import { openInbox } from '../export/worker-inbox.ts';
import { readContext, writeContext } from '../messaging/carrier.ts';
import { announceToMaker, type ContextFields, type MakerLine, WorkerLine } from './worker-line.ts';
import { isMethod, isObject, type Method, wrapMethod } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.workers.patched');
/** The one member of an envelope beside the message. */
const CONTEXT_KEY = '@threadline/context';
/** Node calls this method of a port for each message, before any listener sees it. */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');

/** What Node's own port between a thread and its worker carries. */
const NODES_OWN = new Set(['stdioPayload', 'stdioWantsMoreData', 'loadScript', 'upAndRunning', 'errorMessage', 'couldNotSerializeError']);

/** Whether this thread is one that piscina starts. */
const IS_POOLS_WORKER = !isMainThread && /[\\/]piscina[\\/]dist[\\/]worker\.js$/.test(process.argv[1] ?? '');

const load = createRequire(import.meta.url);
let endInitialContext = (): void => undefined;
/** To the thread that made this one; undefined where no SDK runs there. */
let maker: MakerLine | undefined;

/** Of all workers that this thread made. */
const lines = new WeakMap<object, WorkerLine>();

/**
 * Messages between a thread and its workers carry the context of who sends them, in an envelope that is opened before
 * any listener sees it, and only where the other side has said that it runs the SDK: to others a message is sent as it is. A worker's script runs in the context that
 * the worker was made in until it hears its first message: then it is one that serves many, and belongs to none of them.
 * What it says without a context is heard in the root context. Ports of a MessageChannel are not followed, but for those of a pool that is. Safe to repeat.
 */
export function followWorkers(): void {
  if (PATCHED in workerThreads) return;
  Object.defineProperty(workerThreads, PATCHED, { value: true });
  // By itself it waits for tasks without its event loop: what the last one logged would be sent with the next, or never.
  if (IS_POOLS_WORKER) process.env.PISCINA_DISABLE_ATOMICS ??= '1';
  // Whoever listens already, as where an app starts the SDK itself, may have heard some.
  maker = announceToMaker((parentPort?.listenerCount('message') ?? 0) > 0);
  if (maker?.madeIn !== undefined) {
    const { beginInContext }: typeof import('./initial-context.ts') = load('../instrument/initial-context.js');
    endInitialContext = beginInContext(readContext(maker.madeIn));
  }
  if (!isMainThread) handOverBeforeMessages();
  if (parentPort !== null && maker !== undefined) wrapMethod(parentPort, 'postMessage', wrapPostToMaker);
  wrapMethod(Worker.prototype, 'postMessage', wrapPostToWorker);
  openEnvelopes();
  workerThreads.Worker = new Proxy(Worker, {
    construct(target, args: unknown[], newTarget) {
      const madeIn = fieldsOf(context.active());
      const make = (): Worker => Reflect.construct(target, args, newTarget);
      const inbox = openInbox();
      // To every one: a worker may start the SDK by itself.
      const { worker, line } = context.with(ROOT_CONTEXT, () =>
        WorkerLine.open(madeIn, inbox === undefined ? make : () => inbox.offerTo(make)),
      );
      lines.set(worker, line);
      return worker;
    },
  });
  const { receiveMessageOnPort } = workerThreads;
  workerThreads.receiveMessageOnPort = (port) => {
    const received: { readonly message: unknown } | undefined = receiveMessageOnPort(port);
    if (received !== undefined && port === parentPort) maker?.nextEarly();
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
  /** Of the task; no two of a process have the same. */
  readonly taskId: unknown;
  readonly post: () => unknown;
}

/** Lets what `post` sends over the port to the worker be heard in a context; as it is where the worker does not run the SDK. */
export function postInContext(worker: unknown, port: unknown, { sent, taskId, post }: PoolPost): unknown {
  const fields = fieldsOf(sent);
  const line = isObject(worker) ? lines.get(worker) : undefined;
  if (fields === undefined || line === undefined || !(port instanceof MessagePort)) return post();
  // A pool's first workers are given tasks before they run.
  if (!line.isAnnounced) return typeof taskId === 'number' ? line.sendEarlyTask(taskId, fields, post) : post();
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

/** Undefined outside of any flow. */
function fieldsOf(sent: Context): ContextFields | undefined {
  return correlationIdOf(sent) === undefined ? undefined : writeContext(sent);
}

function wrapPostToWorker(original: Method): Method {
  return function (message, ...rest) {
    const line = isObject(this) ? lines.get(this) : undefined;
    if (line === undefined) return Reflect.apply(original, this, [message, ...rest]);
    const fields = fieldsOf(context.active());
    if (!line.isAnnounced) return line.sendEarly(fields, () => Reflect.apply(original, this, [message, ...rest]));
    return Reflect.apply(original, this, [fields === undefined ? message : { [CONTEXT_KEY]: fields, message }, ...rest]);
  };
}

function wrapPostToMaker(original: Method): Method {
  return function (message, ...rest) {
    const fields = fieldsOf(context.active());
    return Reflect.apply(original, this, [fields === undefined ? message : { [CONTEXT_KEY]: fields, message }, ...rest]);
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
      const early = maker === undefined ? undefined : earlyContext(maker, this, data);
      const envelope = type === 'message' ? (envelopeOf(data) ?? (early && { fields: early, message: data })) : undefined;
      if (envelope === undefined) return Reflect.apply(dispatch, this, [data, type, ...rest]);
      return context.with(readContext(envelope.fields), () => Reflect.apply(dispatch, this, [envelope.message, type, ...rest]));
    },
  });
}

function earlyContext(from: MakerLine, port: unknown, data: unknown): ContextFields | undefined {
  // Also one that cannot be read has its number.
  if (port === parentPort) return from.nextEarly();
  const taskId: unknown = IS_POOLS_WORKER && isObject(data) ? Reflect.get(data, 'taskId') : undefined;
  return typeof taskId === 'number' ? from.earlyTask(taskId) : undefined;
}

function isNodesOwn(data: unknown): boolean {
  const type: unknown = isObject(data) ? Reflect.get(data, 'type') : undefined;
  return typeof type === 'string' && NODES_OWN.has(type);
}

interface Envelope {
  readonly fields: ContextFields;
  readonly message: unknown;
}

function envelopeOf(data: unknown): Envelope | undefined {
  if (typeof data !== 'object' || data === null || !(CONTEXT_KEY in data) || !('message' in data)) return undefined;
  const fields: unknown = data[CONTEXT_KEY];
  return isObject(fields) ? { fields: { ...fields }, message: data.message } : undefined;
}
