import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { freeBytes } from '../free-bytes.ts';
import { normalizeLogs, normalizeSpans } from '../model/normalize.ts';
import { PlainRequest } from '../model/plain-request.ts';
import type { IndexedLog } from '../model/record.ts';
import { logsBody } from '../model/testing/logs-body.ts';
import type { WriteOptions } from '../storage/storage.ts';
import { DurableQueue } from './durable-queue.ts';
import type { QueueEntry } from './queue.ts';

/** Far more than a busy machine needs. */
const WITHIN = { timeout: 30_000, interval: 20 };

let directory: string;
let written: IndexedLog[];
let told: string[];
/** The body that cannot be decoded. */
let unreadable: string;
let write: (logs: readonly IndexedLog[], options: WriteOptions) => Promise<void>;
/** Undefined for a storage that wants records. */
let writeRequests: ((requests: readonly PlainRequest[], options: WriteOptions) => Promise<void>) | undefined;
/** What a body in JSON is written as in protobuf; undefined where it is decoded into records. */
let rewritten: Buffer | undefined;
let gatherMillis: number | undefined;
let callRecords: number | undefined;
let decodedCount: number;
/** Of each that was decoded, whether it was known to be plain. */
let knownPlain: boolean[];
const queues: DurableQueue[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-queue-'));
  written = [];
  told = [];
  unreadable = 'broken';
  writeRequests = undefined;
  rewritten = undefined;
  gatherMillis = undefined;
  callRecords = undefined;
  decodedCount = 0;
  knownPlain = [];
  write = async (logs) => {
    written.push(...logs);
  };
});

afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.shutdown();
  await rm(directory, { recursive: true, force: true });
});

/** A body is a list of messages. */
async function openQueue(maxBytes = 2 ** 30): Promise<DurableQueue> {
  const queue = new DurableQueue({
    directory,
    maxBytes,
    storage: {
      writeLogs: (_tenant, logs, options = {}) => write(logs, options),
      writeSpans: async () => undefined,
      ...(writeRequests && {
        writeRequests: (_tenant, requests, options = {}) => writeRequests?.(requests, options) ?? Promise.resolve(),
      }),
      hasten: () => undefined,
      parallelWrites: 4,
      ...(gatherMillis !== undefined && { gatherMillis }),
      ...(callRecords !== undefined && { callRecords }),
    },
    decode: ({ signal, encoding, body, arrivalNanos }, ids, isPlain) => {
      decodedCount += 1;
      knownPlain.push(isPlain);
      if (encoding === 'protobuf' || rewritten) {
        const plain = PlainRequest.of(signal, encoding === 'json' && rewritten ? Buffer.from(rewritten) : body, { arrivalNanos, ids });
        if (!plain) throw new Error('the request is not plain');
        return { signal, plain };
      }
      const text = Buffer.from(body).toString();
      if (text === unreadable) throw new ThreadlineError('malformed_body', 'not a body');
      const context = { arrivalNanos, ids };
      if (signal === 'traces') return { signal, batch: normalizeSpans({ groups: [], cutValues: new Map() }, context) };
      const records = text.split(' ').map((message) => ({
        timeUnixNano: '1',
        observedTimeUnixNano: '0',
        attributes: [],
        body: { stringValue: message },
      }));
      const scopes = [{ scope: { attributes: [] }, records }];
      return { signal, batch: normalizeLogs({ groups: [{ resource: { attributes: [] }, scopes }], cutValues: new Map() }, context) };
    },
    onNotKept: ({ recordCount }) => told.push(`not kept: ${recordCount}`),
    onKeysForgotten: (keys) => told.push(`forgotten: ${keys}`),
    onDamage: () => told.push('damage'),
    onStorageAway: (error) => told.push(`away: ${error instanceof Error ? error.message : ''}`),
    onStorageBack: () => told.push('back'),
    onIngestRefused: (error) => told.push(`not taken: ${error instanceof Error ? error.message : ''}`),
    onIngestBack: () => told.push('taken again'),
    onRefused: (error) => told.push(`refused: ${error instanceof Error ? error.message : ''}`),
  });
  queues.push(queue);
  await queue.start(new AbortController().signal);
  return queue;
}

const entry = (text: string, idempotencyKey?: string): QueueEntry => ({
  tenant: 'default',
  signal: 'logs',
  encoding: 'json',
  body: Buffer.from(text),
  arrivalNanos: 1n,
  ...(idempotencyKey && { idempotencyKey }),
});
const plainEntry = (...texts: readonly string[]): QueueEntry => ({ ...entry(''), encoding: 'protobuf', body: logsBody(texts) });
const messages = (): (string | undefined)[] => written.map(({ message }) => message);
const away = (): Promise<void> => Promise.reject(new ThreadlineError('storage_unavailable', 'gone', { retryAfterMillis: 1 }));

describe('the queue on disk', () => {
  it('brings what it acknowledged into the storage, in order, each record once', async () => {
    const queue = await openQueue();
    queue.startDelivery();
    for (let request = 0; request < 50; request += 1) await queue.append(entry(`${request}a ${request}b`));
    await vi.waitFor(() => expect(written).toHaveLength(100), WITHIN);
    expect(messages()).toEqual(Array.from({ length: 50 }, (_, request) => [`${request}a`, `${request}b`]).flat());
    const ids = written.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });

  it('gathers what comes while the storage is at work, where a call costs it much, until that ends or a read waits', async () => {
    gatherMillis = 3_600_000;
    const calls: string[] = [];
    const ends: (() => void)[] = [];
    write = (logs) => {
      calls.push(logs.map(({ message }) => message).join(' '));
      return new Promise((resolve) => ends.push(resolve));
    };
    const queue = await openQueue();
    queue.startDelivery();
    await queue.append(entry('first'));
    await vi.waitFor(() => expect(calls).toEqual(['first']), WITHIN);
    for (const text of ['second', 'third', 'fourth']) await queue.append(entry(text));
    expect(calls).toEqual(['first']);
    ends.shift()?.();
    await vi.waitFor(() => expect(calls).toEqual(['first', 'second third fourth']), WITHIN);
    await queue.append(entry('fifth'));
    await queue.append(entry('sixth'));
    expect(calls).toHaveLength(2);
    const delivered = queue.delivered();
    await vi.waitFor(() => expect(calls).toEqual(['first', 'second third fourth', 'fifth sixth']), WITHIN);
    for (const end of ends) end();
    expect(await delivered).toBe(true);
  });

  it('says so where the storage is slower than a reader waits', async () => {
    const slow = Promise.withResolvers<void>();
    write = () => slow.promise;
    const queue = await openQueue();
    queue.startDelivery();
    expect(await queue.delivered()).toBe(true);
    await queue.append(entry('late'));
    expect(await queue.delivered()).toBe(false);
    slow.resolve();
    await vi.waitFor(async () => expect(await queue.delivered()).toBe(true), WITHIN);
  });

  it('gathers no longer than the storage says', async () => {
    gatherMillis = 10;
    const calls: string[] = [];
    let end: () => void = () => undefined;
    write = (logs) => {
      calls.push(logs.map(({ message }) => message).join(' '));
      return new Promise((resolve) => {
        const before = end;
        end = () => {
          before();
          resolve();
        };
      });
    };
    const queue = await openQueue();
    queue.startDelivery();
    await queue.append(entry('first'));
    await queue.append(entry('second'));
    await vi.waitFor(() => expect(calls.join(' ')).toBe('first second'), WITHIN);
    end();
  });

  it('gives requests that need not be decoded to the storage as they are, beside records', async () => {
    const requests: PlainRequest[] = [];
    writeRequests = async (given) => {
      requests.push(...given);
    };
    const queue = await openQueue();
    queue.startDelivery();
    expect(await queue.append(plainEntry('one', 'two'))).toEqual({ acceptedCount: 2, rejectedCount: 0, message: '' });
    await queue.append(entry('three'));
    await queue.delivered();
    expect(requests.flatMap((request) => request.records()).map(({ message }) => message)).toEqual(['one', 'two']);
    expect(messages()).toEqual(['three']);
  });

  it('gives no more of them in one call than the storage has use for', async () => {
    const given: number[][] = [];
    writeRequests = async (requests) => {
      given.push(requests.map(({ wire }) => wire.recordCount));
    };
    callRecords = 5;
    const queue = await openQueue();
    for (let request = 0; request < 7; request += 1) await queue.append(plainEntry('one', 'two'));
    queue.startDelivery();
    await queue.delivered();
    expect(given).toEqual([[2, 2, 2], [2, 2, 2], [2]]);
  });

  it('writes at once what is as much as a call has, though it gathers what is less', async () => {
    gatherMillis = 3_600_000;
    callRecords = 5;
    const given: number[] = [];
    const ends: (() => void)[] = [];
    writeRequests = (requests) => {
      given.push(requests.length);
      return new Promise((resolve) => ends.push(resolve));
    };
    const queue = await openQueue();
    for (let request = 0; request < 3; request += 1) await queue.append(plainEntry('one', 'two'));
    queue.startDelivery();
    await vi.waitFor(() => expect(given).toEqual([3]), WITHIN);
    for (let request = 0; request < 3; request += 1) {
      expect(given).toEqual([3]);
      await queue.append(plainEntry('one', 'two'));
    }
    await vi.waitFor(() => expect(given).toEqual([3, 3]), WITHIN);
    for (const end of ends) end();
  });

  it('holds decoded what is little, and reads again what would fill the memory while it waits', async () => {
    const queue = await openQueue();
    const large = 'word '.repeat(20_000).trimEnd();
    for (const text of [large, large, large, 'small']) await queue.append(entry(text));
    expect(decodedCount).toBe(4);
    queue.startDelivery();
    await vi.waitFor(() => expect(written).toHaveLength(60_001), WITHIN);
    expect(decodedCount).toBe(6);
  });

  it('counts what a body in another encoding was written as, when it holds that until its turn', async () => {
    writeRequests = async () => undefined;
    rewritten = logsBody(Array.from({ length: 500 }, () => 'x'.repeat(10_000)));
    const queue = await openQueue();
    for (const text of ['a', 'b', 'c']) await queue.append(entry(text));
    expect(decodedCount).toBe(3);
    queue.startDelivery();
    await queue.delivered();
    // Of 8 MB the first takes five.
    expect(decodedCount).toBe(5);
  });

  it('knows of what is read again that it was plain as it was sent, but after a restart', async () => {
    writeRequests = async () => undefined;
    const large = Array.from({ length: 500 }, () => 'x'.repeat(10_000));
    rewritten = logsBody(large);
    const first = await openQueue();
    for (const texts of [large, large, [...large, 'another']]) await first.append(plainEntry(...texts));
    await first.append(entry('json'));
    expect(knownPlain.splice(0)).toEqual([false, false, false, false]);
    first.startDelivery();
    await first.delivered();
    // The first was held until its turn.
    expect(knownPlain.splice(0)).toEqual([true, true, false]);
    writeRequests = away;
    for (const texts of [large, large]) await first.append(plainEntry(...texts));
    await first.shutdown();
    writeRequests = async () => undefined;
    const second = await openQueue();
    knownPlain = [];
    second.startDelivery();
    await second.delivered();
    expect(knownPlain).toEqual([false, false]);
  });

  it('gives what an earlier process left to the storage as it is too, in calls as large as of anything else', async () => {
    writeRequests = away;
    callRecords = 5;
    const first = await openQueue();
    for (let request = 0; request < 7; request += 1) await first.append(plainEntry('one', 'two'));
    await first.shutdown();
    const calls: [number, boolean | undefined][] = [];
    writeRequests = async (requests, { mayRepeat }) => {
      calls.push([requests.length, mayRepeat]);
    };
    const second = await openQueue();
    second.startDelivery();
    await second.append(plainEntry('new'));
    await second.delivered();
    expect(calls).toEqual([
      [3, true],
      [3, true],
      [1, true],
      [1, false],
    ]);
    expect(written).toEqual([]);
  });

  it('says of such requests too that another collector may have them', async () => {
    const options: WriteOptions[] = [];
    writeRequests = async (_requests, given) => {
      options.push(given);
    };
    const queue = await openQueue();
    await queue.append(plainEntry('one'));
    await queue.append({ ...plainEntry('two'), idempotencyKey: 'key' });
    queue.startDelivery();
    await queue.delivered();
    expect(options.map(({ isKeyed }) => isKeyed).toSorted()).toEqual([false, true]);
  });

  it('says that their records may repeat once a call with them failed, and after a restart', async () => {
    const tried: string[] = [];
    let failures = 1;
    writeRequests = async (given, { mayRepeat }) => {
      const records = given.flatMap((request) => request.records());
      tried.push(`${records.map(({ id, message }) => `${message} ${id}`)} ${mayRepeat}`);
      if (failures-- > 0) await away();
    };
    const first = await openQueue();
    first.startDelivery();
    await first.append(plainEntry('one'));
    await first.delivered();
    await vi.waitFor(() => expect(tried).toHaveLength(2), WITHIN);
    expect(tried[0]).toMatch(/^one \w+ false$/);
    expect(tried[1]).toBe(tried[0]?.replace('false', 'true'));
    failures = Number.POSITIVE_INFINITY;
    await first.append(plainEntry('two'));
    await vi.waitFor(() => expect(tried.length).toBeGreaterThan(2), WITHIN);
    await first.shutdown();
    failures = 0;
    const before = tried[2];
    tried.length = 0;
    (await openQueue()).startDelivery();
    await vi.waitFor(() => expect(tried).toEqual([before?.replace('false', 'true')]), WITHIN);
  });

  it('gives the memory of their bodies back once the storage has them, and has them still when it took them and failed', async () => {
    const text = 'long '.repeat(2_000);
    const [taken, refused] = [text, text].map((body) => ({
      ...plainEntry(body),
      body: Buffer.from(Uint8Array.from(logsBody([body])).buffer),
    }));
    if (!taken || !refused) throw new Error('two requests');
    const seen: string[] = [];
    writeRequests = async (requests) => {
      seen.push(...requests.map((request) => `${request.wire.body.length} ${request.records()[0]?.message === text}`));
      if (seen.length === 1 || seen.length === 3) return;
      for (const { wire } of requests) freeBytes(wire.body);
      await away();
    };
    const { length } = taken.body;
    const queue = await openQueue();
    queue.startDelivery();
    await queue.append(taken);
    await queue.delivered();
    expect(taken.body.length).toBe(0);
    await queue.append(refused);
    await vi.waitFor(() => expect(seen).toEqual([`${length} true`, `${length} true`, `${length} true`]), WITHIN);
    expect(refused.body.length).toBe(0);
    expect(written).toEqual([]);
  });

  it('decodes only the one of them that has a record which the storage refuses for good, and brings in all others', async () => {
    const stored: string[] = [];
    const decoded: string[] = [];
    writeRequests = async (requests) => {
      const texts = requests.flatMap((request) => request.records()).map(({ message }) => message ?? '');
      if (texts.includes('poison')) throw new TypeError('a mapping conflict');
      stored.push(...texts);
    };
    write = async (logs) => {
      decoded.push(...logs.map(({ message }) => message ?? ''));
      if (logs.some(({ message }) => message === 'poison')) throw new TypeError('a mapping conflict');
      written.push(...logs);
    };
    const queue = await openQueue();
    for (const texts of [['a', 'b'], ['c'], ['d', 'poison', 'e'], ['f']]) await queue.append(plainEntry(...texts));
    queue.startDelivery();
    await vi.waitFor(() => expect(queue.state?.deadLetters.kept).toBe(1), WITHIN);
    await vi.waitFor(() => expect([...stored, ...messages()].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']), WITHIN);
    expect(new Set(decoded)).toEqual(new Set(['d', 'poison', 'e']));
  }, 40_000);

  it('tells when what was acknowledged is in the storage, after a restart too', async () => {
    write = away;
    const first = await openQueue();
    first.startDelivery();
    await first.append(entry('old'));
    await first.shutdown();
    write = async (logs) => {
      written.push(...logs);
    };
    const queue = await openQueue();
    queue.startDelivery();
    await queue.delivered();
    expect(messages()).toEqual(['old']);
    for (let request = 0; request < 20; request += 1) {
      await queue.append(entry(`r${request}`));
      await queue.delivered();
      expect(messages().at(-1)).toBe(`r${request}`);
    }
  });

  it('tells so too where more comes before each write has ended, so that something is always under way after a restart', async () => {
    write = away;
    const first = await openQueue();
    first.startDelivery();
    await first.append(entry('old'));
    await first.shutdown();
    const begun: string[] = [];
    let endLast = (): void => undefined;
    write = async (logs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const endBefore = endLast;
      endLast = resolve;
      begun.push(...logs.map(({ message = '' }) => message));
      endBefore();
      await promise;
      written.push(...logs);
    };
    const queue = await openQueue();
    queue.startDelivery();
    const underWay = (...texts: string[]) => vi.waitFor(() => expect(begun).toEqual(texts), WITHIN);
    await underWay('old');
    await queue.append(entry('new'));
    await underWay('old', 'new');
    const delivered = queue.delivered(WITHIN.timeout);
    await queue.append(entry('more'));
    expect(await delivered).toBe(true);
    expect(begun).toEqual(['old', 'new', 'more']);
    endLast();
  });

  it('acknowledges while the storage is away, tells the operator once, and delivers when it is back', async () => {
    write = away;
    const queue = await openQueue();
    queue.startDelivery();
    for (let request = 0; request < 20; request += 1) {
      expect(await queue.append(entry(`r${request}`))).toEqual({ acceptedCount: 1, rejectedCount: 0, message: '' });
    }
    await vi.waitFor(() => expect(told).toEqual(['away: gone']), WITHIN);
    write = async (logs) => {
      written.push(...logs);
    };
    await vi.waitFor(() => expect(written).toHaveLength(20), WITHIN);
    await vi.waitFor(() => expect(told).toEqual(['away: gone', 'back']), WITHIN);
  });

  it('delivers after a restart what the storage had not taken, with the same ids, and then no more', async () => {
    write = away;
    const first = await openQueue();
    first.startDelivery();
    await first.append(entry('one two'));
    await first.append(entry('three', 'key'));
    await first.shutdown();
    write = async (logs) => {
      written.push(...logs);
    };
    const second = await openQueue();
    second.startDelivery();
    await vi.waitFor(() => expect(messages()).toEqual(['one', 'two', 'three']), WITHIN);
    await second.shutdown();
    const third = await openQueue();
    expect(third.hasHistory).toBe(true);
    third.startDelivery();
    await third.append(entry('four'));
    await vi.waitFor(() => expect(messages()).toEqual(['one', 'two', 'three', 'four']), WITHIN);
  });

  it('says of a write that it may repeat one that failed, or one of an earlier process, and of no other', async () => {
    const hints: string[] = [];
    let isAway = true;
    write = async (logs, { mayRepeat }) => {
      hints.push(`${logs.map(({ message }) => message)} ${mayRepeat}`);
      if (isAway) await away();
      written.push(...logs);
    };
    const first = await openQueue();
    first.startDelivery();
    await first.append(entry('new'));
    await vi.waitFor(() => expect(hints).toContain('new true'), WITHIN);
    expect(hints[0]).toBe('new false');
    expect(hints.slice(1)).toEqual(hints.slice(1).map(() => 'new true'));
    await first.shutdown();
    isAway = false;
    hints.length = 0;
    const second = await openQueue();
    second.startDelivery();
    await vi.waitFor(() => expect(hints).toEqual(['new true']), WITHIN);
    await second.append(entry('next'));
    await vi.waitFor(() => expect(hints).toEqual(['new true', 'next false']), WITHIN);
  });

  it('gives up a write that hangs when it shuts down, and makes it again after a restart', async () => {
    const begun = Promise.withResolvers<void>();
    write = (_logs, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        begun.resolve();
      });
    const first = await openQueue();
    first.startDelivery();
    await first.append(entry('a'));
    await begun.promise;
    await first.shutdown();
    expect(told).toEqual([]);
    write = async (logs) => {
      written.push(...logs);
    };
    (await openQueue()).startDelivery();
    await vi.waitFor(() => expect(messages()).toEqual(['a']), WITHIN);
  }, 30_000);

  it('refuses a body that is none, and keeps nothing of it', async () => {
    const queue = await openQueue();
    queue.startDelivery();
    await expect(queue.append(entry('broken'))).rejects.toMatchObject({ code: 'malformed_body' });
    await queue.append(entry('good'));
    await vi.waitFor(() => expect(messages()).toEqual(['good']), WITHIN);
  });

  it('sets a request aside that it can no longer read, and brings all others in', async () => {
    write = away;
    const first = await openQueue();
    first.startDelivery();
    for (const text of ['a', 'old-format', 'b']) await first.append(entry(text));
    await first.shutdown();
    write = async (logs) => {
      written.push(...logs);
    };
    unreadable = 'old-format';
    const second = await openQueue();
    second.startDelivery();
    await vi.waitFor(() => expect(messages()).toEqual(['a', 'b']), WITHIN);
    expect(told).toContain('refused: not a body');
    const [name = ''] = await readdir(join(directory, 'set-aside'));
    expect(await readFile(join(directory, 'set-aside', name), 'utf8')).toBe('old-format');
  });

  it('answers 429 when it is full, and takes more once the storage has taken some', async () => {
    write = away;
    const queue = await openQueue(400);
    queue.startDelivery();
    await queue.append(entry('x'.repeat(300)));
    await expect(queue.append(entry('y'.repeat(300)))).rejects.toMatchObject({ code: 'queue_full' });
    write = async (logs) => {
      written.push(...logs);
    };
    await vi.waitFor(() => queue.append(entry('y'.repeat(300))), WITHIN);
  });

  it('refuses what comes while it shuts down', async () => {
    const queue = await openQueue();
    await queue.shutdown();
    await expect(queue.append(entry('late'))).rejects.toMatchObject({ code: 'shutting_down', retryAfterMillis: 2_000 });
  });

  it('sets a record that the storage refuses for good aside, with the reason, and brings all others in', async () => {
    write = async (logs) => {
      if (logs.some(({ message }) => message === 'poison')) throw new ThreadlineError('internal', 'a mapping conflict');
      written.push(...logs);
    };
    const queue = await openQueue();
    queue.startDelivery();
    await queue.append(entry('a b poison c'));
    await vi.waitFor(() => expect(messages().toSorted()).toEqual(['a', 'b', 'c']), WITHIN);
    await vi.waitFor(() => expect(told).toContain('refused: a mapping conflict'), WITHIN);
    await queue.shutdown();
    const lines = (await readFile(join(directory, 'dead-letters', 'records.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        tenant: 'default',
        reason: 'a mapping conflict',
        record: expect.objectContaining({ body: { stringValue: 'poison' } }),
      }),
    ]);
  });
});

describe('the state of the queue', () => {
  it('says what waits and since when the storage takes nothing, after a restart too, and that all is well again', async () => {
    write = away;
    const first = await openQueue(10_000);
    first.startDelivery();
    expect(first.state).toMatchObject({ usedBytes: 0, capacityBytes: 10_000, delivery: { state: 'delivering' } });
    for (const text of ['a', 'b', 'c']) await first.append(entry(text));
    await vi.waitFor(() => expect(first.state?.delivery.state).toBe('waiting'), WITHIN);
    expect(first.state).toMatchObject({
      waitingRequests: 3,
      oldestArrivalNanos: 1n,
      delivery: { sinceUnixNano: expect.stringMatching(/^\d{19}$/), lastFault: { reason: 'gone' } },
    });
    expect(first.state?.usedBytes).toBeGreaterThan(0);
    await first.shutdown();
    expect(first.state).toBeUndefined();

    const second = await openQueue(10_000);
    second.startDelivery();
    await second.append(entry('d'));
    await vi.waitFor(() => expect(second.state?.waitingRequests).toBe(4), WITHIN);
    await vi.waitFor(() => expect(second.state?.delivery.state).toBe('waiting'), WITHIN);
    write = async (logs) => {
      written.push(...logs);
    };
    await vi.waitFor(() => expect(messages().toSorted()).toEqual(['a', 'b', 'c', 'd']), WITHIN);
    await vi.waitFor(
      () =>
        expect(second.state).toMatchObject({
          waitingRequests: 0,
          usedBytes: 0,
          oldestArrivalNanos: undefined,
          delivery: { state: 'delivering', sinceUnixNano: undefined, lastFault: { reason: 'gone' } },
        }),
      WITHIN,
    );
  }, 30_000);

  it('counts what was set aside and what was refused for good', async () => {
    write = away;
    const first = await openQueue();
    first.startDelivery();
    for (const text of ['a', 'old-format', 'poison']) await first.append(entry(text));
    await first.shutdown();
    write = async (logs) => {
      if (logs.some(({ message }) => message === 'poison')) throw new TypeError('it quotes poison');
      written.push(...logs);
    };
    unreadable = 'old-format';
    const second = await openQueue();
    second.startDelivery();
    await vi.waitFor(() => expect(second.state?.deadLetters.kept).toBe(1), WITHIN);
    expect(second.state).toMatchObject({ setAside: { count: 1, bytes: 10 }, deadLetters: { total: 1, reasons: [{ count: 1 }] } });
    expect(JSON.stringify(await second.listDeadLetters({ limit: 10 }))).not.toContain('poison');
    await second.shutdown();
    const third = await openQueue();
    expect(third.state).toMatchObject({ setAside: { count: 1, bytes: 10 }, deadLetters: { kept: 1, total: 1 } });
  }, 30_000);

  it('tells of the records of a request that it could not keep', async () => {
    write = away;
    const queue = await openQueue(400);
    queue.startDelivery();
    await queue.append(entry('x'.repeat(300)));
    await expect(queue.append(entry('a b c'.padEnd(300, 'd')))).rejects.toMatchObject({ code: 'queue_full' });
    expect(told).toContain('not kept: 3');
  });
});

describe('a request that is sent again with its idempotency key', () => {
  it('is answered alike and stored once: at the same moment, later, and after restarts', async () => {
    let queue = await openQueue();
    queue.startDelivery();
    const answers = await Promise.all([queue.append(entry('a b', 'k')), queue.append(entry('a b', 'k'))]);
    answers.push(await queue.append(entry('a b', 'k')));
    await vi.waitFor(() => expect(written).toHaveLength(2), WITHIN);
    for (let restart = 0; restart < 2; restart += 1) {
      await queue.shutdown();
      queue = await openQueue();
      queue.startDelivery();
      answers.push(await queue.append(entry('a b', 'k')));
    }
    expect(answers).toEqual(answers.map(() => ({ acceptedCount: 2, rejectedCount: 0, message: '' })));
    await queue.append(entry('end'));
    await vi.waitFor(() => expect(messages()).toEqual(['a', 'b', 'end']), WITHIN);
  });

  it('is known from the log alone when the storage has not taken it yet', async () => {
    write = away;
    const first = await openQueue();
    first.startDelivery();
    await first.append(entry('a', 'k'));
    await first.shutdown();
    await rm(join(directory, 'keys'), { recursive: true, force: true });
    write = async (logs) => {
      written.push(...logs);
    };
    const second = await openQueue();
    await second.append(entry('a', 'k'));
    second.startDelivery();
    await second.append(entry('end'));
    await vi.waitFor(() => expect(messages()).toEqual(['a', 'end']), WITHIN);
  });

  it('is another request under another body', async () => {
    const queue = await openQueue();
    queue.startDelivery();
    await queue.append(entry('a', 'k'));
    await queue.append(entry('b', 'k'));
    await vi.waitFor(() => expect(messages()).toEqual(['a', 'b']), WITHIN);
  });
});
