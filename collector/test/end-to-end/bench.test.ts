import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResults } from '../../bench/results.ts';
import { temporaryDirectory } from '../running-collector.ts';

const SCRIPT = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));
const BENCH_MILLIS = 110_000;

/** The shape alone: how fast anything is, a busy machine cannot say. */
describe('the bench', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let results: BenchResults;
  let page: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const out = path.join(directory.path, 'out');
    const noPeers = ['victoria-logs', 'victoria-traces', 'jaeger'].flatMap((name) => [`--${name}`, path.join(directory.path, name)]);
    const sizes = ['--logs', '1000', '--spans', '2500', '--seconds', '1', '--runs', '2'];
    const places = ['--out', out, '--work', path.join(directory.path, 'work')];
    await promisify(execFile)(process.execPath, [SCRIPT, ...sizes, ...places, '--peers', ...noPeers], { timeout: BENCH_MILLIS });
    results = JSON.parse(await readFile(path.join(out, 'bench.json'), 'utf8'));
    page = await readFile(path.join(out, 'bench.md'), 'utf8');
  }, BENCH_MILLIS);

  afterAll(() => directory.remove());

  it('counts what it sent and measures what that cost', () => {
    const { logs, spans } = results.main?.server.ingest ?? {};
    expect([logs?.records, spans?.records]).toEqual([1_000, 2_500]);
    for (const figures of [logs, spans]) {
      expect(figures?.recordsPerCpuSecond).toBeGreaterThan(0);
      expect(figures?.acknowledgementMillis.p99).toBeGreaterThan(0);
      expect(figures?.storedBytesARecord).toBeGreaterThan(0);
      expect(figures?.peakMemoryBytes).toBeGreaterThan(1_000_000);
    }
  });

  it('finds with every question what was loaded, also while more comes in', () => {
    const { quiet, whileIngesting } = results.main?.server ?? {};
    expect(quiet?.histogram?.found).toBe(1_000);
    expect([quiet?.uuid?.found, quiet?.correlationId?.found, quiet?.logsOfTrace?.found, quiet?.trace?.found]).toEqual([1, 1, 1, 5]);
    expect(quiet?.phraseCount?.found).toBeGreaterThan(0);
    expect(quiet?.dependencies?.found).toBeGreaterThan(0);
    expect(whileIngesting?.uuid?.found).toBe(1);
  });

  it('names the peers that are not at hand', () => {
    expect(results.peers?.servers).toEqual([]);
    expect(results.peers?.absent.map((line) => line.split(':')[0])).toEqual(['VictoriaLogs', 'VictoriaTraces', 'Jaeger']);
  });

  it('writes a page with the machine, the load and every figure', () => {
    expect(page).toContain('seed 42');
    expect(page).toContain('| logs per CPU-second, all work until settled | 240,000 |');
    expect(page).not.toMatch(/NaN|undefined/);
  });
});
