import { expect, it } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { normalizeLogs, normalizeSpans } from '../model/normalize.ts';
import { DirectQueue } from './direct-queue.ts';

const ENTRY = {
  tenant: 'default',
  signal: 'logs',
  encoding: 'json',
  body: Buffer.from('{}'),
  arrivalNanos: 1n,
  idempotencyKey: 'k',
} as const;

/** A request of one record, as if decoded. */
const request = <R>(record: R) => ({
  groups: [{ resource: { attributes: [] }, scopes: [{ scope: { attributes: [] }, records: [record] }] }],
  cutValues: new Map(),
});
const times = { timeUnixNano: '1', observedTimeUnixNano: '0', startTimeUnixNano: '1', endTimeUnixNano: '2' };
const ids = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };

it('tells the operator once that the storage is away, and once that it is back, however many senders meet it', async () => {
  const told: string[] = [];
  let fault: Error | undefined;
  const write = async (): Promise<void> => {
    if (fault) throw fault;
  };
  const queue = new DirectQueue({
    storage: { writeLogs: write, writeSpans: write },
    decodeLogs: ({ arrivalNanos }, recordIds) => normalizeLogs(request({ ...times, attributes: [] }), { arrivalNanos, ids: recordIds }),
    decodeSpans: ({ arrivalNanos }, recordIds) =>
      normalizeSpans(request({ ...ids, ...times, name: '', attributes: [] }), { arrivalNanos, ids: recordIds }),
    openIdentity: async () => ({ logId: '0'.repeat(32), startNumber: 1 }),
    onStorageFault: () => told.push('fault'),
    onStorageAway: (error) => told.push(`away: ${error.message}`),
    onStorageBack: () => told.push('back'),
  });
  await queue.append(ENTRY);
  fault = new ThreadlineError('storage_unavailable', 'the disk is full', { retryAfterMillis: 1 });
  for (let sender = 0; sender < 3; sender += 1) await expect(queue.append(ENTRY)).rejects.toThrow('the disk is full');
  fault = undefined;
  await queue.append(ENTRY);
  await queue.append(ENTRY);
  expect(told).toEqual(['away: the disk is full', 'back']);
});
