import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedStorage } from '../../src/storage/embedded/embedded-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { crashBatch, ERRORS_PER_BATCH, LOGS_PER_BATCH, SPANS_PER_BATCH } from './crash-batches.ts';
import { readAllPages, readContext } from './reading.ts';

const WRITER = fileURLToPath(new URL('crash-writer.ts', import.meta.url));
const KILLS = 4;

/** What `kill -9` leaves: run on one directory again and again, each time with more in it. */
export function describeCrashes(): void {
  describe('a killed process', () => {
    let directory = '';
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'threadline-crash-'));
    });
    afterAll(() => rm(directory, { recursive: true, force: true }));

    it(`leaves all that it acknowledged, ${KILLS} times over, and what is written again is there once`, async () => {
      let next = 0;
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const acknowledged = await writeUntilKilled(directory, next, next + kill * 4);
        expect(acknowledged).toBeGreaterThanOrEqual(next + kill * 4);
        await withStorage(directory, async (storage) => {
          await expectBatches(storage, acknowledged);
          // The sender has no answer to its last calls and sends them again; the very last may be new.
          for (let batch = Math.max(acknowledged - 3, 0); batch <= acknowledged + 1; batch += 1) {
            const { logs, spans } = crashBatch(batch);
            await Promise.all([
              storage.writeLogs('default', logs, { mayRepeat: true }),
              storage.writeLogs('default', logs, { mayRepeat: true }),
              storage.writeSpans('default', spans, { mayRepeat: true }),
            ]);
          }
          expect((await ids(storage, 'logs')).length).toBe((acknowledged + 2) * LOGS_PER_BATCH);
          expect((await ids(storage, 'spans')).length).toBe((acknowledged + 2) * SPANS_PER_BATCH);
          const { figures } = await storage.serviceFigures({ range: {}, types: ['instance'] }, readContext('default'));
          expect(figures.map(({ counts }) => counts.spans)).toEqual([(acknowledged + 2) * SPANS_PER_BATCH]);
          const range = { fromNanos: 0n, toNanos: 2n ** 63n - 1n };
          const errors = await storage.errorGroups({ range, widthNanos: range.toNanos, order: 'count', limit: 1 }, readContext('default'));
          expect(errors.total).toBe((acknowledged + 2) * ERRORS_PER_BATCH);
        });
        next = acknowledged + 2;
      }
    });

    it('keeps its directory from others while it lives, and not after', async () => {
      const child = spawn(process.execPath, [WRITER, directory, '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        for await (const line of createInterface(child.stdout)) if (line !== '') break;
        const waiting = createEmbeddedStorage({ directory });
        await expect(waiting.start(AbortSignal.timeout(30_000))).rejects.toThrow(`in use by process ${child.pid}`);
        await kill(child);
        await waiting.start(AbortSignal.timeout(30_000));
        await waiting.shutdown();
      } finally {
        await kill(child);
      }
    });
  });
}

/** The last batch that was acknowledged before the process was killed, in the midst of writing the next ones. */
async function writeUntilKilled(directory: string, first: number, killAt: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let acknowledged = -1;
  try {
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === killAt) child.kill('SIGKILL');
    }
  } finally {
    await kill(child);
  }
  return acknowledged;
}

async function kill(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
}

async function withStorage(directory: string, action: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = createEmbeddedStorage({ directory });
  await storage.start(AbortSignal.timeout(30_000));
  try {
    await action(storage);
  } finally {
    await storage.shutdown();
  }
}

const ids = async (storage: Storage, target: 'logs' | 'spans') =>
  (await readAllPages(storage, target, { tenant: 'default', limit: 1_000 })).map((row) => row.key.id);

/** Everything acknowledged is there, once; a batch that was not may be there too, whole or in part of its two calls. */
async function expectBatches(storage: Storage, acknowledged: number): Promise<void> {
  for (const [target, perBatch] of [
    ['logs', LOGS_PER_BATCH],
    ['spans', SPANS_PER_BATCH],
  ] as const) {
    const found = await ids(storage, target);
    expect(new Set(found).size, `${target}: nothing twice`).toBe(found.length);
    expect([(acknowledged + 1) * perBatch, (acknowledged + 2) * perBatch], `${target}: whole calls`).toContain(found.length);
    const expected = Array.from({ length: acknowledged + 1 }, (_, batch) => crashBatch(batch)[target].map((record) => record.id)).flat();
    expect(
      expected.filter((id) => !new Set(found).has(id)),
      `${target}: nothing lost`,
    ).toEqual([]);
  }
}
