import { parseArgs } from 'node:util';
import type { Plan } from './measure-server.ts';

export interface BenchOptions {
  readonly logs: number;
  readonly spans: number;
  readonly plan: Plan;
  readonly runsPeers: boolean;
  /** Binaries that are named; a peer without one is built where it can be. */
  readonly binaries: { readonly victoriaLogs?: string; readonly victoriaTraces?: string; readonly jaeger?: string };
  /** A data directory of a collector that is asked questions, not loaded anew. Its records are not touched, but more are added to them. */
  readonly data: string | undefined;
  readonly profiles: boolean;
  readonly measuresElasticsearch: boolean;
  /** Where bench.md and bench.json are written. */
  readonly out: string;
  /** Where the load and the servers' data are while it runs; emptied afterwards. */
  readonly work: string;
}

/** What is loaded where no option says it. In front of Elasticsearch each record costs some thirty times as much, six rounds long and twice in each. */
const DEFAULT_RECORDS = { logs: 2_000_000, spans: 1_000_000 };
const DEFAULT_RECORDS_OF_ELASTICSEARCH = { logs: 200_000, spans: 100_000 };
/** The most that the figures speak of; the load is on disk once more while it is sent. */
const MAX_RECORDS = 20_000_000;

/**
 * At 5,000 logs a second Threadline's files are merged every four seconds, and what came of that every 32: 20 seconds hold such a merge or none, and those
 * of files that the load before left. Three times as long holds each at its share.
 */
const STEADY_PARTS = 3;

const USAGE = `npm run bench -- [options]
  --logs N, --spans N     records to load (2000000 and 1000000, with --elasticsearch 200000 and 100000; at most ${MAX_RECORDS} each; 0: none)
  --seed N                of the load (42)
  --connections N         (4)
  --rate N                records a second of the steady part (5000)
  --runs N                times that each question is asked (15)
  --seconds N             of the idle part (20); the steady one takes three times as long
  --peers                 also runs the peers that are at hand, on the same bodies
  --victoria-logs FILE, --jaeger FILE, --victoria-traces FILE
                          their binaries; without one, VictoriaLogs and Jaeger are built with this machine's go
  --data DIRECTORY        asks the data of a collector that is there already instead of loading; it gets a few records more
  --profile               where the time goes: a load under Node's profiler, instead of the figures
  --elasticsearch         the collector in front of a real Elasticsearch node (needs a JDK and Maven) beside plain bulk requests, alone
  --out DIRECTORY         for bench.md and bench.json (docs)
  --work DIRECTORY        for the load and the servers' data while it runs (.cache/bench)`;

/** Throws an `Error` with the usage for an option that is unknown or not a number. */
export function parseOptions(args: readonly string[], defaults: { readonly out: string; readonly work: string }): BenchOptions {
  const { values } = readArguments(args);
  const number = (name: 'logs' | 'spans' | 'seed' | 'connections' | 'rate' | 'runs' | 'seconds', fallback: number, max = MAX_RECORDS) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!Number.isInteger(value) || value < 0 || value > max)
      throw new Error(`--${name} is not a whole number of at most ${max}.\n${USAGE}`);
    return value;
  };
  const seconds = number('seconds', 20);
  const records = values.elasticsearch === true ? DEFAULT_RECORDS_OF_ELASTICSEARCH : DEFAULT_RECORDS;
  return {
    logs: number('logs', records.logs),
    spans: number('spans', records.spans),
    plan: {
      seed: number('seed', 42),
      connections: Math.max(1, number('connections', 4, 64)),
      questionRuns: Math.max(1, number('runs', 15)),
      searchableRuns: Math.max(1, Math.ceil(number('runs', 15) / 2)),
      restarts: 3,
      idleSeconds: Math.max(1, seconds),
      steadySeconds: STEADY_PARTS * Math.max(1, seconds),
      steadyRecordsPerSecond: Math.max(500, number('rate', 5_000)),
    },
    runsPeers: values.peers === true,
    binaries: {
      ...(values['victoria-logs'] !== undefined && { victoriaLogs: values['victoria-logs'] }),
      ...(values['victoria-traces'] !== undefined && { victoriaTraces: values['victoria-traces'] }),
      ...(values.jaeger !== undefined && { jaeger: values.jaeger }),
    },
    data: values.data,
    profiles: values.profile === true,
    measuresElasticsearch: values.elasticsearch === true,
    out: values.out ?? defaults.out,
    work: values.work ?? defaults.work,
  };
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const numbers = { logs: text, spans: text, seed: text, connections: text, rate: text, runs: text, seconds: text };
  const files = { 'victoria-logs': text, 'victoria-traces': text, jaeger: text, data: text, out: text, work: text };
  try {
    return parseArgs({ args: [...args], options: { ...numbers, ...files, peers: flag, profile: flag, elasticsearch: flag } });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}
