import type { Figures } from './measure.ts';

/** What was measured, as docs/bench-sdk.json keeps it. */
export interface Results {
  readonly measuredAt: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Of the machine over a minute, before and after. */
  readonly loadAverages: readonly [before: number, after: number];
  readonly rounds: number;
  readonly requests: number;
  readonly warmUpRequests: number;
  readonly callers: number;
  readonly figures: readonly Figures[];
}

/** The page for people. The first of the figures is what the others are compared with. */
export function renderReport(results: Results): string {
  const [bare, ...others] = results.figures;
  if (bare === undefined) return '';
  const rows = [bare, ...others].map((figures) => renderRow(figures, bare));
  return `# What the SDK costs

Measured by \`npm run bench:sdk\` on ${results.measuredAt} at ${results.commit}: ${results.cpu}, ${results.cores} cores, Node ${results.node}, load average
${results.loadAverages.map((load) => load.toFixed(1)).join(' before and ')} after.

An Express 5 service with one downstream \`fetch\` and one winston line a request, ${results.callers} callers at once, everything sampled and sent. Callers, the
called service and a stand-in for the collector run in another process. Processor time is what \`process.cpuUsage()\` says inside of the service, for
one request; the smallest of ${results.rounds} rounds of ${results.requests} requests after ${results.warmUpRequests} to warm up, the services in turn, and behind it the median and the largest. A
start is the time from the process's start until it listens, the smallest of ${bare.startMillis.length}, with its processor time. Memory is the resident set after a
collection at the end of ${results.warmUpRequests + results.rounds * results.requests} requests, the median of ${bare.residentMiB.length} processes of each, one at a time, and behind it the smallest and the largest: processes of
one kind differ by how far V8 happened to let their heap grow and by what its compilers had in hand at once. Installed is what npm adds to a project that has express and winston.

| | processor time a request | over no SDK | median, largest | start | over no SDK | processor time of a start | memory over no SDK | smallest, largest | installed | spans and records a request |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function renderRow(figures: Figures, bare: Figures): string {
  const { cpuMicrosPerRequest: cpu, startMillis, startCpuMillis } = figures;
  const isBare = figures === bare;
  const share = (least(cpu) / least(bare.cpuMicrosPerRequest) - 1) * 100;
  const megabytes = (figures.installedBytes - bare.installedBytes) / 1e6;
  const cells = [
    figures.title,
    `${least(cpu).toFixed(0)} µs`,
    isBare ? '' : `**${signed(share)} %**`,
    `${median(cpu).toFixed(0)}, ${Math.max(...cpu).toFixed(0)} µs`,
    `${least(startMillis).toFixed(0)} ms`,
    isBare ? '' : `**${signed(least(startMillis) - least(bare.startMillis))} ms**`,
    `${least(startCpuMillis).toFixed(0)} ms`,
    isBare ? '' : `**${signed(median(figures.residentMiB) - median(bare.residentMiB))} MiB**`,
    `${least(figures.residentMiB).toFixed(0)}, ${Math.max(...figures.residentMiB).toFixed(0)} MiB`,
    isBare ? '' : `${megabytes.toFixed(1)} MB, ${figures.packageCount - bare.packageCount} packages`,
    `${figures.spansPerRequest.toFixed(2)}, ${figures.logsPerRequest.toFixed(2)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(0)}`;
}

function least(values: readonly number[]): number {
  return Math.min(...values);
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
