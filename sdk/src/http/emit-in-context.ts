import { EventEmitter } from 'node:events';
import { type Context, context } from '@opentelemetry/api';
import { type Flow, getFlow } from '../correlation/flow.ts';
import { isMethod } from '../instrument/wrap-method.ts';

/** How an emitter is followed: a property of it. */
const FOLLOWING = Symbol('threadline.following');

type Emit = (this: FollowedEmitter, ...args: unknown[]) => unknown;
type Observe = (event: unknown, argument: unknown) => void;

interface FollowedEmitter {
  emit: Emit;
  [FOLLOWING]?: Following;
}

class Following {
  readonly emit: Emit;
  readonly running: Context;
  readonly flow: Flow | undefined;
  readonly observe: Observe | undefined;

  constructor(emit: Emit, running: Context, observe: Observe | undefined) {
    this.emit = emit;
    this.running = running;
    this.flow = getFlow(running);
    this.observe = observe;
  }
}

/**
 * Runs every listener of one emitter in `running`, unless the event is emitted in the same flow already, and lets
 * `observe` see each event before its listeners do. One own property instead of a listener each: a listener of ours would
 * keep Node from reporting an `error` that nobody handles, and would be counted by libraries.
 */
export function emitInContext(emitter: object, running: Context, observe?: Observe): void {
  if (!hasEmit(emitter)) return;
  const following = new Following(emitter.emit, running, observe);
  // Assigned, not defined: a definition costs a request more than all of its spans' attributes.
  if (emitter[FOLLOWING] === undefined) {
    emitter[FOLLOWING] = following;
    emitter.emit = emitFollowed;
  } else {
    emitter.emit = function (...args) {
      return emit(this, following, args);
    };
  }
}

/** One function for all of them: what calls it is compiled for a function that it knows. */
function emitFollowed(this: FollowedEmitter, ...args: unknown[]): unknown {
  const following = this[FOLLOWING];
  return following === undefined ? undefined : emit(this, following, args);
}

function emit(emitter: FollowedEmitter, following: Following, args: unknown[]): unknown {
  const { running, flow } = following;
  following.observe?.(args[0], args[1]);
  const active = context.active();
  const isAtHome = active === running || (flow !== undefined && getFlow(active) === flow);
  if (isAtHome || isUnheard(emitter, following, args[0])) return Reflect.apply(following.emit, emitter, args);
  return context.with(running, following.emit, emitter, ...args);
}

/** Whether nobody would run in a context; an error that nobody listens for is thrown. */
function isUnheard(emitter: FollowedEmitter, following: Following, event: unknown): boolean {
  if (following.emit !== EventEmitter.prototype.emit || event === 'error' || !(emitter instanceof EventEmitter)) return false;
  return (typeof event === 'string' || typeof event === 'symbol') && emitter.listenerCount(event) === 0;
}

function hasEmit(emitter: object): emitter is FollowedEmitter {
  return 'emit' in emitter && isMethod(emitter.emit);
}
