import type { QuestionId } from './questions.ts';
import type { Signal } from './servers/server.ts';
import type { Spread } from './spread.ts';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly node: string;
  /** Of one minute, before the run. */
  readonly loadAverage: number;
}

/** What was run, where and when: enough to run it again. */
export interface RunFacts {
  readonly date: string;
  readonly machine: Machine;
  readonly seed: number;
  readonly logs: number;
  readonly spans: number;
  readonly connections: number;
}

export interface IngestFigures {
  readonly records: number;
  readonly wireBytesARecord: number;
  /** All work until settled. */
  readonly recordsPerCpuSecond: number;
  /** Until the last acknowledgement, of each fifth of the load. */
  readonly recordsPerCpuSecondOfFifths: Spread;
  readonly acknowledgedPerSecond: number;
  readonly acknowledgedPerSecondOfFifths: Spread;
  readonly acknowledgementMillis: { readonly p50: number; readonly p99: number };
  /** Requests that were answered with "later" and sent again. */
  readonly refusedRequests: number;
  /** From the last acknowledgement until the server had been at rest for some seconds; null where it never was. */
  readonly settleSeconds: number | null;
  readonly storedBytesARecord: number;
  readonly peakMemoryBytes: number;
}

export interface QuestionFigures {
  readonly millis: Spread;
  /** Processor time of the server for one answer, on average: what does not depend on who else runs. Counted in steps of 10 ms over all runs. */
  readonly cpuMillis: number;
  /** Rows, traces, links or matches of the answers: the most of one. */
  readonly found: number;
}

export type AnswersOf = { readonly [Q in QuestionId]?: QuestionFigures };

export interface SteadyFigures {
  readonly recordsPerSecond: number;
  readonly cpuMicrosALog: number;
}

/** What one server came to. What it has no part for is absent. */
export interface ServerFigures {
  readonly name: string;
  readonly version: string;
  readonly ingest: { readonly [S in Signal]?: IngestFigures };
  /** Of one core, with all data and nothing to do. */
  readonly idlePercent?: number;
  readonly steady?: SteadyFigures;
  readonly searchableMillis?: { readonly quiet: Spread; readonly whileIngesting: Spread };
  readonly quiet: AnswersOf;
  /** Of the machine's processors, what neither the server nor the bench took while it was quiet: the more, the less its latencies say. */
  readonly othersPercent?: number;
  readonly whileIngesting: AnswersOf;
  readonly restartMillis: Spread;
}

/** One function of a profile, and its share of all that was sampled. */
export interface ProfileLine {
  readonly place: string;
  readonly percent: number;
}

export interface ElasticsearchRound {
  readonly recordsPerSecond: number;
  /** But for `compilerMicrosARecord`; runs of before have that in it. */
  readonly nodeMicrosARecord: number;
  /** What the node took to compile its own code, as it does in its first minutes whoever sends: it falls to one of a pair more than to the other. */
  readonly compilerMicrosARecord?: number;
  /** 0 where documents were sent that had been made before. */
  readonly collectorMicrosARecord: number;
}

/** Both in turn. The machine's load average is that as the first of them began; runs of before did not note it. */
export interface ElasticsearchPair {
  readonly raw: ElasticsearchRound;
  readonly collector: ElasticsearchRound;
  readonly loadAverage?: number;
}

/** The collector in front of Elasticsearch beside `_bulk` requests of ready documents, by turns. */
export interface ElasticsearchFigures {
  readonly records: number;
  readonly bytesADocument: number;
  readonly rounds: readonly ElasticsearchPair[];
}

/** docs/bench.json: each part is of the run that measured it last. */
export interface BenchResults {
  readonly main?: RunFacts & { readonly server: ServerFigures };
  readonly large?: RunFacts & { readonly server: ServerFigures };
  /** `ours`: of the same run, which may not be that of `main` any more. */
  readonly peers?: RunFacts & {
    readonly ours: ServerFigures;
    readonly servers: readonly ServerFigures[];
    readonly absent: readonly string[];
  };
  readonly elasticsearch?: RunFacts & { readonly ingest: { readonly [S in Signal]?: ElasticsearchFigures } };
  /** `scriptCpuSeconds`: what the threads took that were sampled. */
  readonly profile?: RunFacts & { readonly lines: readonly ProfileLine[]; readonly scriptCpuSeconds: number };
}
