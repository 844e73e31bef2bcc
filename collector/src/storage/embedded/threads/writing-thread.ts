import { parentPort, workerData } from 'node:worker_threads';
import { freeBytes } from '../../../free-bytes.ts';
import { PlainRequest } from '../../../model/plain-request.ts';
import { PatternMiner } from '../../patterns/pattern-miner.ts';
import { MemoryPool } from '../parquet/memory-pool.ts';
import { type EncodedGroup, writeSegment } from '../segments/write-segment.ts';
import { RowBatch } from '../writing/row-batch.ts';
import { failureOf } from './failure.ts';
import type { BatchPlace, FromWriter, SentRequest, ToWriter } from './writing-messages.ts';

/** Makes rows and files of what is to be written, beside the thread that takes requests in. */

if (!parentPort) throw new Error('writing-thread.ts runs as a worker thread');
const port = parentPort;
const { directory }: { readonly directory: string } = workerData;
/** Logs get their templates here: one miner sees all that this process writes. */
const miner = new PatternMiner();
const memory = new MemoryPool();
const batches = new Map<number, RowBatch>();

port.on('message', (message: ToWriter) => {
  const { number } = message;
  if (message.type === 'write') {
    write(message).then(
      (rows) => answer({ number, written: { rows, others: miner.others() } }),
      (error: unknown) => answer({ number, failure: failureOf(error) }),
    );
    return;
  }
  try {
    if (message.type === 'records') {
      batchOf(message.place).addRecords(message.tenant, message.records);
      answer({ number });
      return;
    }
    addRequests(batchOf(message.place), message.tenant, message.requests);
    answer({ number });
  } catch (error) {
    answer({ number, failure: failureOf(error) });
  }
});

function batchOf({ batch: number, table }: BatchPlace): RowBatch {
  const known = batches.get(number) ?? new RowBatch(table, { miner, memory });
  batches.set(number, known);
  return known;
}

function addRequests(batch: RowBatch, tenant: string, requests: readonly SentRequest[]): void {
  for (const { parts, body } of requests) {
    batch.addRequest(tenant, PlainRequest.from(Buffer.from(body.buffer, body.byteOffset, body.byteLength), parts));
    freeBytes(body);
  }
}

async function write({ batches: numbers, segment }: ToWriter & { readonly type: 'write' }): Promise<number> {
  const written: RowBatch[] = [];
  for (const number of numbers) {
    const batch = batches.get(number);
    batches.delete(number);
    if (batch && batch.rows > 0) written.push(batch);
  }
  if (written.length === 0) return 0;
  await writeSegment(directory, segment, groupsOf(written));
  memory.trim();
  return written.reduce((sum, { rows }) => sum + rows, 0);
}

async function* groupsOf(written: readonly RowBatch[]): AsyncGenerator<EncodedGroup> {
  for (const batch of written) yield* batch.groups();
}

function answer(message: FromWriter): void {
  port.postMessage(message);
}
