import { QUESTION_IDS, QUESTIONS } from './questions.ts';
import type { IngestFigures, ServerFigures } from './results.ts';
import type { Spread } from './spread.ts';

/** One line of the report: what is aimed for and where it stands in a server's figures. */
export interface FigureRow {
  readonly title: string;
  readonly unit: string;
  readonly aim: number;
  readonly isBetter: 'more' | 'less';
  readonly read: (figures: ServerFigures) => number | undefined;
  readonly spread?: (figures: ServerFigures) => Spread | undefined;
}

const MEGABYTE = 1_000_000;

/** The table, and what stands below it. */
export const FIGURE_ROWS: readonly FigureRow[] = [
  ...ingestRows('logs', { perCpuSecond: 240_000, storedBytes: 65 }),
  row('logs/s acknowledged', '', 300_000, 'more', {
    read: ({ ingest }) => ingest.logs?.acknowledgedPerSecond,
    spread: ({ ingest }) => ingest.logs?.acknowledgedPerSecondOfFifths,
  }),
  ...ingestRows('spans', { perCpuSecond: 200_000, storedBytes: 40 }),
  row('peak memory under load', 'MB', 400, 'less', { read: peakMegabytes }),
  row('acknowledgement p50 at full load', 'ms', 5, 'less', { read: ({ ingest }) => anySignal(ingest)?.acknowledgementMillis.p50 }),
  row('acknowledgement p99 at full load', 'ms', 40, 'less', { read: ({ ingest }) => anySignal(ingest)?.acknowledgementMillis.p99 }),
  row('acknowledged until searchable', 'ms', 1_000, 'less', {
    read: ({ searchableMillis }) => searchableMillis?.quiet.median,
    spread: ({ searchableMillis }) => searchableMillis?.quiet,
  }),
  row('the same while it ingests', 'ms', 1_000, 'less', {
    read: ({ searchableMillis }) => searchableMillis?.whileIngesting.median,
    spread: ({ searchableMillis }) => searchableMillis?.whileIngesting,
  }),
  ...QUESTION_IDS.map((id) =>
    row(QUESTIONS[id].title, 'ms', QUESTIONS[id].aimMillis, 'less', {
      read: ({ quiet }) => quiet[id]?.millis.median,
      spread: ({ quiet }) => quiet[id]?.millis,
    }),
  ),
  row('restart to ready', 'ms', 500, 'less', {
    read: (figures) => figures.restartMillis.median,
    spread: (figures) => figures.restartMillis,
  }),
  row('CPU a log at the steady rate', 'us', 20, 'less', { read: ({ steady }) => steady?.cpuMicrosALog }),
  row('CPU when idle', '% of a core', 1, 'less', { read: ({ idlePercent }) => idlePercent }),
];

function ingestRows(signal: 'logs' | 'spans', aims: { readonly perCpuSecond: number; readonly storedBytes: number }): FigureRow[] {
  return [
    row(`${signal} per CPU-second, all work until settled`, '', aims.perCpuSecond, 'more', {
      read: ({ ingest }) => ingest[signal]?.recordsPerCpuSecond,
      spread: ({ ingest }) => ingest[signal]?.recordsPerCpuSecondOfFifths,
    }),
    row(`bytes on disk a ${signal === 'logs' ? 'log' : 'span'}, filters included`, '', aims.storedBytes, 'less', {
      read: ({ ingest }) => ingest[signal]?.storedBytesARecord,
    }),
  ];
}

function row(
  title: string,
  unit: string,
  aim: number,
  isBetter: FigureRow['isBetter'],
  values: Pick<FigureRow, 'read' | 'spread'>,
): FigureRow {
  return { title, unit, aim, isBetter, ...values };
}

/** Acknowledgements are measured of logs where a server takes them. */
function anySignal(ingest: ServerFigures['ingest']): IngestFigures | undefined {
  return ingest.logs ?? ingest.spans;
}

function peakMegabytes({ ingest }: ServerFigures): number | undefined {
  const peaks = [ingest.logs, ingest.spans].flatMap((figures) => (figures === undefined ? [] : [figures.peakMemoryBytes / MEGABYTE]));
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}
