import { EventEmitter } from 'node:events';
import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { correlationIdOf, setFlow } from '../correlation/flow.ts';
import { followBatch } from './batch-array.ts';
import { callersContext } from './batch-iterator.ts';
import { finishLookedAt, MessageBatch } from './message-batch.ts';
import { createMessageTracer, type MessagingSettings } from './message-tracer.ts';
import { ReceivedMessage, rememberMessage } from './received-message.ts';
import { withMessage } from './with-message.ts';

interface Message {
  readonly name: string;
}

const sent = new InMemorySpanExporter();
const CALLER = setFlow(ROOT_CONTEXT, { id: 'caller', external: undefined });
const OPERATION = { name: 'process', destination: 'orders', attributes: {} };

/** Where message `index` was sent: in a trace and a flow of its own. */
function creationOf(index: number): Context {
  const span = { traceId: `${index}`.repeat(32), spanId: `${index}`.repeat(16), traceFlags: 1 };
  return setFlow(trace.setSpanContext(ROOT_CONTEXT, span), { id: `flow-${index}`, external: undefined });
}

function createBatch(settings: Partial<MessagingSettings> = {}, held = false): Message[] {
  const batch = held ? {} : { batch: new MessageBatch() };
  const tracer = createMessageTracer('test', { messageParent: 'producer', conventions: 'pinned', ...settings });
  const messages = [1, 2, 3].map((index) => ({ name: `flow-${index}` }));
  for (const [index, message] of messages.entries())
    rememberMessage(
      message,
      new ReceivedMessage({ tracer, operation: OPERATION, creation: creationOf(index + 1), receive: undefined, held, ...batch }),
    );
  followBatch(messages);
  followBatch(messages);
  return messages;
}

const here = (): string | undefined => correlationIdOf(context.active());
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const traces = (): string[] => sent.getFinishedSpans().map((span) => span.spanContext().traceId.slice(0, 1));
const PAIRS = ['flow-1', 'flow-2', 'flow-3'].map((flow) => [flow, flow]);

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: sent })] }));
});
afterAll(() => {
  trace.disable();
  context.disable();
});
beforeEach(() => {
  finishLookedAt();
  sent.reset();
});

describe('a followed batch', () => {
  it('is grouped by a callback that is in each message’s context; the groups are copies, in the caller’s', () => {
    const batch = createBatch();
    const heard: (string | undefined)[] = [];
    const groups = context.with(CALLER, () => {
      const made = Object.groupBy(batch, (message) => `${message.name} ${here()}`);
      for (const group of Object.values(made)) for (const _ of group ?? []) heard.push(here());
      return made;
    });
    expect(Object.keys(groups)).toEqual(PAIRS.map((pair) => pair.join(' ')));
    expect(heard).toEqual(['caller', 'caller', 'caller']);
  });

  it('is still an array with the same elements and nothing more to see', () => {
    const batch = createBatch();
    expect(Array.isArray(batch)).toBe(true);
    expect(batch).toEqual([{ name: 'flow-1' }, { name: 'flow-2' }, { name: 'flow-3' }]);
    expect(Object.keys(batch)).toEqual(['0', '1', '2']);
    expect(JSON.stringify(batch.slice(1))).toBe('[{"name":"flow-2"},{"name":"flow-3"}]');
    expect([...batch.entries()].map(([index, message]) => [index, message.name])).toEqual([
      [0, 'flow-1'],
      [1, 'flow-2'],
      [2, 'flow-3'],
    ]);
    expect([...batch.values()].map(({ name }) => name)).toEqual(['flow-1', 'flow-2', 'flow-3']);
    expect(batch.indexOf(batch[1] ?? { name: '' })).toBe(1);
  });

  it('runs each turn of a for-of in its message, across awaits, and the rest in the caller’s context', async () => {
    const batch = createBatch();
    const seen: unknown[] = [];
    await context.with(CALLER, async () => {
      await pause();
      for (const message of batch) {
        seen.push([message.name, here()]);
        await pause();
        seen.push([message.name, here()]);
      }
      seen.push(here());
    });
    expect(seen).toEqual([...PAIRS.flatMap((pair) => [pair, pair]), 'caller']);
    expect(traces()).toEqual(['1', '2', '3']);
  });

  it('gives a caller that waits for `Array.fromAsync` its own context back', async () => {
    // Newer than the library that TypeScript is told of.
    const fromAsync: <T, U>(items: Iterable<T>, map: (item: T) => Promise<U>) => Promise<U[]> = Reflect.get(Array, 'fromAsync');
    const batch = createBatch();
    const seen: unknown[] = [];
    await context.with(CALLER, async () => {
      await pause();
      const names = await fromAsync(batch, async (message) => {
        seen.push([message.name, here()]);
        await pause();
        seen.push([message.name, here()]);
        return message.name;
      });
      seen.push(here());
      await pause();
      seen.push(here(), names);
    });
    expect(seen).toEqual([...PAIRS.flatMap((pair) => [pair, pair]), 'caller', 'caller', ['flow-1', 'flow-2', 'flow-3']]);
  });

  it('restores the caller’s context when a loop is broken off or throws', () => {
    const batch = createBatch();
    context.with(CALLER, () => {
      for (const _ of batch) break;
      expect(here()).toBe('caller');
      expect(() => {
        for (const message of batch) throw new Error(message.name);
      }).toThrow('flow-1');
      expect(here()).toBe('caller');
    });
    expect(context.active()).toBe(ROOT_CONTEXT);
  });

  it('gives promises that a loop starts without awaiting them their own messages', async () => {
    const batch = createBatch();
    const work = async (message: Message): Promise<unknown> => {
      await pause();
      return [message.name, here()];
    };
    const started: Promise<unknown>[] = [];
    for (const message of batch) started.push(work(message));
    expect(await Promise.all(started)).toEqual(PAIRS);
  });

  it.each(['forEach', 'map', 'flatMap', 'filter', 'find', 'findIndex', 'findLast', 'findLastIndex', 'some', 'every'] as const)(
    'runs the callback of %s in its message',
    (method) => {
      const seen: unknown[] = [];
      context.with(CALLER, () => {
        const batch: { [name in typeof method]: (callback: (message: Message) => unknown) => unknown } = createBatch();
        batch[method]((message) => {
          seen.push([message.name, here()]);
          return method === 'every';
        });
        expect(here()).toBe('caller');
      });
      expect(seen.toSorted()).toEqual(PAIRS);
    },
  );

  it('calls a callback that returns nothing once for each message', () => {
    const seen: string[] = [];
    createBatch().forEach(({ name }) => {
      seen.push(name);
    });
    expect(seen).toEqual(['flow-1', 'flow-2', 'flow-3']);
  });

  it('runs a reducer in its message', () => {
    const forwards = createBatch().reduce<unknown[]>((seen, message) => seen.concat([[message.name, here()]]), []);
    const backwards = createBatch().reduceRight<unknown[]>((seen, message) => seen.concat([[message.name, here()]]), []);
    expect([forwards, backwards]).toEqual([PAIRS, PAIRS.toReversed()]);
  });

  it('ends the span of an asynchronous callback when its promise settles, with the error it rejects with', async () => {
    const results = await Promise.allSettled(
      createBatch().map(async (message) => {
        await pause();
        if (message.name === 'flow-2') throw new RangeError('out of stock');
        return here();
      }),
    );
    expect(results).toMatchObject([{ value: 'flow-1' }, { status: 'rejected' }, { value: 'flow-3' }]);
    expect(sent.getFinishedSpans().map((span) => [span.status.code, span.attributes['error.type']])).toEqual([
      [0, undefined],
      [2, 'RangeError'],
      [0, undefined],
    ]);
  });

  it('follows copies of it', () => {
    const batch = createBatch();
    const copies = [batch.filter(() => true), batch.slice(), batch.toReversed(), batch.concat([])];
    for (const copy of copies) for (const message of copy) expect(here()).toBe(message.name);
  });

  it('gives each message one span when it is gone through twice and held until the batch ends', () => {
    const batch = createBatch({}, true);
    batch.map(({ name }) => name);
    for (const message of batch) expect(here()).toBe(message.name);
    expect(sent.getFinishedSpans()).toEqual([]);
  });

  it('gives a caller that waits for a helper’s loop its own context back', async () => {
    const seen: unknown[] = [];
    const helper = async (batch: readonly Message[]): Promise<void> => {
      for (const message of batch) {
        await pause();
        seen.push([message.name, here()]);
      }
      seen.push(here());
    };
    await context.with(CALLER, async () => {
      await helper(createBatch());
      seen.push(here());
      await helper(createBatch().slice(0, 1));
      seen.push(here());
    });
    expect(seen).toEqual([...PAIRS, 'caller', 'caller', PAIRS[0], 'caller', 'caller']);
  });

  describe('whose function returns to its caller in the middle of a message', () => {
    /** A function that goes through a batch, and what it saw. */
    const createHandler = (): { seen: unknown[]; handleAll: (batch: Iterable<Message>) => Promise<void> } => {
      const seen: unknown[] = [];
      return {
        seen,
        async handleAll(batch) {
          for (const message of batch) {
            seen.push([message.name, here()]);
            await pause();
            await context.active();
            seen.push([message.name, here()]);
          }
          seen.push(here());
        },
      };
    };
    const HANDLED = [...PAIRS.flatMap((pair) => [pair, pair]), 'caller'];

    it('leaves the caller in its own context at once, with all that it starts', async () => {
      const { seen, handleAll } = createHandler();
      const seenByCaller: unknown[] = [];
      const note = (): void => void seenByCaller.push(here());
      await context.with(CALLER, async () => {
        const done = handleAll(createBatch());
        note();
        setImmediate(note);
        process.nextTick(note);
        queueMicrotask(note);
        await undefined;
        note();
        await done;
        note();
      });
      expect(seenByCaller).toEqual(Array.from({ length: 6 }, () => 'caller'));
      expect(seen).toEqual(HANDLED);
    });

    it.each(['setImmediate', 'setTimeout', 'nextTick', 'queueMicrotask', 'promise', 'await'])(
      'leaves the caller in its own context where %s is the first that it does',
      async (how) => {
        const { seen, handleAll } = createHandler();
        const heard = Promise.withResolvers<unknown>();
        const hear = (): void => heard.resolve(here());
        const start: Record<string, () => unknown> = {
          setImmediate: () => setImmediate(hear),
          setTimeout: () => setTimeout(hear),
          nextTick: () => process.nextTick(hear),
          queueMicrotask: () => queueMicrotask(hear),
          promise: () => Promise.resolve().then(hear),
          await: async () => {
            await undefined;
            hear();
          },
        };
        const batch = createBatch();
        const done = context.with(CALLER, () => {
          const handled = handleAll(batch);
          start[how]?.();
          return handled;
        });
        expect(await heard.promise).toBe('caller');
        await done;
        expect(seen).toEqual(HANDLED);
      },
    );

    it('leaves who emits an event, and its other listeners, in their own context', async () => {
      const { seen, handleAll } = createHandler();
      const emitter = new EventEmitter();
      const done = Promise.withResolvers<void>();
      const seenByOthers: unknown[] = [];
      emitter.on('batch', (batch: Message[]) => handleAll(batch).then(done.resolve));
      emitter.on('batch', () => seenByOthers.push(here()));
      await context.with(CALLER, async () => {
        await pause();
        emitter.emit('batch', createBatch());
        seenByOthers.push(here());
        await pause();
        seenByOthers.push(here());
        await done.promise;
        seenByOthers.push(here());
      });
      expect(seenByOthers).toEqual(['caller', 'caller', 'caller', 'caller']);
      expect(seen).toEqual(HANDLED);
    });

    it('keeps work that was started in a message in it, also when the caller has gone on', async () => {
      const seen: unknown[] = [];
      const handleAll = async (batch: readonly Message[]): Promise<void> => {
        for (const message of batch) {
          setImmediate(() => setImmediate(() => seen.push([message.name, here()])));
          await pause();
        }
      };
      await context.with(CALLER, () => handleAll(createBatch()));
      while (seen.length < 3) await pause();
      expect(seen).toEqual(PAIRS);
    });

    it('gives each part of a batch that is handled at once the caller’s context back', async () => {
      const batch = createBatch();
      const seen: unknown[] = [];
      const ends: unknown[] = [];
      await context.with(CALLER, async () => {
        const parts = [batch.slice(0, 2), batch.slice(2)].map(async (part, index) => {
          ends.push(here());
          for (const message of part) {
            for (let turns = index === 0 ? 5 : 1; turns > 0; turns -= 1) await pause();
            seen.push([message.name, here()]);
          }
          ends.push(here());
        });
        await Promise.all(parts);
        ends.push(here());
      });
      expect(seen.toSorted()).toEqual(PAIRS);
      expect(ends).toEqual(Array.from({ length: 5 }, () => 'caller'));
    });

    it.each([0, 1])('gives the workers of one iterator, and who waits for them, their own contexts: %d turns later', async (later) => {
      const batch = createBatch();
      const seen: unknown[] = [];
      const ends: unknown[] = [];
      await context.with(CALLER, async () => {
        const iterator = batch.values();
        const workers = [1, 2].map(async (turns) => {
          for (let left = later; left > 0; left -= 1) await pause();
          for (const message of iterator) {
            for (let left = turns; left > 0; left -= 1) await pause();
            seen.push([message.name, here()]);
            expect(sent.getFinishedSpans().map(({ parentSpanContext }) => parentSpanContext?.spanId[0])).not.toContain(message.name.at(-1));
          }
          ends.push(here());
        });
        ends.push(here());
        await Promise.all(workers);
        ends.push(here());
      });
      expect(seen.toSorted()).toEqual(PAIRS);
      expect(ends).toEqual(['caller', 'caller', 'caller', 'caller']);
      expect(traces().toSorted()).toEqual(['1', '2', '3']);
    });
  });

  it('is heard message by message behind a generator, but for the first, which its consumer asked for before', async () => {
    const seen: unknown[] = [];
    async function* generate(): AsyncGenerator<Message> {
      await pause();
      for (const message of createBatch()) yield message;
    }
    await context.with(CALLER, async () => {
      for await (const message of generate()) {
        await pause();
        seen.push([message.name, here()]);
      }
      seen.push(here());
    });
    expect(seen).toEqual([['flow-1', 'caller'], ...PAIRS.slice(1), 'caller']);
    finishLookedAt();
    expect(traces().toSorted()).toEqual(['1', '2', '3']);
  });

  it('leaves work that a message started in its context, also after the loop', async () => {
    const seen: unknown[] = [];
    const batch = createBatch();
    const detached: Promise<void>[] = [];
    await context.with(CALLER, async () => {
      await pause();
      for (const message of batch) {
        detached.push(new Promise((resolve) => setTimeout(resolve, 20)).then(() => void seen.push([message.name, here()])));
        await pause();
      }
    });
    await Promise.all(detached);
    expect(seen).toEqual(PAIRS);
  });

  it('knows the caller’s context where a message’s was left behind in the middle of a loop', async () => {
    const batch = createBatch();
    const loop = batch.values();
    context.with(CALLER, () => {
      const started = batch.values();
      started.next();
      const inFirst = context.active();
      started.next();
      expect(correlationIdOf(callersContext(inFirst))).toBe('caller');
    });
    expect(loop.next().value).toBe(batch[0]);
  });
});

describe('withMessage', () => {
  it('runs in the message that is known, inside a loop too, and returns what it ran', async () => {
    const batch = createBatch();
    await context.with(CALLER, async () => {
      expect(await withMessage(batch[1], async (message) => [message?.name, here()])).toEqual(['flow-2', 'flow-2']);
      expect(here()).toBe('caller');
      expect(withMessage({ unknown: true }, () => here())).toBe('caller');
      expect(withMessage('text', (text) => text)).toBe('text');
    });
    expect(traces()).toEqual(['2']);
  });
});
