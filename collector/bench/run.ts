import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MEMORY_SETTINGS } from '../../scripts/workspace/memory-settings.mjs';
import { BodyFile } from './body-file.ts';
import { chooseSamples, countRecords } from './choose-samples.ts';
import { findPeers } from './find-peers.ts';
import { BODIES_A_TRACE_GROUP, Load, RECORDS_A_BODY } from './load.ts';
import { measureElasticsearch } from './measure-elasticsearch.ts';
import { measureIngest } from './measure-ingest.ts';
import { measureServer, type PreparedLoad } from './measure-server.ts';
import { type BenchOptions, parseOptions } from './options.ts';
import { scriptCpuSeconds } from './process-figures.ts';
import { readProfiles } from './profile.ts';
import { formatReport } from './report.ts';
import type { BenchResults, RunFacts, ServerFigures } from './results.ts';
import { SIGNALS } from './servers/server.ts';
import { threadline } from './servers/threadline.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROFILE_LINES = 25;
/** Node's own interval costs a process of several threads more than what counts as settled. */
const PROFILE_INTERVAL_MICROS = 5_000;
const report = (line: string) => console.log(line);

/** `npm run bench`: prints as it goes and writes bench.md and bench.json, the parts of it that this run did not measure as they were. */
async function runBench(options: BenchOptions): Promise<void> {
  await mkdir(options.work, { recursive: true });
  await mkdir(options.out, { recursive: true });
  const facts = describeRun(options);
  report(`seed ${options.plan.seed}, load average ${facts.machine.loadAverage.toFixed(2)}`);
  const results = await readResults(options.out);
  if (options.data !== undefined) {
    await writeResults(options.out, { ...results, large: { ...facts, ...(await measureData(options, options.data)) } });
    return;
  }
  const prepared = prepareLoad(options);
  try {
    const measured = await measureLoad(options, prepared, facts);
    await writeResults(options.out, { ...results, ...measured });
  } finally {
    prepared.bodies.logs?.remove();
    prepared.bodies.spans?.remove();
  }
}

async function measureLoad(options: BenchOptions, prepared: PreparedLoad, facts: RunFacts): Promise<BenchResults> {
  if (options.profiles) return { profile: { ...facts, ...(await measureProfile(options, prepared)) } };
  if (!options.measuresElasticsearch) return measureAll(options, prepared, facts);
  const { connections } = options.plan;
  const task = (directory: string) => measureElasticsearch({ directory, prepared, connections, report });
  return { elasticsearch: { ...facts, ingest: await inDirectory(options, 'elasticsearch', task) } };
}

/** Ours, then each peer that is at hand, on the same bodies. */
async function measureAll(options: BenchOptions, prepared: PreparedLoad, facts: RunFacts): Promise<BenchResults> {
  const version = await readVersion();
  const shared = { prepared, plan: options.plan, report };
  const { figures, samples } = await inDirectory(options, 'threadline', (directory) =>
    measureServer(threadline(version), { ...shared, directory, samplesOf: chooseSamples }),
  );
  const main = { ...facts, server: figures };
  if (!options.runsPeers) return { main };
  const { kinds, absent } = await findPeers(options, path.join(options.work, 'peers'));
  const servers: ServerFigures[] = [];
  const without = [...absent];
  for (const kind of kinds) {
    try {
      const task = (directory: string) => ({ ...shared, directory, samplesOf: async () => samples });
      const { figures: theirs } = await inDirectory(options, 'peer', (directory) => measureServer(kind, task(directory)));
      servers.push(theirs);
    } catch (error) {
      // One peer's trouble costs its own figures alone.
      without.push(`${kind.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const line of without) report(`not measured: ${line}`);
  return { main, peers: { ...facts, ours: figures, servers, absent: without } };
}

/** The questions of data that are there already. */
async function measureData(options: BenchOptions, directory: string): Promise<{ logs: number; spans: number; server: ServerFigures }> {
  let counts = { logs: 0, spans: 0 };
  const { figures } = await measureServer(threadline(await readVersion()), {
    directory,
    prepared: { bodies: {}, load: new Load(options.plan.seed) },
    plan: options.plan,
    report,
    samplesOf: async (server) => {
      counts = await countRecords(server);
      return chooseSamples(server);
    },
  });
  return { ...counts, server: figures };
}

/** Where the time goes while the load is taken and until it is settled. */
async function measureProfile(
  options: BenchOptions,
  prepared: PreparedLoad,
): Promise<Omit<NonNullable<BenchResults['profile']>, keyof RunFacts>> {
  return inDirectory(options, 'profile', async (directory) => {
    const profiles = path.join(directory, 'profiles');
    const kind = threadline(await readVersion(), {
      NODE_OPTIONS: `${MEMORY_SETTINGS.NODE_OPTIONS} --cpu-prof --cpu-prof-interval=${PROFILE_INTERVAL_MICROS} --cpu-prof-dir=${profiles}`,
    });
    const server = await kind.start(path.join(directory, 'data'));
    let seconds = 0;
    try {
      for (const signal of SIGNALS) {
        const [url, bodies] = [server.ingestUrls[signal], prepared.bodies[signal]];
        if (url !== undefined && bodies !== undefined) await measureIngest(server, url, { bodies, connections: options.plan.connections });
      }
      seconds = scriptCpuSeconds(server.pid);
    } finally {
      await server.stop();
    }
    return { scriptCpuSeconds: seconds, lines: await readProfiles(profiles, PROFILE_LINES) };
  });
}

function prepareLoad({ work, logs, spans, plan }: BenchOptions): PreparedLoad {
  const load = new Load(plan.seed);
  const logBodies = Math.ceil(logs / RECORDS_A_BODY);
  // Whole traces: each has a span in so many bodies that follow each other.
  const spanBodies = Math.ceil(spans / RECORDS_A_BODY / BODIES_A_TRACE_GROUP) * BODIES_A_TRACE_GROUP;
  const bodies = {
    ...(logBodies > 0 && { logs: new BodyFile(path.join(work, 'logs.bodies'), logBodies, (body) => load.logs(body)) }),
    ...(spanBodies > 0 && { spans: new BodyFile(path.join(work, 'spans.bodies'), spanBodies, (body) => load.spans(body)) }),
  };
  return { load, bodies };
}

/** An empty directory for one server, gone afterwards. */
async function inDirectory<T>({ work }: BenchOptions, name: string, use: (directory: string) => Promise<T>): Promise<T> {
  const directory = path.join(work, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describeRun({ logs, spans, plan: { seed, connections } }: BenchOptions): RunFacts {
  const [processor] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cores: cpus().length,
      processor: processor?.model.trim() ?? 'unknown processor',
      memoryGib: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      loadAverage: loadavg()[0] ?? 0,
    },
    ...{ seed, logs, spans, connections },
  };
}

async function readVersion(): Promise<string> {
  const { version }: { readonly version: string } = JSON.parse(await readFile(path.join(ROOT, 'collector', 'package.json'), 'utf8'));
  return version;
}

async function readResults(directory: string): Promise<BenchResults> {
  const text = await readFile(path.join(directory, 'bench.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text);
}

async function writeResults(directory: string, results: BenchResults): Promise<void> {
  await writeFile(path.join(directory, 'bench.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(path.join(directory, 'bench.md'), formatReport(results));
  report(`${path.join(directory, 'bench.md')} is written`);
}

// What this process started ends in its handlers of `exit`, which a signal alone would pass by.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
await runBench(parseOptions(process.argv.slice(2), { out: path.join(ROOT, 'docs'), work: path.join(ROOT, '.cache', 'bench') })).catch(
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
