import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hasSynchronousCaller } from './synchronous-caller.ts';

/** As an array's iterator asks it: two functions below the loop's. */
const iterate = (): boolean => hasSynchronousCaller();
const openIterator = (): boolean => iterate();

async function loop(): Promise<boolean> {
  return openIterator();
}

async function loopLater(): Promise<boolean> {
  await nextTurn();
  return openIterator();
}

it('tells a function that its caller waits for from one that the event loop went on with', async () => {
  expect(await loop()).toBe(true);
  expect(await loopLater()).toBe(false);
  expect(await new Promise((resolve) => queueMicrotask(() => resolve(openIterator())))).toBe(false);
});

it('leaves the app’s own settings of stack traces as they were', async () => {
  const { stackTraceLimit, prepareStackTrace } = Error;
  await loopLater();
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual([stackTraceLimit, prepareStackTrace]);
});
