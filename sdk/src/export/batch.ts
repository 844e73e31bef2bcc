import { randomBytes } from 'node:crypto';
import { encodingOf } from './encodings.ts';
import { readParts } from './protobuf-reader.ts';

export const SIGNALS = ['traces', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

export function isSignal(value: unknown): value is Signal {
  return SIGNALS.some((signal) => signal === value);
}

/** What is sent in one request. It keeps its key through every retry, on disk and in the next process. */
export interface Batch {
  readonly signal: Signal;
  /** 32 hex digits, random: the `idempotency-key`, by which the collector stores a repeated batch once. */
  readonly key: string;
  /** How many spans or log records. */
  readonly itemCount: number;
  /** Milliseconds since the epoch at which it was made. */
  readonly createdMillis: number;
  /** OTLP, in the encoding that `encodingOf` tells. */
  readonly body: Uint8Array;
}

/** What was lost for good, and what is known about it. */
export interface Loss {
  readonly signal: Signal;
  /** How many spans or log records. */
  readonly count: number;
  /** For a person, without values of the app's. */
  readonly reason: string;
  /** Traces that are incomplete because of it, as far as they are known. */
  readonly traceIds: Iterable<string>;
}

/** The most traces that are named of what was lost. */
export const MAX_TRACE_IDS = 100;

/** The collector forgets keys after 24 hours; half of that leaves room for clocks and for a last try that hangs. */
export const MAX_BATCH_AGE_MILLIS = 12 * 3600 * 1000;

/** A key that no other batch has. */
export function createBatchKey(): string {
  return randomBytes(16).toString('hex');
}

/** A span begins with its trace, a link of one does not; a log record has it in the middle. */
const JSON_TRACE_IDS = { traces: /\{"traceId":"([0-9a-f]{32})"/g, logs: /"traceId":"([0-9a-f]{32})"/g } as const;
/** The field `trace_id` of a span and of a log record. */
const TRACE_ID_FIELD = { traces: 1, logs: 9 } as const;

/** The traces of a batch's spans or records, at most `max`. Never throws: of a body that is broken those up to that place. */
export function traceIdsOf(batch: Pick<Batch, 'signal' | 'body'>, max = MAX_TRACE_IDS): string[] {
  const ids = new Set<string>();
  try {
    for (const id of encodingOf(batch.body) === 'json' ? jsonTraceIds(batch) : protobufTraceIds(batch)) {
      ids.add(id);
      if (ids.size === max) break;
    }
  } catch {
    // What was found is what is known.
  }
  return [...ids];
}

function* jsonTraceIds({ signal, body }: Pick<Batch, 'signal' | 'body'>): Generator<string> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  for (const [, id] of text.matchAll(JSON_TRACE_IDS[signal])) if (id !== undefined) yield id;
}

/** Resources, scopes and items are fields 1, 2 and 2 of what they are in. */
function* protobufTraceIds({ signal, body }: Pick<Batch, 'signal' | 'body'>): Generator<string> {
  for (const resource of readParts(body, 1))
    for (const scope of readParts(resource, 2))
      for (const item of readParts(scope, 2))
        for (const id of readParts(item, TRACE_ID_FIELD[signal])) yield Buffer.from(id).toString('hex');
}
