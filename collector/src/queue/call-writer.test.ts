import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freeBytes } from '../free-bytes.ts';
import { decodeEntry } from '../model/decode-entry.ts';
import { PlainRequest } from '../model/plain-request.ts';
import { idsByPosition } from '../model/record-ids.ts';
import { logsBody } from '../model/testing/logs-body.ts';
import { RefusedRecordsError } from '../storage/refused-records.ts';
import { CallWriter } from './call-writer.ts';
import { DeadLetters } from './dead-letters.ts';
import type { LogFrame } from './log/durable-log.ts';
import type { LogPlace } from './log/log-place.ts';

const PLACE = { file: 1, offset: 24 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-call-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true, force: true });
});

it('waits for a log that cannot be read, as for a storage that is away, and writes what the storage took with it when it failed', async () => {
  // Large, and in memory of its own, as what comes from a log: only that can be taken.
  const body = () => Buffer.from(new Uint8Array(logsBody(['paid '.repeat(1_000)])).buffer);
  const context = { arrivalNanos: 5n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: PLACE.file, offset: PLACE.offset }) };
  const request = PlainRequest.of('logs', body(), context);
  if (!request) throw new Error('not plain');
  const [told, refused]: [unknown[], unknown[]] = [[], []];
  const written: { readonly ids: string[]; readonly mayRepeat: boolean | undefined }[] = [];
  let reads = 0;
  let calls = 0;
  const writer = new CallWriter({
    log: {
      read: async (place) => {
        reads += 1;
        if (reads <= 2) throw new Error('EIO: i/o error, read');
        const entry = {
          signal: 'logs',
          encoding: 'protobuf',
          body: body(),
          tenant: 'default',
          arrivalNanos: 5n,
          digest: undefined,
        } as const;
        return { place, entry, end: { file: 1, offset: 500 } };
      },
    },
    storage: {
      writeLogs: () => expect.unreachable(),
      writeSpans: () => expect.unreachable(),
      writeRequests: async (_tenant, requests, options) => {
        calls += 1;
        if (calls > 1) {
          written.push({ ids: requests.flatMap((each) => each.records().map(({ id }) => id)), mayRepeat: options?.mayRepeat });
          return;
        }
        for (const { wire } of requests) freeBytes(wire.body);
        throw new Error('the storage has its faults');
      },
      hasten: () => undefined,
    },
    deadLetters: await DeadLetters.open(directory),
    decode: async ({ entry }: LogFrame) => decodeEntry(entry, context, { makesPlain: true }),
    watch: { noteBack: () => undefined },
    onAway: (error) => told.push(error),
    onRefused: (error) => refused.push(error),
    signal: new AbortController().signal,
  });
  const call = {
    tenant: 'default',
    signal: 'logs',
    records: [],
    requests: [request],
    places: [PLACE],
    mayRepeat: false,
    isKeyed: false,
  } as const;
  await writer.write(call);
  const unreadable = { code: 'storage_unavailable', message: 'the log cannot be read now' };
  expect(told).toEqual([expect.objectContaining(unreadable), expect.objectContaining(unreadable)]);
  expect(written).toEqual([{ ids: [context.ids(0)], mayRepeat: true }]);
  expect(refused).toEqual([]);
});

it('puts the records that the storage names aside, with the reason of each, and writes the others without trying them one by one', async () => {
  const context = (offset: number) => ({
    arrivalNanos: 5n,
    ids: idsByPosition({ logId: 'ab'.repeat(16), file: PLACE.file, offset }),
  });
  const contexts = [context(24), context(240)];
  const requests = contexts.map((each) => {
    const request = PlainRequest.of('logs', logsBody(['one', 'two', 'three']), each);
    if (!request) throw new Error('not plain');
    return request;
  });
  const refused = new Map([
    [contexts[0]?.ids(1) ?? '', 'the first reason'],
    [contexts[0]?.ids(2) ?? '', 'the second reason'],
  ]);
  const stored: string[] = [];
  const told: unknown[] = [];
  let calls = 0;
  const write = (ids: readonly string[]) => {
    calls += 1;
    const left = ids.filter((id) => refused.has(id));
    for (const id of ids) if (!refused.has(id) && !stored.includes(id)) stored.push(id);
    if (left.length > 0) throw new RefusedRecordsError(new Map(left.map((id) => [id, refused.get(id) ?? ''])));
  };
  const deadLetters = await DeadLetters.open(directory);
  await writeAll({ requests, places: [PLACE, { file: 1, offset: 240 }], write, deadLetters, onRefused: (error) => told.push(error) });
  expect(stored.toSorted()).toEqual([contexts[0]?.ids(0), ...[0, 1, 2].map((number) => contexts[1]?.ids(number))].toSorted());
  expect(deadLetters.reasons.map(({ reason, count }) => ({ reason, count }))).toEqual([
    { reason: 'the second reason', count: 1 },
    { reason: 'the first reason', count: 1 },
  ]);
  expect(told).toEqual([
    expect.objectContaining({ message: 'the first reason' }),
    expect.objectContaining({ message: 'the second reason' }),
  ]);
  expect(calls).toBeLessThanOrEqual(5);
});

it('takes a call apart of which every record is refused, so that most of them wait for who sees to it', async () => {
  const context = { arrivalNanos: 5n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: PLACE.file, offset: PLACE.offset }) };
  const request = PlainRequest.of('logs', logsBody(['one', 'two', 'three', 'four']), context);
  if (!request) throw new Error('not plain');
  const deadLetters = await DeadLetters.open(directory);
  const isBroken = () => deadLetters.count.total === 0;
  const stored: string[] = [];
  const write = (ids: readonly string[]) => {
    if (isBroken()) throw new RefusedRecordsError(new Map(ids.map((id) => [id, 'a pipeline is gone'])));
    stored.push(...ids);
  };
  await writeAll({ requests: [request], places: [PLACE], write, deadLetters, onRefused: () => undefined });
  expect(deadLetters.count.total).toBe(1);
  expect(stored).toEqual([1, 2, 3].map((number) => context.ids(number)));
});

it('tells once that records wait for a storage which does not answer, before the call fails', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const context = { arrivalNanos: 5n, ids: idsByPosition({ logId: 'ab'.repeat(16), file: PLACE.file, offset: PLACE.offset }) };
  const request = PlainRequest.of('logs', logsBody(['one']), context);
  if (!request) throw new Error('not plain');
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told: unknown[] = [];
  const writing = writeAll({
    requests: [request],
    places: [PLACE],
    write: () => {
      asked.resolve();
      return answered.promise;
    },
    deadLetters: await DeadLetters.open(directory),
    onRefused: () => expect.unreachable(),
    onAway: (error) => told.push(error),
  });
  await asked.promise;
  expect(told).toEqual([]);
  // As long as a call of Elasticsearch may take until it fails.
  vi.advanceTimersByTime(59_999);
  expect(told).toEqual([expect.objectContaining({ code: 'storage_unavailable', message: expect.stringContaining('has not answered') })]);
  answered.resolve();
  await writing;
  expect(vi.getTimerCount()).toBe(0);
});

/** Writes a call of logs to a storage that is there and takes what `write` takes, told the ids of the records. */
async function writeAll({
  requests,
  places,
  write,
  deadLetters,
  onRefused,
  onAway = () => expect.unreachable(),
}: {
  readonly requests: readonly PlainRequest[];
  readonly places: readonly LogPlace[];
  readonly write: (ids: readonly string[]) => void | Promise<void>;
  readonly deadLetters: DeadLetters;
  readonly onRefused: (error: unknown) => void;
  readonly onAway?: (error: unknown) => void;
}): Promise<void> {
  const writer = new CallWriter({
    log: { read: () => expect.unreachable() },
    storage: {
      writeLogs: async (_tenant, records) => write(records.map(({ id }) => id)),
      writeSpans: () => expect.unreachable(),
      writeRequests: async (_tenant, each) => write(each.flatMap((request) => request.records().map(({ id }) => id))),
      hasten: () => undefined,
    },
    deadLetters,
    decode: () => expect.unreachable(),
    watch: { noteBack: () => undefined },
    onAway,
    onRefused,
    signal: new AbortController().signal,
  });
  await writer.write({ tenant: 'default', signal: 'logs', records: [], requests, places, mayRepeat: false, isKeyed: false });
}
