import type { ReadContext } from '../../storage/storage.ts';

/** A request that changes something, after Express and before the endpoint. */
export interface WriteInput {
  readonly path: Readonly<Record<string, string>>;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Parsed JSON; undefined where the endpoint takes none. */
  readonly body: unknown;
  /** Unix nanoseconds. */
  readonly nowNanos: bigint;
}

/** One endpoint that changes what the collector keeps for the UI; never records. It takes no parameters. */
export interface WriteRoute {
  /** Express's. */
  readonly path: string;
  readonly method: 'put' | 'delete';
  /** Of the body; 0: it takes none. */
  readonly maxBodyBytes: number;
  /** Throws `ThreadlineError` for what is wrong with the request before anything is read or written. */
  prepare(input: WriteInput): (context: ReadContext) => Promise<object>;
}
