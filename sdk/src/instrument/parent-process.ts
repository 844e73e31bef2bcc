import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { correlationIdOf } from '../correlation/flow.ts';
import { readContext, writeContext } from '../messaging/carrier.ts';
import { isMethod, isObject, wrapMethod } from './wrap-method.ts';

/** OpenTelemetry's names for a context in an environment (specification, "Environment Variables as Context Propagation Carriers"). */
export const CONTEXT_VARIABLES = ['TRACEPARENT', 'TRACESTATE', 'BAGGAGE'] as const;
/** Tells a child that its parent knows what comes beside its messages; others, which may not be Node at all, are sent nothing more. */
export const PARENT_VARIABLE = 'THREADLINE_PARENT';
/** Node keeps messages of such commands from the app's listeners, also where nobody knows this one. */
const CONTEXT_COMMAND = 'NODE_THREADLINE_CONTEXT';
const INTERNAL_PREFIX = 'NODE_';

const load = createRequire(import.meta.url);
let endInitialContext = (): void => undefined;

/**
 * The script of a process that was started in a flow, as its environment says, is in that flow until it hears its first message from its parent. Each message is heard in
 * the context that it was sent in. For the start of the SDK.
 */
export function followParentProcess(): void {
  if (!isMainThread) return;
  beginInParentsContext();
  const isParentFollowed = process.env[PARENT_VARIABLE] !== undefined;
  delete process.env[PARENT_VARIABLE];
  if (isMethod(process.send)) followChannel(process, isParentFollowed);
}

/** What this process was started with is its own script's, and not that of each child it may start later. */
function beginInParentsContext(): void {
  const fields: Record<string, string> = {};
  for (const name of CONTEXT_VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) fields[name.toLowerCase()] = value;
    delete process.env[name];
  }
  if (Object.keys(fields).length === 0) return;
  const { beginInContext }: typeof import('./initial-context.ts') = load('../instrument/initial-context.js');
  endInitialContext = beginInContext(readContext(fields));
}

/**
 * Of a channel between processes. A message's context is sent just before it, with the number that the message has among those of its direction: who
 * has no listener yet is given messages later, and contexts at once.
 */
export function followChannel(end: object, isFollowed: boolean): void {
  let sentCount = 0;
  let heardCount = 0;
  const contexts = new Map<number, Readonly<Record<string, unknown>>>();
  wrapMethod(
    end,
    'send',
    (original) =>
      function (message, ...rest) {
        if (isInternal(message)) return Reflect.apply(original, this, [message, ...rest]);
        sentCount += 1;
        const active = context.active();
        if (isFollowed && correlationIdOf(active) !== undefined && isConnected(end))
          Reflect.apply(original, this, [{ cmd: CONTEXT_COMMAND, number: sentCount, fields: writeContext(active) }]);
        return Reflect.apply(original, this, [message, ...rest]);
      },
  );
  wrapMethod(
    end,
    'emit',
    (original) =>
      function (event, ...args) {
        const [message] = args;
        if (event === 'internalMessage' && isObject(message) && Reflect.get(message, 'cmd') === CONTEXT_COMMAND) {
          const fields: unknown = Reflect.get(message, 'fields');
          if (isObject(fields)) contexts.set(Number(Reflect.get(message, 'number')), { ...fields });
          return true;
        }
        if (event !== 'message') return Reflect.apply(original, this, [event, ...args]);
        endInitialContext();
        heardCount += 1;
        const fields = contexts.get(heardCount);
        contexts.delete(heardCount);
        return context.with(fields === undefined ? ROOT_CONTEXT : readContext(fields), () =>
          Reflect.apply(original, this, [event, ...args]),
        );
      },
  );
}

function isConnected(end: object): boolean {
  return Reflect.get(end, 'connected') === true;
}

function isInternal(message: unknown): boolean {
  const command: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'cmd') : undefined;
  return typeof command === 'string' && command.startsWith(INTERNAL_PREFIX);
}
