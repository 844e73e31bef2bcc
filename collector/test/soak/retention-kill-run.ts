import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogSearchAnswer } from '../../src/api/index.ts';
import { type RunningCollector, startCollector, temporaryDirectory } from '../running-collector.ts';
import { SeededRandom } from '../storage-contract/seeded-random.ts';
import { killLoop } from './kill-loop.ts';

/** The least that the setting takes. */
const RETENTION_BYTES = 64 * 1024 * 1024;
const SETTINGS = { THREADLINE_RETENTION_BYTES: '64MiB' };
const BATCH_RECORDS = 50;
/** Of one record, which no compression makes smaller: so a few hundred batches are more than may be kept. */
const BALLAST_BYTES = 16 * 1024;
/** So much is sent at least that some has to go. */
const SENT_BYTES = 1.75 * RETENTION_BYTES;
/** Of what may be kept, the newest part that has to be: segments go as a whole, and one of them can be most of it. */
const KEPT_PART = 1 / 8;
const SENDERS = 4;
/** Retention looks every five seconds. */
const SETTLED_WITHIN_MILLIS = 60_000;
const POLL_MILLIS = 250;
const PAGE_RECORDS = 250;

export interface RetentionKillResult {
  readonly seed: number;
  readonly kills: number;
  readonly acknowledgedBatches: number;
  /** Batches of which retention kept all, and of which it kept nothing. */
  readonly keptBatches: number;
  readonly goneBatches: number;
  /** Of the newest batches, which retention has to keep. */
  readonly lost: number;
  readonly doubled: number;
  /** Given up, and there again after a further start. */
  readonly returned: number;
  /** Of the storage, once it has settled, and what it may be at most. */
  readonly storageBytes: number;
  readonly retentionBytes: number;
  /** Files beside the segments: what a killed merge left behind. */
  readonly strayFiles: readonly string[];
  /** Starts that missed a segment, though none was removed but by the storage itself. */
  readonly missedWrongly: number;
}

/**
 * Kills the collector at random instants while it merges small segments and gives up the oldest, since more is sent than `THREADLINE_RETENTION_BYTES` lets
 * it keep. Then looks for what must be there, what must not be there twice or again, and at the space.
 */
export async function retentionKillRun(options: {
  readonly kills: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}): Promise<RetentionKillResult> {
  const directory = await temporaryDirectory();
  const segments = join(directory.path, 'embedded', 'segments');
  try {
    const loop = await killLoop({
      ...options,
      directory: directory.path,
      settings: SETTINGS,
      random: new SeededRandom(options.seed),
      post,
    });
    let { collector } = loop;
    const acknowledged = [...loop.acknowledged];
    const enough = Math.ceil(SENT_BYTES / (BATCH_RECORDS * BALLAST_BYTES));
    const more = Array.from({ length: Math.max(0, enough - acknowledged.length) }, (_, index) => Math.max(...acknowledged, -1) + 1 + index);
    const senders = Array.from({ length: SENDERS }, async () => {
      for (let batch = more.shift(); batch !== undefined; batch = more.shift()) if (await post(collector, batch)) acknowledged.push(batch);
    });
    await Promise.all(senders);
    const storageBytes = await settled(collector, segments);
    const found = await countFound(collector);
    await collector.end('SIGTERM');
    const logs = [...loop.logs, collector.stderr()];
    collector = await startCollector(directory.path, SETTINGS);
    await settled(collector, segments);
    const later = await countFound(collector);
    await collector.end('SIGTERM');
    logs.push(collector.stderr());
    const strayFiles = (await readdir(segments)).filter((name) => !name.endsWith('.parquet'));

    const newest = acknowledged.slice(-Math.floor((RETENTION_BYTES * KEPT_PART) / (BATCH_RECORDS * BALLAST_BYTES)));
    const numbersOf = (batch: number): number[] => Array.from({ length: BATCH_RECORDS }, (_, index) => batch * BATCH_RECORDS + index);
    return {
      seed: options.seed,
      kills: options.kills,
      acknowledgedBatches: acknowledged.length,
      keptBatches: acknowledged.filter((batch) => numbersOf(batch).every((number) => found.has(number))).length,
      goneBatches: acknowledged.filter((batch) => numbersOf(batch).every((number) => !found.has(number))).length,
      lost: newest.flatMap(numbersOf).filter((number) => !found.has(number) || !later.has(number)).length,
      doubled: [...found.values(), ...later.values()].filter((count) => count > 1).length,
      returned: [...later.keys()].filter((number) => !found.has(number)).length,
      storageBytes,
      retentionBytes: RETENTION_BYTES,
      strayFiles,
      missedWrongly: logs.filter((log) => log.includes('it is gone')).length,
    };
  } finally {
    await directory.remove();
  }
}

const STARTED_NANOS = BigInt(Date.now()) * 1_000_000n;
/** A batch that is sent again is the same bytes, as a sender's is. */
const bodies = new Map<number, string>();

function bodyOf(batch: number): string {
  const known = bodies.get(batch);
  if (known !== undefined) return known;
  const logRecords = Array.from({ length: BATCH_RECORDS }, (_, index) => ({
    timeUnixNano: String(STARTED_NANOS + BigInt(batch)),
    body: { stringValue: `record ${batch * BATCH_RECORDS + index}` },
    attributes: [
      { key: 'number', value: { intValue: String(batch * BATCH_RECORDS + index) } },
      { key: 'ballast', value: { bytesValue: randomBytes(BALLAST_BYTES).toString('base64') } },
    ],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'soak' } }] };
  const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  bodies.set(batch, body);
  return body;
}

async function post(collector: RunningCollector, batch: number): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch(`${collector.otlpHttp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `soak-${batch}` },
      body: bodyOf(batch),
    });
    await response.arrayBuffer();
  } catch {
    return false;
  }
  if (response.status !== 200) throw new Error(`batch ${batch} was answered ${response.status}`);
  return true;
}

/** The bytes of the storage, once everything is delivered and no more than may be is kept, or it never came to that. */
async function settled(collector: RunningCollector, segments: string): Promise<number> {
  const deadline = performance.now() + SETTLED_WITHIN_MILLIS;
  for (;;) {
    const status = (await (await fetch(`${collector.ui}/api/v1/status`)).json()) as {
      readonly log?: { readonly waitingRequests?: number };
    };
    const bytes = await bytesIn(segments);
    if ((status.log?.waitingRequests === 0 && bytes <= RETENTION_BYTES) || performance.now() > deadline) return bytes;
    await sleep(POLL_MILLIS);
  }
}

async function bytesIn(directory: string): Promise<number> {
  // A merge or retention may take a file away meanwhile.
  const sizes = (await readdir(directory)).map((name) =>
    stat(join(directory, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function countFound(collector: RunningCollector): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const base = `${collector.ui}/api/v1/logs?query=service:soak&order=asc&limit=${PAGE_RECORDS}`;
  for (let url: string | undefined = `${base}&from=now-1d`; url; ) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
    const page = (await response.json()) as LogSearchAnswer;
    for (const record of page.records) {
      const number = Number(record.attributes.find(({ key }) => key === 'number')?.value?.intValue);
      found.set(number, (found.get(number) ?? 0) + 1);
    }
    url = page.nextCursor && `${base}&cursor=${page.nextCursor}`;
  }
  return found;
}
