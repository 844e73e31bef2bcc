import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCollector, startCollector } from '../running-collector.ts';
import { poll } from '../storage-contract/reading.ts';

const RECORDS = 300_000;
const A_REQUEST = 1_000;

describe('an export of three hundred thousand records', () => {
  let directory: string;
  let collector: RunningCollector;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'threadline-export-'));
    collector = await startCollector(directory);
    for (let start = 0; start < RECORDS; start += A_REQUEST) await sendLogs(collector.otlpHttp, start);
    const total = async (): Promise<number> => {
      const response = await fetch(`${collector.ui}/api/v1/logs/histogram?from=now-1h&to=now%2B1h`);
      return ((await response.json()) as { total: number }).total;
    };
    await poll(async () => (await total()) === RECORDS, 60_000);
  });
  afterAll(async () => {
    await collector.end('SIGTERM');
    await rm(directory, { recursive: true, force: true });
  });

  it.each(['ndjson', 'csv'])('has each of them once as %s, in bounded memory', async (format) => {
    const pid = collector.process.pid;
    // From here on the greatest counts anew.
    await writeFile(`/proc/${pid}/clear_refs`, '5');
    const before = await residentBytes(pid);
    const seen = new Uint8Array(RECORDS);
    const { records, trailer } = await readExport(`${collector.ui}/api/v1/logs/export?format=${format}&from=now-1h&to=now%2B1h`, seen);
    expect(records).toBe(RECORDS);
    expect(trailer).toBe(String(RECORDS));
    expect(seen.every((times) => times === 1)).toBe(true);
    // All of it is some 180 MB, and more as JavaScript holds it.
    expect((await residentBytes(pid)) - before).toBeLessThan(150 * 1024 * 1024);
  });
});

describe('an export right after a restart', () => {
  it('has every record that was acknowledged before the kill', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'threadline-export-'));
    const records = 60 * A_REQUEST;
    let collector = await startCollector(directory);
    try {
      for (let start = 0; start < records; start += A_REQUEST) await sendLogs(collector.otlpHttp, start);
      await collector.end('SIGKILL');
      collector = await startCollector(directory);
      const seen = new Uint8Array(records);
      const exported = await readExport(`${collector.ui}/api/v1/logs/export?from=now-1h&to=now%2B1h`, seen);
      expect(exported).toEqual({ records, trailer: String(records) });
      expect(seen.every((times) => times === 1)).toBe(true);
    } finally {
      await collector.end('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    }
  });
});

/** Greatest resident set so far, Linux's own count. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

async function sendLogs(otlpHttp: string, start: number): Promise<void> {
  const nowNanos = BigInt(Date.now()) * 1_000_000n;
  const logRecords = Array.from({ length: A_REQUEST }, (_, index) => ({
    timeUnixNano: String(nowNanos + BigInt(start + index)),
    severityNumber: 9,
    body: { stringValue: `record #${start + index}; ${'some more words '.repeat(20)}` },
  }));
  const response = await fetch(`${otlpHttp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  if (!response.ok) throw new Error(`the collector answered ${response.status}`);
}

/** Notes how often each record is in it; nothing of it is kept. */
function readExport(url: string, seen: Uint8Array): Promise<{ readonly records: number; readonly trailer: string | undefined }> {
  return new Promise((resolve, reject) => {
    let records = 0;
    let rest = '';
    const outgoing = request(url, { agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        const lines = (rest + piece).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const number = /record #(\d+);/.exec(line)?.[1];
          if (number === undefined) continue;
          records += 1;
          seen[Number(number)] = (seen[Number(number)] ?? 0) + 1;
        }
      });
      response.on('error', reject);
      response.on('end', () => resolve({ records, trailer: response.trailers['x-threadline-records'] }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
