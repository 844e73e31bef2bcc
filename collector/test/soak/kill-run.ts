import { setTimeout as sleep } from 'node:timers/promises';
import type { LogSearchAnswer } from '../../src/api/index.ts';
import { encodeLogs } from '../../src/otlp/testing/reference-encoder.ts';
import { MEDIA_TYPES } from '../../src/receiver/content-type.ts';
import { type RunningCollector, temporaryDirectory } from '../running-collector.ts';
import { SeededRandom } from '../storage-contract/seeded-random.ts';
import { killLoop } from './kill-loop.ts';

const BATCH_RECORDS = 50;
/** Far more than the log's backlog of one life takes. */
const DELIVERED_WITHIN_MILLIS = 60_000;
const POLL_MILLIS = 500;

export interface KillRunResult {
  readonly seed: number;
  readonly kills: number;
  readonly acknowledgedRecords: number;
  /** Acknowledged and not found. */
  readonly lost: number;
  /** Found more than once. */
  readonly doubled: number;
  readonly repeatedBatches: number;
  /** From the start of the process until it takes data, after a kill. */
  readonly readyMillis: { readonly median: number; readonly max: number };
}

/**
 * Kills the collector `kills` times at random instants while senders post numbered records, starts it again on the same data, and
 * in the end looks for each record. A batch without an answer is sent again with its idempotency key until it has one.
 */
export async function killRun(options: {
  readonly kills: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}): Promise<KillRunResult> {
  const directory = await temporaryDirectory();
  const { collector, acknowledged, repeatedBatches, readyMillis } = await killLoop({
    ...options,
    directory: directory.path,
    random: new SeededRandom(options.seed),
    post,
  });

  const expected = [...acknowledged].flatMap((batch) => Array.from({ length: BATCH_RECORDS }, (_, index) => batch * BATCH_RECORDS + index));
  const found = await findAll(collector, expected.length);
  await collector.end('SIGTERM');
  await directory.remove();
  return {
    seed: options.seed,
    kills: options.kills,
    acknowledgedRecords: expected.length,
    lost: expected.filter((number) => !found.has(number)).length,
    doubled: [...found.values()].filter((count) => count > 1).length,
    repeatedBatches,
    readyMillis: { median: Math.round(readyMillis[readyMillis.length >> 1] ?? 0), max: Math.round(readyMillis.at(-1) ?? 0) },
  };
}

/** Of the records: a batch that is sent again is the same bytes, as a sender's is. */
const STARTED_NANOS = BigInt(Date.now()) * 1_000_000n;

/** True once the collector answered 200; false when it was gone before it did. Any other answer is a fault of the run. */
async function post(collector: RunningCollector, batch: number): Promise<boolean> {
  const logRecords = Array.from({ length: BATCH_RECORDS }, (_, index) => ({
    timeUnixNano: String(STARTED_NANOS + BigInt(batch)),
    observedTimeUnixNano: '0',
    body: { stringValue: `record ${batch * BATCH_RECORDS + index}` },
    attributes: [{ key: 'number', value: { intValue: String(batch * BATCH_RECORDS + index) } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'soak' } }] };
  // Each way into the storage: rows from bytes, and rows from objects.
  const encoding = batch % 4 === 0 ? 'json' : 'protobuf';
  const body = encodeLogs([{ resource, scopes: [{ scope: { attributes: [] }, records: logRecords }] }], encoding);
  let response: Response;
  try {
    response = await fetch(`${collector.otlpHttp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': MEDIA_TYPES[encoding], 'idempotency-key': `soak-${batch}` },
      body: new Uint8Array(body),
    });
    await response.arrayBuffer();
  } catch {
    return false;
  }
  if (response.status !== 200) throw new Error(`batch ${batch} was answered ${response.status}`);
  return true;
}

/** What waits in the log comes into the storage a moment after the start. */
async function findAll(collector: RunningCollector, expected: number): Promise<Map<number, number>> {
  const deadline = performance.now() + DELIVERED_WITHIN_MILLIS;
  for (;;) {
    const found = await countFound(collector);
    if (found.size >= expected || performance.now() > deadline) return found;
    await sleep(POLL_MILLIS);
  }
}

async function countFound(collector: RunningCollector): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const first = `${collector.ui}/api/v1/logs?query=service:soak&order=asc&limit=1000&from=now-1d`;
  for (let url: string | undefined = first; url; ) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
    const page = (await response.json()) as LogSearchAnswer;
    for (const record of page.records) {
      const number = Number(record.attributes.find(({ key }) => key === 'number')?.value?.intValue);
      found.set(number, (found.get(number) ?? 0) + 1);
    }
    url = page.nextCursor && `${collector.ui}/api/v1/logs?query=service:soak&order=asc&limit=1000&cursor=${page.nextCursor}`;
  }
  return found;
}
