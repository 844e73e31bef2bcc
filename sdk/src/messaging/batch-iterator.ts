import { type Context, context } from '@opentelemetry/api';
import { LoopContext } from './loop-context.ts';
import { watchSuspension } from './loop-suspension.ts';
import { type ReceivedMessage, receivedMessage } from './received-message.ts';
import { findLoopCaller, type LoopCaller } from './synchronous-caller.ts';
import { currentTurn, isOver } from './turn.ts';

/** One message that a loop is at. */
interface Turn {
  readonly message: ReceivedMessage;
  readonly context: LoopContext;
  /** Whether its message was left by somebody else, who asked for the next one. */
  isLeft: boolean;
}

/** One loop through an iterator. Several may share one, as the workers of a pool do. */
interface Loop {
  /** The context to return to. */
  readonly caller: Context;
  readonly isCalled: boolean;
  /** In which its function was called. */
  readonly firstTurn: number;
  turn: Turn | undefined;
  /** The context of the message in the middle of which its function may have returned to its caller, unseen. */
  leaked: LoopContext | undefined;
  stopWatching: (() => void) | undefined;
}

/** Contexts that a loop entered, with the message that each is of. */
const entered = new WeakMap<
  Context,
  { readonly message: ReceivedMessage; readonly context: LoopContext; readonly loop: Loop; readonly iterator: object }
>();

/** The class of the language's own iterators, so that ours have its helpers too; TypeScript knows its instances alone. */
const LanguageIterator: new () => object = Object.getPrototypeOf(Object.getPrototypeOf([].values())).constructor;

/** The context that the running code was in before a loop entered a message that has been left, or at which the loop waits. */
export function callersContext(active: Context = context.active()): Context {
  const entry = entered.get(active);
  return entry === undefined || (entry.message.isOpen && !entry.context.isSuspended) ? active : callersContext(entry.loop.caller);
}

/**
 * An array iterator that enters each message as it gives it out and leaves it when it is asked for the next or closed. The
 * function that loops and whoever called it are kept apart, also where one returns to the other in the middle of a message.
 */
export class BatchIterator extends LanguageIterator implements Iterator<unknown, unknown> {
  readonly #messages: readonly unknown[];
  readonly #valueAt: (index: number) => unknown;
  /** Those that are at a message. */
  readonly #loops = new Set<Loop>();
  #index = 0;
  #isExhausted = false;
  #isAskedByGenerator = false;

  constructor(messages: readonly unknown[], valueAt: (index: number) => unknown) {
    super();
    this.#messages = messages;
    this.#valueAt = valueAt;
  }

  next(): IteratorResult<unknown, unknown> {
    const active = context.active();
    let loop = this.#loopIn(active);
    if (loop === undefined) this.#leaveAll(false);
    else this.#leave(loop, false);
    this.#isExhausted ||= this.#index >= this.#messages.length;
    if (this.#isExhausted) {
      if (loop === undefined) context.attach(callersContext(active));
      else this.#end(loop);
      return { done: true, value: undefined };
    }
    // A generator is asked in the context of whoever wants the next value, and is another loop each time.
    loop ??= this.#begin(active, this.#isAskedByGenerator ? { kind: 'generator', loop: undefined } : findLoopCaller());
    const message = receivedMessage(this.#messages[this.#index]);
    if (message === undefined) context.attach(loop.caller);
    else this.#enter(loop, message);
    const value = this.#valueAt(this.#index);
    this.#index += 1;
    return { done: false, value };
  }

  return(value?: unknown): IteratorResult<unknown, unknown> {
    const active = context.active();
    const loop = this.#loopIn(active);
    if (loop === undefined) {
      this.#leaveAll(true);
      context.attach(callersContext(active));
    } else {
      this.#leave(loop, true);
      this.#end(loop);
    }
    return { done: true, value };
  }

  #begin(active: Context, { kind, loop: function_ }: LoopCaller): Loop {
    this.#isAskedByGenerator ||= kind === 'generator';
    const loop: Loop = {
      caller: callersContext(active),
      isCalled: kind !== 'none',
      firstTurn: currentTurn(),
      turn: undefined,
      leaked: undefined,
      stopWatching: undefined,
    };
    if (kind === 'none') return loop;
    if (kind === 'waiting' && function_ !== undefined) {
      loop.stopWatching = watchSuspension({
        function: function_,
        caller: loop.caller,
        entered: () => loop.turn?.context,
        suspend: () => this.#suspend(loop),
      });
    }
    return loop;
  }

  #enter(loop: Loop, message: ReceivedMessage): void {
    const turn = { message, context: new LoopContext(message.enter(), loop.caller), isLeft: false };
    loop.turn = turn;
    if (loop.isCalled && !isOver(loop.firstTurn)) loop.leaked = turn.context;
    this.#loops.add(loop);
    entered.set(turn.context, { message, context: turn.context, loop, iterator: this });
    context.attach(turn.context);
  }

  /** The function of a loop waits in the middle of its message, and its caller goes on. */
  #suspend(loop: Loop): LoopContext {
    const { turn } = loop;
    const suspended = new LoopContext(turn?.message.context ?? loop.caller, loop.caller);
    suspended.suspend();
    loop.leaked = undefined;
    if (turn === undefined) return suspended;
    loop.turn = { ...turn, context: suspended };
    entered.set(suspended, { message: turn.message, context: suspended, loop, iterator: this });
    return suspended;
  }

  #leave(loop: Loop, interrupted: boolean): void {
    const { turn } = loop;
    if (turn === undefined) return;
    if (turn.isLeft) turn.message.takeUp();
    if (!isOver(loop.firstTurn)) loop.leaked = undefined;
    if (interrupted) turn.message.interrupt();
    else turn.message.leave();
    loop.turn = undefined;
    this.#loops.delete(loop);
  }

  /** Somebody asks who is in none of the messages: then nobody is at one, but for the loops that begin to wait in this very turn. */
  #leaveAll(interrupted: boolean): void {
    for (const loop of this.#loops) {
      const { turn } = loop;
      if (turn === undefined || turn.context.isSuspended) continue;
      if (interrupted) turn.message.interrupt();
      else turn.message.putAside();
      turn.isLeft = true;
      this.#loops.delete(loop);
    }
  }

  #end(loop: Loop): void {
    context.attach(loop.caller);
    loop.stopWatching?.();
    loop.leaked?.takeBack();
    loop.leaked = undefined;
  }

  /** The loop of this iterator that the running code is in. */
  #loopIn(active: Context): Loop | undefined {
    const entry = entered.get(active);
    if (entry === undefined) return undefined;
    return entry.iterator === this && !entry.context.isSuspended ? entry.loop : this.#loopIn(entry.loop.caller);
  }
}
