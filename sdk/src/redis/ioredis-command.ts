import { type Context, context } from '@opentelemetry/api';
import { isMethod, isObject, type Method, wrapMethod } from '../instrument/wrap-method.ts';

const FLOW = Symbol('threadline.flow');
const IS_ALONE = Symbol('threadline.is-alone');

/** ioredis's command, as far as it is used here. */
export interface Command {
  readonly name: string;
  args: unknown[];
  readonly promise: Promise<unknown>;
  readonly inTransaction?: unknown;
  transformReply?: unknown;
  /** The context of the code that called it; null once that was taken. */
  [FLOW]?: Context | null;
  [IS_ALONE]?: boolean;
}

/** A command, whatever it is made for. */
export function isCommand(value: unknown): value is Command {
  return isObject(value) && isMarkable(value) && typeof value.name === 'string' && Array.isArray(value.args) && 'promise' in value;
}

/**
 * Has each command know the context that it is made in. It may be sent much later and by others: from the queue of a
 * client that is not connected, or in a pipeline that several requests fill. A command that is sent again keeps its own.
 */
export function rememberFlows(command: object): void {
  wrapMethod(
    command,
    'initPromise',
    (original) =>
      function (...args) {
        if (isMarkable(this) && this[FLOW] === undefined) this[FLOW] = context.active();
        return Reflect.apply(original, this, args);
      },
  );
}

/**
 * The context of the code that called a command. Undefined when it was taken before: a command that waits for a
 * connection, or is sent again on a new one, comes twice.
 */
export function takeFlow(command: Command): Context | undefined {
  const flow = command[FLOW];
  if (flow === null) return undefined;
  command[FLOW] = null;
  return flow ?? context.active();
}

/** Says of a command in a pipeline that it has a span of its own: that pipeline is nobody's. */
export function markAlone(command: Command): void {
  command[IS_ALONE] = true;
}

/** Whether `markAlone` was called for it. */
export function isAlone(command: Command): boolean {
  return command[IS_ALONE] === true;
}

/**
 * Calls `follow` with the reply before anybody has it: the promise, a callback, a pipeline or a transaction. What it
 * answers is the reply from then on; where it answers a promise, the command waits for it (never in a transaction).
 */
export function followReply(command: Command, follow: (reply: unknown) => unknown): void {
  const original = command.transformReply;
  if (!isMethod(original)) return;
  const transformReply: Method = function (reply) {
    return follow(Reflect.apply(original, this, [reply]));
  };
  command.transformReply = transformReply;
}

/** An object that can be one of ioredis's: all it may have is unknown. */
function isMarkable(value: unknown): value is Partial<Command> {
  return typeof value === 'object' && value !== null;
}
