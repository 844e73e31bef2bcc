import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freeBytes } from '../free-bytes.ts';
import { decodeEntry } from '../model/decode-entry.ts';
import { PlainRequest } from '../model/plain-request.ts';
import { idsByPosition } from '../model/record-ids.ts';
import { logsBody } from '../model/testing/logs-body.ts';
import { CallWriter } from './call-writer.ts';
import { DeadLetters } from './dead-letters.ts';
import type { LogFrame } from './log/durable-log.ts';

const PLACE = { file: 1, offset: 24 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadline-call-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

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
