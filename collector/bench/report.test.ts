import { describe, expect, it } from 'vitest';
import { formatReport } from './report.ts';
import type { IngestFigures, RunFacts, ServerFigures } from './results.ts';
import { spreadOf } from './spread.ts';

const facts: RunFacts = {
  date: '2026-11-26',
  machine: { cores: 2, processor: 'a processor', memoryGib: 24, node: 'v24.0.0', loadAverage: 0.1 },
  seed: 42,
  logs: 1_000,
  spans: 0,
  connections: 4,
};

function ingest(recordsPerCpuSecond: number): IngestFigures {
  return {
    records: 1_000,
    wireBytesARecord: 360,
    recordsPerCpuSecond,
    recordsPerCpuSecondOfFifths: spreadOf([recordsPerCpuSecond]),
    acknowledgedPerSecond: 1_000,
    acknowledgedPerSecondOfFifths: spreadOf([1_000]),
    acknowledgementMillis: { p50: 1, p99: 2 },
    refusedRequests: 0,
    settleSeconds: 1,
    storedBytesARecord: 60,
    peakMemoryBytes: 100_000_000,
  };
}

function server(name: string, options: { recordsPerCpuSecond: number; uuidMillis: number; found?: number }): ServerFigures {
  const answers = { uuid: { millis: spreadOf([options.uuidMillis]), cpuMillis: options.uuidMillis, found: options.found ?? 1 } };
  const logs = ingest(options.recordsPerCpuSecond);
  return { name, version: '1', ingest: { logs }, quiet: answers, whileIngesting: answers, restartMillis: spreadOf([100]) };
}

const ours = server('Threadline', { recordsPerCpuSecond: 120_000, uuidMillis: 2 });

describe('the report', () => {
  it('says by how much a figure is behind its aim, that one is met, and which question there is no answer to', () => {
    const report = formatReport({ main: { ...facts, server: ours } });
    expect(report).toMatch(/\| logs per CPU-second, all work until settled \| 240,000 \| 120,000 \|.*\| \*\*behind 2\.0 times\*\* \|/);
    expect(report).toMatch(/\| one uuid in messages \| 3 ms \| 2 ms \|.*\| met \|/);
    expect(report).toMatch(/\| p95 of a numeric attribute by service \|.*\*\*not measured\*\* \|/);
  });

  it('puts each peer beside it with a ratio over 1 where Threadline is ahead, whichever way the figure counts', () => {
    const peer = server('Peer', { recordsPerCpuSecond: 60_000, uuidMillis: 1 });
    const report = formatReport({
      main: { ...facts, server: ours },
      peers: { ...facts, ours, servers: [peer], absent: ['Other: not at hand'] },
    });
    expect(report).toContain('| logs per CPU-second, all work until settled | 120,000 | 60,000 | 2.00× |');
    expect(report).toContain('| one uuid in messages | 2 ms | 1 ms | 0.50× |');
    expect(report).toContain('Not measured: Other: not at hand.');
  });

  it('compares a peer with what was measured in the same run, not with what came later', () => {
    const peer = server('Peer', { recordsPerCpuSecond: 60_000, uuidMillis: 1 });
    const later = server('Threadline', { recordsPerCpuSecond: 180_000, uuidMillis: 2 });
    const report = formatReport({ main: { ...facts, server: later }, peers: { ...facts, ours, servers: [peer], absent: [] } });
    expect(report).toContain('| logs per CPU-second, all work until settled | 240,000 | 180,000 |');
    expect(report).toContain('| logs per CPU-second, all work until settled | 120,000 | 60,000 | 2.00× |');
  });

  it('names a question that a peer answers with another number of rows', () => {
    const peer = server('Peer', { recordsPerCpuSecond: 60_000, uuidMillis: 1, found: 0 });
    const report = formatReport({ main: { ...facts, server: ours }, peers: { ...facts, ours, servers: [peer], absent: [] } });
    expect(report).toContain('Peer answers "one uuid in messages" with 0, Threadline with 1');
  });

  it('marks a selective question that takes more than half as long again with more data', () => {
    const large = server('Threadline', { recordsPerCpuSecond: 0, uuidMillis: 4 });
    const report = formatReport({ main: { ...facts, server: ours }, large: { ...facts, logs: 10_000, server: large } });
    expect(report).toMatch(/\| one uuid in messages \| 4 \|.*\| \*\*2\.00×\*\* \|/);
  });

  it('says what the collector takes in front of Elasticsearch beside plain bulks, without and with the time of the node’s compiler', () => {
    const raw = { recordsPerSecond: 20_000, nodeMicrosARecord: 60, compilerMicrosARecord: 20, collectorMicrosARecord: 0 };
    const collector = { recordsPerSecond: 17_000, nodeMicrosARecord: 65, compilerMicrosARecord: 5, collectorMicrosARecord: 10 };
    const spans = { records: 1_000, bytesADocument: 2_800, rounds: [{ raw, collector, loadAverage: 1.5 }] };
    const report = formatReport({ elasticsearch: { ...facts, ingest: { spans } } });
    expect(report).toContain('| spans | 20,000 | 17,000 | 0.85 | 60 | 75 | 10 | 20 / 5 | 1.5 |');
    expect(report).toContain('disturb least: spans 0.80 (0.80–0.80);');
    expect(report).toContain('compiler took: spans 1.00 (1.00–1.00);');
  });

  it('shows results of before the compiler’s time was told apart', () => {
    const round = { recordsPerSecond: 20_000, nodeMicrosARecord: 60, collectorMicrosARecord: 0 };
    const logs = { records: 1_000, bytesADocument: 2_800, rounds: [{ raw: round, collector: { ...round, collectorMicrosARecord: 15 } }] };
    const report = formatReport({ elasticsearch: { ...facts, ingest: { logs } } });
    expect(report).toContain('| logs | 20,000 | 20,000 | 1.00 | 60 | 75 | 15 | – / – | – |');
  });

  it('says where the next microsecond is, with what a record takes of each function', () => {
    const profile = { ...facts, logs: 1_000, spans: 1_000, scriptCpuSeconds: 0.002, lines: [{ place: 'add (rows.js:1)', percent: 45 }] };
    const report = formatReport({ profile });
    expect(report).toContain('## Where the next microsecond is');
    expect(report).toContain('| `add (rows.js:1)` | 45.0 | 0.450 |');
  });
});
