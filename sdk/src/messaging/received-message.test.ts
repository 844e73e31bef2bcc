import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { followBatch } from './batch-array.ts';
import { finishLookedAt, MessageBatch } from './message-batch.ts';
import { createMessageTracer } from './message-tracer.ts';
import { ReceivedMessage, rememberMessage } from './received-message.ts';
import { withMessage } from './with-message.ts';

interface Message {
  readonly name: string;
}

const sent = new InMemorySpanExporter();
const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
const spans = (): unknown[] => sent.getFinishedSpans().map(({ name, status }) => [name, status.code]);
const millisOf = ({ duration }: ReadableSpan): number => Math.round(duration[0] * 1e3 + duration[1] / 1e6);

/** As one receive call answers them. */
function createBatch(): Message[] {
  const tracer = createMessageTracer('test', { messageParent: 'producer', conventions: 'pinned' });
  const batch = new MessageBatch();
  const messages = ['first', 'second'].map((name) => ({ name }));
  for (const message of messages)
    rememberMessage(
      message,
      new ReceivedMessage({
        tracer,
        operation: { name: message.name, destination: undefined, attributes: {} },
        creation: ROOT_CONTEXT,
        receive: undefined,
        batch,
      }),
    );
  followBatch(messages);
  return messages;
}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: sent })] }));
});
afterAll(() => {
  trace.disable();
  context.disable();
});
beforeEach(() => {
  vi.useFakeTimers();
  sent.reset();
});
afterEach(() => {
  finishLookedAt();
  vi.useRealTimers();
});

it('covers the work on a message that was looked at before, however long the others take', async () => {
  const batch = createBatch();
  const handle = async (): Promise<void> => {
    batch.map(({ name }) => name);
    for (const _ of batch) await sleep(1500);
  };
  const handled = handle();
  await vi.advanceTimersByTimeAsync(3000);
  await handled;
  expect(spans()).toEqual([
    ['first', 0],
    ['second', 0],
  ]);
  expect(sent.getFinishedSpans().map(millisOf)).toEqual([1500, 3000]);
});

it('has the error of the work on a message that was looked at before', async () => {
  const [first] = createBatch();
  const failing = withMessage(first, async () => {
    await sleep(300);
    throw new RangeError('out of stock');
  }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(300);
  expect(await failing).toBeInstanceOf(RangeError);
  expect(spans()).toEqual([['first', 2]]);
  expect(sent.getFinishedSpans().map(millisOf)).toEqual([300]);
});

it('ends the span of a message that was only looked at when its batch is quiet for a second, as of when it was left', async () => {
  const batch = createBatch();
  expect(batch.map(({ name }) => name)).toEqual(['first', 'second']);
  await vi.advanceTimersByTimeAsync(900);
  const working = withMessage(batch[0], () => sleep(500));
  await vi.advanceTimersByTimeAsync(500);
  await working;
  expect(spans()).toEqual([['first', 0]]);
  await vi.advanceTimersByTimeAsync(999);
  expect(spans()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(spans()).toHaveLength(2);
  expect(sent.getFinishedSpans().map(millisOf)).toEqual([1400, 0]);
  // The exporter has one of its own.
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBe(0);
});

it('ends the spans of messages that were only looked at when that is asked for, but of none that is at work', async () => {
  const batch = createBatch();
  batch.map(({ name }) => name);
  const working = withMessage(batch[0], () => sleep(500));
  finishLookedAt();
  expect(spans()).toEqual([['second', 0]]);
  await vi.advanceTimersByTimeAsync(500);
  await working;
  expect(spans()).toHaveLength(2);
  // The exporter has one of its own.
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBe(0);
});
