import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyFile } from './body-file.ts';
import { HttpClient } from './http-client.ts';
import { type Load, RECORDS_A_BODY } from './load.ts';
import { measureIngest } from './measure-ingest.ts';
import { measureQuestions } from './measure-questions.ts';
import { measureSearchable } from './measure-searchable.ts';
import { cpuSeconds, machineCpuSeconds, settle } from './process-figures.ts';
import type { AnswersOf, IngestFigures, ServerFigures, SteadyFigures } from './results.ts';
import type { Sample } from './samples.ts';
import { sendSteadily } from './send-load.ts';
import { type RunningServer, type ServerKind, SIGNALS, type Signal } from './servers/server.ts';
import { spreadOf } from './spread.ts';

/** How much is measured. */
export interface Plan {
  readonly seed: number;
  readonly connections: number;
  readonly questionRuns: number;
  readonly searchableRuns: number;
  readonly restarts: number;
  readonly idleSeconds: number;
  readonly steadySeconds: number;
  readonly steadyRecordsPerSecond: number;
}

/** The load: what is sent as fast as it is taken, and where further bodies come from. */
export interface PreparedLoad {
  readonly bodies: { readonly [S in Signal]?: BodyFile };
  readonly load: Load;
}

export interface Measured {
  readonly figures: ServerFigures;
  /** What was asked for; for the next server. */
  readonly samples: readonly Sample[];
}

/** A directory that may have data in it already, and what is to be done with it. */
export interface Task {
  readonly directory: string;
  readonly prepared: PreparedLoad;
  readonly plan: Plan;
  readonly samplesOf: (server: RunningServer) => Promise<readonly Sample[]>;
  readonly report: (line: string) => void;
}

/** Everything of one server, from the first request to its restart, each part after the one before has settled. */
export async function measureServer(kind: ServerKind, { directory, prepared, plan, samplesOf, report }: Task): Promise<Measured> {
  report(`${kind.name} ${kind.version}`);
  let server = await kind.start(directory);
  try {
    const ingest: { [S in Signal]?: IngestFigures } = {};
    for (const signal of SIGNALS) {
      const url = server.ingestUrls[signal];
      const bodies = prepared.bodies[signal];
      if (url === undefined || bodies === undefined) continue;
      ingest[signal] = await measureIngest(server, url, { bodies, connections: plan.connections });
      report(`  ${signal}: ${JSON.stringify(ingest[signal])}`);
    }
    await settle(server.pid);
    const idlePercent = await measureIdle(server, plan.idleSeconds);
    const samples = await samplesOf(server);
    const { quiet, othersPercent } = await measureQuiet(server, samples, plan.questionRuns);
    report(`  quiet: ${JSON.stringify(quiet)}, others ${othersPercent.toFixed(1)} %`);
    const underLoad = await measureUnderLoad(server, samples, prepared, plan);
    report(`  while it ingests: ${JSON.stringify(underLoad)}`);
    const restartMillis: number[] = [];
    for (let restart = 0; restart < plan.restarts; restart += 1) {
      await settle(server.pid);
      await server.stop();
      server = await kind.start(directory);
      restartMillis.push(server.readyMillis);
    }
    report(`  restarts: ${restartMillis.map(Math.round).join(', ')} ms`);
    const figures = {
      name: kind.name,
      version: kind.version,
      ingest,
      idlePercent,
      quiet,
      othersPercent,
      restartMillis: spreadOf(restartMillis),
    };
    return { figures: { ...figures, ...underLoad }, samples };
  } finally {
    await server.stop();
  }
}

async function measureQuiet(
  server: RunningServer,
  samples: readonly Sample[],
  runs: number,
): Promise<{ readonly quiet: AnswersOf; readonly othersPercent: number }> {
  const ours = () => cpuSeconds(server.pid) + cpuSeconds(process.pid);
  const before = { at: performance.now(), machine: machineCpuSeconds(), ours: ours() };
  const quiet = await measureQuestions(server, samples, runs);
  const seconds = (performance.now() - before.at) / 1_000;
  const others = machineCpuSeconds() - before.machine - (ours() - before.ours);
  return { quiet, othersPercent: Math.max(0, (others / seconds / cpus().length) * 100) };
}

async function measureIdle(server: RunningServer, seconds: number): Promise<number> {
  const before = cpuSeconds(server.pid);
  await sleep(seconds * 1_000);
  return ((cpuSeconds(server.pid) - before) / seconds) * 100;
}

/** What a log costs at a steady rate, then the questions while it goes on. */
async function measureUnderLoad(
  server: RunningServer,
  samples: readonly Sample[],
  { load, bodies }: PreparedLoad,
  plan: Plan,
): Promise<Pick<ServerFigures, 'steady' | 'searchableMillis' | 'whileIngesting'>> {
  const probes = { runs: plan.searchableRuns, seed: plan.seed };
  const searchableQuiet = await measureSearchable(server, probes);
  const signal = server.ingestUrls.logs === undefined ? 'spans' : 'logs';
  const url = server.ingestUrls[signal];
  if (url === undefined) return { whileIngesting: {} };
  const client = new HttpClient(plan.connections);
  const stop = new AbortController();
  // Behind the bodies that were sent already: all are distinct.
  const first = bodies[signal]?.count ?? 0;
  const read = (body: number) => (signal === 'logs' ? load.logs(first + body) : load.spans(first + body));
  const sending = sendSteadily({ client, url }, { read, recordsPerSecond: plan.steadyRecordsPerSecond }, stop.signal);
  try {
    const steady = await measureSteady(server, plan);
    const whileIngesting = await measureQuestions(server, samples, plan.questionRuns);
    const searchable = await measureSearchable(server, { ...probes, seed: plan.seed + 1 });
    const searchableMillis = searchableQuiet && searchable && { quiet: searchableQuiet, whileIngesting: searchable };
    return { whileIngesting, ...(signal === 'logs' && { steady }), ...(searchableMillis && { searchableMillis }) };
  } finally {
    stop.abort();
    await sending;
    client.close();
  }
}

async function measureSteady(server: RunningServer, plan: Plan): Promise<SteadyFigures> {
  // What was left by the load before is merged with the first that comes: no part of what a log costs at this rate.
  await sleep((plan.steadySeconds * 1_000) / 2);
  const before = { cpu: cpuSeconds(server.pid), at: performance.now() };
  await sleep(plan.steadySeconds * 1_000);
  const seconds = (performance.now() - before.at) / 1_000;
  const records = Math.round((seconds * plan.steadyRecordsPerSecond) / RECORDS_A_BODY) * RECORDS_A_BODY;
  return { recordsPerSecond: plan.steadyRecordsPerSecond, cpuMicrosALog: ((cpuSeconds(server.pid) - before.cpu) / records) * 1_000_000 };
}
