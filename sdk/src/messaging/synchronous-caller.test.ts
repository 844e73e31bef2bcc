import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promiseHooks } from 'node:v8';
import { expect, it } from 'vitest';
import { type FunctionPlace, findLoopCaller, isRunBy } from './synchronous-caller.ts';

type Kind = ReturnType<typeof findLoopCaller>['kind'];

/** Tells each of the turns of a loop who called the function that runs it. */
function askEachTurn(turns: number): Iterable<Kind> {
  let count = 0;
  const next = (): IteratorResult<Kind> => {
    const { kind } = findLoopCaller();
    count += 1;
    return count > turns ? { done: true, value: undefined } : { done: false, value: kind };
  };
  return { [Symbol.iterator]: () => ({ next }) };
}

async function loop(into: Kind[] = []): Promise<Kind[]> {
  for (const kind of askEachTurn(2)) {
    into.push(kind);
    await nextTurn();
  }
  return into;
}

it('tells a function that its caller waits for from one that the event loop went on with', async () => {
  expect(await loop()).toEqual(['waiting', 'none']);
  await nextTurn();
  expect(await new Promise<Kind[]>((resolve) => setImmediate(() => resolve(loop()))).then((kinds) => kinds[0])).toBe('waiting');
  const [first] = await new Promise<Kind[]>((resolve) => {
    const done: Kind[] = [];
    setImmediate(async () => {
      for (const kind of askEachTurn(1)) done.push(kind);
      resolve(done);
    });
  });
  expect(first).toBe('none');
});

it('finds a caller behind an emitter, and behind the language’s own iterators', async () => {
  const seen: Kind[] = [];
  const emitter = new EventEmitter().on('batch', () => void loop(seen));
  emitter.emit('batch');
  const awaited: Kind[] = [];
  const loopForAwait = async (): Promise<void> => {
    for await (const kind of askEachTurn(1)) awaited.push(kind);
  };
  await loopForAwait();
  expect([seen, awaited]).toEqual([['waiting'], ['waiting']]);
});

it('tells a generator, whose caller goes on with what it gives out', async () => {
  function* generator(): Generator<Kind> {
    for (const kind of askEachTurn(1)) yield kind;
  }
  async function* asynchronous(): AsyncGenerator<Kind> {
    for (const kind of askEachTurn(1)) yield kind;
  }
  expect([...generator()]).toEqual(['generator']);
  for await (const kind of asynchronous()) expect(kind).toBe('generator');
});

it('tells an await of a function itself from those of what it calls and of its caller', async () => {
  let place: FunctionPlace | undefined;
  const askPlace: Iterable<never> = {
    [Symbol.iterator]: () => ({
      next() {
        place = findLoopCaller().loop;
        return { done: true, value: undefined };
      },
    }),
  };
  const seen: boolean[] = [];
  async function called(): Promise<void> {
    await nextTurn();
  }
  async function looping(): Promise<void> {
    for (const _ of askPlace);
    const { loop: own } = { loop: place };
    const stop = promiseHooks.onInit((_promise: object, parent?: object) => {
      if (parent !== undefined && own !== undefined) seen.push(isRunBy(own));
    });
    queueMicrotask(() => Reflect.apply(stop, undefined, []));
    const work = called();
    work.then(() => undefined);
    seen.push(false);
    await work;
  }
  await looping();
  expect(seen.slice(0, 4)).toEqual([false, false, false, true]);
  expect(seen.slice(4)).not.toContain(true);
});

it('leaves the app’s own settings of stack traces as they were', async () => {
  const { stackTraceLimit, prepareStackTrace } = Error;
  await loop();
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual([stackTraceLimit, prepareStackTrace]);
});
