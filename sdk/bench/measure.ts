import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Child, startChild } from './child.ts';
import type { Project } from './install.ts';
import type { Variant } from './variants.ts';

/** A variant with its installed project. */
export interface Candidate {
  readonly variant: Variant;
  readonly project: Project;
}

/** What one variant came to. */
export interface Figures {
  readonly title: string;
  readonly name: string;
  /** Processor time of the process for one request, one value a round. */
  readonly cpuMicrosPerRequest: readonly number[];
  /** From the start of the process until it listens, one value a start. */
  readonly startMillis: readonly number[];
  readonly startCpuMillis: readonly number[];
  /** The resident set at the end of a run, one value a process. */
  readonly residentMiB: readonly number[];
  readonly spansPerRequest: number;
  readonly logsPerRequest: number;
  readonly installedBytes: number;
  readonly packageCount: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly requests: number;
  readonly warmUpRequests: number;
  readonly callers: number;
  readonly starts: number;
  /** How many processes of each variant the memory is read in. */
  readonly memoryRuns: number;
  log(line: string): void;
}

/** What has been sent last needs the time after which an SDK sends what is no full batch; OpenTelemetry's default for spans is the longest. */
const SETTLE_MILLIS = 6000;

interface Running extends Candidate {
  readonly service: Child;
  readonly port: number;
  readonly cpuMicrosPerRequest: number[];
}

/**
 * Starts everything, then lets the variants take turns: round by round, so that whatever disturbs the machine disturbs all of
 * them. Each has a process of its own; callers, the called service and the collector's stand-in share another.
 */
export async function measure(candidates: readonly Candidate[], options: MeasureOptions): Promise<Figures[]> {
  const peer = await startChild(join(import.meta.dirname, 'peer.ts'));
  const ports = { downstream: Number(fieldOf(peer.first, 'downstreamPort')), collector: Number(fieldOf(peer.first, 'collectorPort')) };
  const running: Running[] = [];
  try {
    const starts = await measureStarts(candidates, ports, options);
    for (const candidate of candidates) {
      const service = await startService(candidate, ports);
      running.push({ ...candidate, service, port: Number(fieldOf(service.first, 'port')), cpuMicrosPerRequest: [] });
    }
    for (const one of running) await drive(peer, one, options.warmUpRequests, options.callers);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const one of running) await runRound(peer, one, options);
      options.log(
        `round ${round}: ${running.map((one) => `${one.variant.name} ${one.cpuMicrosPerRequest.at(-1)?.toFixed(0)}`).join(', ')} µs a request`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLIS));
    const requests = options.warmUpRequests + options.rounds * options.requests;
    const figures: Figures[] = [];
    for (const one of running) {
      const received = await peer.ask({ take: one.variant.name });
      figures.push({
        title: one.variant.title,
        name: one.variant.name,
        cpuMicrosPerRequest: one.cpuMicrosPerRequest,
        ...(starts.get(one.variant.name) ?? { startMillis: [], startCpuMillis: [] }),
        residentMiB: [],
        spansPerRequest: Number(fieldOf(received, 'spans')) / requests,
        logsPerRequest: Number(fieldOf(received, 'logs')) / requests,
        installedBytes: one.project.installedBytes,
        packageCount: one.project.packageCount,
      });
    }
    for (const { service } of running.splice(0)) await service.end();
    const residents = await measureMemory(candidates, { ...options, requests }, { peer, ports });
    return figures.map((one) => ({ ...one, residentMiB: residents.get(one.name) ?? [] }));
  } finally {
    for (const { service } of running) await service.end();
    await peer.end();
  }
}

interface Ports {
  readonly downstream: number;
  readonly collector: number;
}

type Starts = Pick<Figures, 'startMillis' | 'startCpuMillis'>;

async function measureStarts(candidates: readonly Candidate[], ports: Ports, options: MeasureOptions): Promise<Map<string, Starts>> {
  const starts = new Map(candidates.map(({ variant }) => [variant.name, { startMillis: [] as number[], startCpuMillis: [] as number[] }]));
  for (let index = 0; index < options.starts; index += 1) {
    for (const candidate of candidates) {
      const service = await startService(candidate, ports);
      const known = starts.get(candidate.variant.name);
      known?.startMillis.push(Number(fieldOf(service.first, 'startMillis')));
      known?.startCpuMillis.push(Number(fieldOf(service.first, 'startCpuMicros')) / 1000);
      await service.end();
    }
  }
  for (const [name, { startMillis }] of starts) options.log(`start of ${name}: ${Math.min(...startMillis).toFixed(0)} ms at the least`);
  return starts;
}

/**
 * Several processes of each variant, one at a time, each with as many requests as those before had. One says little: by how V8
 * happened to grow its heap and to compile, one process keeps up to 20 MiB more than another that does the same.
 */
async function measureMemory(
  candidates: readonly Candidate[],
  { memoryRuns, requests, callers, log }: MeasureOptions,
  { peer, ports }: { readonly peer: Child; readonly ports: Ports },
): Promise<Map<string, number[]>> {
  const residents = new Map(candidates.map(({ variant }) => [variant.name, [] as number[]]));
  for (let run = 1; run <= memoryRuns; run += 1) {
    for (const candidate of candidates) {
      const service = await startService(candidate, ports);
      try {
        await drive(peer, { ...candidate, port: Number(fieldOf(service.first, 'port')) }, requests, callers);
        residents.get(candidate.variant.name)?.push(Number(fieldOf(await service.ask('memory'), 'residentBytes')) / 2 ** 20);
      } finally {
        await service.end();
      }
    }
    log(`memory ${run}: ${[...residents].map(([name, values]) => `${name} ${values.at(-1)?.toFixed(0)}`).join(', ')} MiB`);
  }
  return residents;
}

function startService({ variant, project }: Candidate, ports: Ports): Promise<Child> {
  const { preload } = variant;
  const imported = preload?.startsWith('./') ? pathToFileURL(join(project.folder, preload)).href : preload;
  return startChild(join(project.folder, 'service.mjs'), {
    cwd: project.folder,
    execArgv: ['--expose-gc', ...(imported === undefined ? [] : ['--import', imported])],
    environment: {
      NODE_ENV: 'production',
      DOWNSTREAM: `http://127.0.0.1:${ports.downstream}`,
      OTEL_SERVICE_NAME: 'bench',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.collector}/${variant.name}`,
      ...variant.environment,
    },
  });
}

async function runRound(peer: Child, one: Running, options: MeasureOptions): Promise<void> {
  await one.service.ask('begin');
  await drive(peer, one, options.requests, options.callers);
  const ended = await one.service.ask('end');
  one.cpuMicrosPerRequest.push(Number(fieldOf(ended, 'cpuMicros')) / options.requests);
}

async function drive(peer: Child, { port, variant }: Pick<Running, 'port' | 'variant'>, requests: number, callers: number): Promise<void> {
  const failed = Number(fieldOf(await peer.ask({ load: { port, requests, callers } }), 'failed'));
  if (failed > 0) throw new Error(`${failed} of ${requests} requests to ${variant.name} failed`);
}

function fieldOf(message: unknown, name: string): unknown {
  return typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
}
