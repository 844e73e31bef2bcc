import { EventEmitter } from 'node:events';
import { type Context, context } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { tellThrown } from '../context/thrown-in.ts';
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
  /** One that stays, see ADR 11: what is compiled for it is not thrown away while nothing is being served. */
  static readonly model = new Following(EventEmitter.prototype.emit, EMPTY_CONTEXT, () => undefined);
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

/** What the listeners of an emitter run in; undefined for one that is not followed. */
export function runningOf(emitter: object): Context | undefined {
  const { [FOLLOWING]: following }: Partial<Pick<FollowedEmitter, typeof FOLLOWING>> = emitter;
  return following?.running;
}

/** One function for all of them: what calls it is compiled for a function that it knows. */
function emitFollowed(this: FollowedEmitter, ...args: unknown[]): unknown {
  const following = this[FOLLOWING];
  return following === undefined ? undefined : emit(this, following, args);
}

function emit(emitter: FollowedEmitter, following: Following, args: unknown[]): unknown {
  following.observe?.(args[0], args[1]);
  if (isUnheard(emitter, following, args[0])) return false;
  if (isAtHome(following)) return Reflect.apply(following.emit, emitter, args);
  return tellThrown(following.running, () => context.with(following.running, following.emit, emitter, ...args));
}

/** Whether the running code is in the same flow already. */
function isAtHome({ running, flow }: Following): boolean {
  const active = context.active();
  return active === running || (flow !== undefined && getFlow(active) === flow);
}

/** Whether nobody would run in a context; an error that nobody listens for is thrown. */
function isUnheard(emitter: FollowedEmitter, following: Following, event: unknown): boolean {
  if (following.emit !== EventEmitter.prototype.emit || event === 'error' || !(emitter instanceof EventEmitter)) return false;
  return (typeof event === 'string' || typeof event === 'symbol') && emitter.listenerCount(event) === 0;
}

function hasEmit(emitter: object): emitter is FollowedEmitter {
  return 'emit' in emitter && isMethod(emitter.emit);
}
