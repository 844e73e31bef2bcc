import { expect, it } from 'vitest';
import type { Figures } from './measure.ts';
import { renderReport } from './report.ts';

function figures(title: string, factor: number): Figures {
  return {
    title,
    name: title,
    cpuMicrosPerRequest: [320 * factor, 300 * factor, 310 * factor],
    startMillis: [120 * factor, 100 * factor],
    startCpuMillis: [90 * factor],
    residentMiB: [104 * factor, 100 * factor, 140 * factor],
    spansPerRequest: 2,
    logsPerRequest: 1,
    installedBytes: 4e6 * factor,
    packageCount: 90 + (factor - 1) * 40,
  };
}

it('compares the smallest of each, and the median of memory, with those of the first', () => {
  const report = renderReport({
    measuredAt: '2026-01-01',
    commit: 'abc',
    node: '24.0.0',
    cpu: 'A processor',
    cores: 2,
    loadAverages: [0.5, 1.25],
    rounds: 3,
    requests: 1000,
    warmUpRequests: 2000,
    callers: 16,
    figures: [figures('no SDK', 1), figures('ours', 1.25)],
  });
  expect(report).toContain('| no SDK | 300 µs |  | 310, 320 µs | 100 ms |  | 90 ms |  | 100, 140 MiB |  | 2.00, 1.00 |');
  expect(report).toContain(
    '| ours | 375 µs | **+25 %** | 388, 400 µs | 125 ms | **+25 ms** | 113 ms | **+26 MiB** | 125, 175 MiB | 1.0 MB, 10 packages | 2.00, 1.00 |',
  );
});
