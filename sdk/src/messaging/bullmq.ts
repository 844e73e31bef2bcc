import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '../context/context-values.ts';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { exportedPrototype } from '../instrument/exported-prototype.ts';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';
import { readContext } from './carrier.ts';
import { delayAttribute } from './message-delay.ts';
import { createMessageTracer, endSpan, type MessageTracer, type MessagingSettings, type Operation, type Sent } from './message-tracer.ts';
import { ReceivedMessage, receivedMessage, rememberMessage } from './received-message.ts';

const PATCHED = Symbol.for('threadline.bullmq.patched');

/**
 * Jobs of BullMQ. The context travels in the option that BullMQ itself has for it, `telemetry.metadata`, never in the
 * job's data; it stays with a job that is delayed, retried, stalled or moved. A repeated job carries none: each of its
 * runs is a flow of its own. What a worker says of a job (`active`, `completed`, `failed` …) is heard in that job's flow,
 * what a QueueEvents says in nobody's. A queue or worker that has a `telemetry` of the app's is left to it.
 */
export function patchBullmq(bullmq: unknown, settings: MessagingSettings): void {
  const queue = exportedPrototype(bullmq, 'Queue');
  const worker = exportedPrototype(bullmq, 'Worker');
  const producer = exportedPrototype(bullmq, 'FlowProducer');
  if (queue === undefined || worker === undefined || PATCHED in queue) return;
  Object.defineProperty(queue, PATCHED, { value: true });
  const tracer = createMessageTracer('bullmq', settings);
  wrapMethod(
    queue,
    'add',
    (original) =>
      function (name, data, options, ...rest) {
        const sent = isOwn(this, options) ? tracer.send(operation('add', nameOf(this), delayOf(options)), context.active()) : undefined;
        const result = Reflect.apply(original, this, [name, data, withContext(options, sent), ...rest]);
        endWith(sent, result);
        return result;
      },
  );
  wrapMethod(
    queue,
    'addBulk',
    (original) =>
      function (jobs, ...rest) {
        if (!Array.isArray(jobs)) return Reflect.apply(original, this, [jobs, ...rest]);
        const created = jobs.map((job: unknown) =>
          isObject(job) && isOwn(this, Reflect.get(job, 'opts'))
            ? tracer.create(operation('create', nameOf(this), delayOf(Reflect.get(job, 'opts'))), context.active())
            : undefined,
        );
        const span = created.some((sent) => sent !== undefined)
          ? tracer.sendBatch(
              operation('addBulk', nameOf(this)),
              context.active(),
              created.filter((sent) => sent !== undefined),
            )
          : undefined;
        const followed = jobs.map((job: unknown, index) =>
          isObject(job) ? { ...job, opts: withContext(Reflect.get(job, 'opts'), created[index]) } : job,
        );
        const result = Reflect.apply(original, this, [followed, ...rest]);
        if (span !== undefined) endWith({ span, fields: {} }, result);
        return result;
      },
  );
  if (producer !== undefined) {
    wrapMethod(
      producer,
      'add',
      (original) =>
        function (flow, ...rest) {
          return Reflect.apply(original, this, [
            isObject(this) && Reflect.get(this, 'telemetry') === undefined ? followFlow(tracer, flow) : flow,
            ...rest,
          ]);
        },
    );
    wrapMethod(
      producer,
      'addBulk',
      (original) =>
        function (flows, ...rest) {
          const followed =
            Array.isArray(flows) && isObject(this) && Reflect.get(this, 'telemetry') === undefined
              ? flows.map((flow: unknown) => followFlow(tracer, flow))
              : flows;
          return Reflect.apply(original, this, [followed, ...rest]);
        },
    );
  }
  // A worker's loop belongs to nobody, whoever made the worker.
  wrapMethod(
    worker,
    'run',
    (original) =>
      function (...args) {
        return context.with(ROOT_CONTEXT, () => Reflect.apply(original, this, args));
      },
  );
  wrapMethod(
    worker,
    'callProcessJob',
    (original) =>
      function (job, ...rest) {
        const work = (): unknown => Reflect.apply(original, this, [job, ...rest]);
        if (!isObject(job) || hasTelemetry(this)) return work();
        return receivedJob(tracer, this, job).run(work);
      },
  );
  wrapMethod(
    worker,
    'emit',
    (original) =>
      function (event, job, ...rest) {
        const emit = (): unknown => Reflect.apply(original, this, [event, job, ...rest]);
        if (!isJob(job) || hasTelemetry(this) || !isHeard(this, event)) return emit();
        return tellOfJob(receivedJob(tracer, this, job), event, rest[0], emit);
      },
  );
  const events = exportedPrototype(bullmq, 'QueueEvents');
  if (events !== undefined) followQueueEvents(events);
}

/** The loop of a QueueEvents reads a stream for as long as the process lives, and makes no spans; its listeners may. */
function followQueueEvents(events: object): void {
  wrapMethod(
    events,
    'run',
    (original) =>
      function (...args) {
        return context.with(suppressTracing(EMPTY_CONTEXT), () => Reflect.apply(original, this, args));
      },
  );
  wrapMethod(
    events,
    'emit',
    (original) =>
      function (...args) {
        const emit = (): unknown => Reflect.apply(original, this, args);
        return isTracingSuppressed(context.active()) ? context.with(ROOT_CONTEXT, emit) : emit();
      },
  );
}

/** What is known about one attempt at a job; each has an object of its own. */
function receivedJob(tracer: MessageTracer, worker: unknown, job: object): ReceivedMessage {
  const known = receivedMessage(job);
  if (known !== undefined) return known;
  const id: unknown = Reflect.get(job, 'id');
  const received = new ReceivedMessage({
    tracer,
    operation: operation('process', nameOf(worker), typeof id === 'string' ? { 'messaging.message.id': id } : {}),
    creation: contextOf(job),
    receive: undefined,
  });
  rememberMessage(job, received);
  return received;
}

/** Calls the listeners of a worker's event in the job's flow. A job that failed before its processor ran ends with its error here. */
function tellOfJob(received: ReceivedMessage, event: unknown, error: unknown, emit: () => unknown): unknown {
  if (event === 'active') return context.with(received.begin(), emit);
  try {
    return context.with(received.context, emit);
  } finally {
    if (event === 'failed') received.finish(error);
  }
}

function isJob(value: unknown): value is object {
  return isObject(value) && 'opts' in value && 'attemptsMade' in value;
}

function isHeard(emitter: unknown, event: unknown): boolean {
  const listenerCount: Method | undefined = isObject(emitter) ? methodOf(emitter, 'listenerCount') : undefined;
  return listenerCount === undefined || Reflect.apply(listenerCount, emitter, [event]) !== 0;
}

function methodOf(target: object, name: string): Method | undefined {
  const method: unknown = Reflect.get(target, name);
  return isMethod(method) ? method : undefined;
}

/** A job and all its children, which are added as one. */
function followFlow(tracer: MessageTracer, flow: unknown): unknown {
  if (!isObject(flow)) return flow;
  const queueName: unknown = Reflect.get(flow, 'queueName');
  const children: unknown = Reflect.get(flow, 'children');
  const options: unknown = Reflect.get(flow, 'opts');
  const sent = isOwn(undefined, options)
    ? tracer.create(operation('create', typeof queueName === 'string' ? queueName : undefined, delayOf(options)), context.active())
    : undefined;
  return {
    ...flow,
    opts: withContext(options, sent),
    ...(Array.isArray(children) ? { children: children.map((child: unknown) => followFlow(tracer, child)) } : {}),
  };
}

/** Whether the context is ours to add: no telemetry of the app's, and not a job that repeats. */
function isOwn(queue: unknown, options: unknown): boolean {
  if (hasTelemetry(queue)) return false;
  return !isObject(options) || (Reflect.get(options, 'repeat') === undefined && Reflect.get(options, 'telemetry') === undefined);
}

function hasTelemetry(queue: unknown): boolean {
  const options: unknown = isObject(queue) ? Reflect.get(queue, 'opts') : undefined;
  return isObject(options) && Reflect.get(options, 'telemetry') !== undefined;
}

function withContext(options: unknown, sent: Sent | undefined): unknown {
  if (sent === undefined) return options;
  return { ...(isObject(options) ? options : {}), telemetry: { metadata: JSON.stringify(sent.fields) } };
}

function contextOf(job: object): Context {
  const options: unknown = Reflect.get(job, 'opts');
  const telemetry: unknown = isObject(options) ? Reflect.get(options, 'telemetry') : undefined;
  const metadata: unknown = isObject(telemetry) ? Reflect.get(telemetry, 'metadata') : undefined;
  return readContext(typeof metadata === 'string' ? parseFields(metadata) : undefined);
}

/** What BullMQ's own telemetry writes there is JSON of the same fields. */
function parseFields(metadata: string): Record<string, unknown> | undefined {
  try {
    const fields: unknown = JSON.parse(metadata);
    return isObject(fields) ? { ...fields } : undefined;
  } catch {
    // Another's metadata, in a form of its own.
    return undefined;
  }
}

function endWith(sent: Sent | undefined, result: unknown): void {
  if (sent === undefined) return;
  if (!(result instanceof Promise)) {
    sent.span.end();
    return;
  }
  result.then(
    () => sent.span.end(),
    (error: unknown) => endSpan(sent.span, error),
  );
}

function nameOf(queue: unknown): string | undefined {
  const name: unknown = isObject(queue) ? Reflect.get(queue, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

function delayOf(options: unknown): Readonly<Record<string, number>> {
  return delayAttribute(isObject(options) ? Reflect.get(options, 'delay') : undefined);
}

function operation(name: string, destination: string | undefined, attributes: Operation['attributes'] = {}): Operation {
  return { name, destination, attributes };
}
