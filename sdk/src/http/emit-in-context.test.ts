import { EventEmitter } from 'node:events';
import { type Context, type ContextManager, context, createContextKey } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../context/linked-context.ts';
import { setFlow } from '../correlation/flow.ts';
import { emitInContext } from './emit-in-context.ts';

/** Counts how often a context is entered. */
class CountingManager extends AsyncLocalStorageContextManager {
  entered = 0;

  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    this.entered += 1;
    return super.with(active, fn, thisArg, ...args);
  }
}

const NAME = createContextKey('name');

describe('emitInContext', () => {
  const manager = new CountingManager();
  const running = setFlow(EMPTY_CONTEXT.setValue(NAME, 'request'), { id: 'order-9', external: undefined });
  const nameHere = (): unknown => context.active().getValue(NAME);

  beforeAll(() => {
    context.setGlobalContextManager(manager satisfies ContextManager);
  });
  afterAll(() => context.disable());
  beforeEach(() => {
    manager.entered = 0;
  });

  it('runs listeners in the context, with their emitter and all arguments', () => {
    const emitter = new EventEmitter();
    emitInContext(emitter, running);
    const heard: unknown[] = [];
    emitter.on('data', function (this: EventEmitter, ...args: unknown[]) {
      heard.push(nameHere(), this === emitter, args);
    });
    expect(emitter.emit('data', 1, 2, 3)).toBe(true);
    expect(heard).toEqual(['request', true, [1, 2, 3]]);
    expect(nameHere()).toBeUndefined();
  });

  it('enters no context for an event that nobody listens for, and is told of it', () => {
    const emitter = new EventEmitter();
    const observed: unknown[] = [];
    emitInContext(emitter, running, (event, argument) => void observed.push([event, argument]));
    expect(emitter.emit('readable', 7)).toBe(false);
    expect(observed).toEqual([['readable', 7]]);
    expect(manager.entered).toBe(0);
  });

  it('enters none for an event of the same flow', () => {
    const emitter = new EventEmitter();
    emitInContext(emitter, running);
    emitter.on('data', () => undefined);
    context.with(running.setValue(NAME, 'deeper'), () => emitter.emit('data'));
    expect(manager.entered).toBe(1);
  });

  it('leaves an error that nobody listens for to Node', () => {
    const emitter = new EventEmitter();
    emitInContext(emitter, running);
    expect(() => emitter.emit('error', new Error('unheard'))).toThrow('unheard');
  });

  it('calls an emit of the app’s own, in the context, whoever listens', () => {
    class OwnEmitter extends EventEmitter {
      names: unknown[] = [];
      override emit(): boolean {
        this.names.push(nameHere());
        return true;
      }
    }
    const emitter = new OwnEmitter();
    emitInContext(emitter, running);
    emitter.emit();
    expect(emitter.names).toEqual(['request']);
  });

  it('follows an emitter twice: whoever follows it first sees the event last, and its context counts', () => {
    const emitter = new EventEmitter();
    const observed: string[] = [];
    const other = setFlow(EMPTY_CONTEXT.setValue(NAME, 'other'), { id: 'order-10', external: undefined });
    emitInContext(emitter, running, () => void observed.push('first'));
    emitInContext(emitter, other, () => void observed.push('second'));
    let heardIn: unknown;
    emitter.on('data', () => {
      heardIn = nameHere();
    });
    emitter.emit('data');
    expect(observed).toEqual(['second', 'first']);
    expect(heardIn).toBe('request');
  });
});
