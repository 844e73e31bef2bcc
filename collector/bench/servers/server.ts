import type { HttpRequest } from '../http-client.ts';
import type { QuestionId } from '../questions.ts';
import type { Sample } from '../samples.ts';

export const SIGNALS = ['logs', 'spans'] as const;
export type Signal = (typeof SIGNALS)[number];

/** A question in a server's own words, and how many rows, traces, links or matches the answer has: unequal counts are unequal work. */
export interface Query extends HttpRequest {
  readonly count: (answer: string) => number;
}

/** One kind of server that can be measured. */
export interface ServerKind {
  readonly name: string;
  /** What it is, for the report: a version, a commit, the path that was named. */
  readonly version: string;
  readonly signals: readonly Signal[];
  /** Resolves when it answers. Its data are in the directory, which may have data of it already. */
  start(directory: string): Promise<RunningServer>;
}

export interface RunningServer {
  readonly pid: number;
  /** Where OTLP/HTTP protobuf of each signal goes; undefined where it takes none. */
  readonly ingestUrls: { readonly [S in Signal]?: string };
  /** From the start of the process to its first answer. */
  readonly readyMillis: number;
  /** Threadline's own API; undefined on peers. */
  readonly threadlineApi?: string;
  /** Undefined where the server has no such question. */
  ask(question: QuestionId, sample: Sample): Query | undefined;
  /** Whether a log with this word in its message is found; undefined where it keeps no logs. */
  findWord(word: string): Query | undefined;
  /** What records take on disk once all is settled, filters included. */
  storedBytes(): Promise<number>;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
}
