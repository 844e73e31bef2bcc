import { getEnvironmentData, Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { type ContextFields, MakerLine, WorkerLine } from './worker-line.ts';

/** Both ends, the worker's in this thread. */
async function openLine(missedMessages = false): Promise<{ readonly line: WorkerLine; readonly announce: () => MakerLine }> {
  let offer: unknown;
  const { worker, line } = WorkerLine.open(undefined, () => {
    offer = getEnvironmentData('@threadline/line');
    return new Worker('', { eval: true });
  });
  await worker.terminate();
  return { line, announce: () => new MakerLine(offer as ConstructorParameters<typeof MakerLine>[0], missedMessages) };
}

function sendAll(line: WorkerLine, contexts: readonly (ContextFields | undefined)[]): void {
  for (const fields of contexts) line.sendEarly(fields, () => undefined);
}

it('tells that the worker runs the SDK once that has said so', async () => {
  const { line, announce } = await openLine();
  expect(line.isAnnounced).toBe(false);
  announce();
  expect(line.isAnnounced).toBe(true);
});

it('has the context of each message that was sent before, under its number', async () => {
  const { line, announce } = await openLine();
  sendAll(line, [{ traceparent: 'a' }, undefined, { baggage: 'é=1' }]);
  const maker = announce();
  sendAll(line, [undefined, { traceparent: 'd' }]);
  expect(Array.from({ length: 6 }, () => maker.nextEarly())).toEqual([
    { traceparent: 'a' },
    undefined,
    { baggage: 'é=1' },
    undefined,
    { traceparent: 'd' },
    undefined,
  ]);
});

it('counts no message that could not be sent', async () => {
  const { line, announce } = await openLine();
  const fail = (): never => {
    throw new DataCloneError();
  };
  expect(() => line.sendEarly({ traceparent: 'a' }, fail)).toThrow(DataCloneError);
  sendAll(line, [{ traceparent: 'b' }]);
  const maker = announce();
  expect([maker.nextEarly(), maker.nextEarly()]).toEqual([{ traceparent: 'b' }, undefined]);
});

it('has room for some, and gives none to a message that is not its own', async () => {
  const { line, announce } = await openLine();
  const long = { baggage: 'x'.repeat(7000) };
  sendAll(line, [long, long, long, { traceparent: 'd' }]);
  const maker = announce();
  expect(Array.from({ length: 4 }, () => maker.nextEarly())).toEqual([long, long, undefined, { traceparent: 'd' }]);
});

it('has none where messages may have been heard before', async () => {
  const { line, announce } = await openLine(true);
  sendAll(line, [{ traceparent: 'a' }]);
  expect(announce().nextEarly()).toBeUndefined();
});

it('has the context of a pool’s task by its id, beside those of other messages', async () => {
  const { line, announce } = await openLine();
  line.sendEarlyTask(0, { traceparent: 'task 0' }, () => undefined);
  sendAll(line, [{ traceparent: 'a' }]);
  line.sendEarlyTask(1, { traceparent: 'task 1' }, () => undefined);
  const maker = announce();
  expect([maker.earlyTask(1), maker.nextEarly(), maker.earlyTask(0), maker.earlyTask(2)]).toEqual([
    { traceparent: 'task 1' },
    { traceparent: 'a' },
    { traceparent: 'task 0' },
    undefined,
  ]);
});

class DataCloneError extends Error {}
