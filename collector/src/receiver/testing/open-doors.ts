import type { LogRecord, Span } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { normalizeLogs, normalizeSpans } from '../../model/normalize.ts';
import { idsByDigest, idsByPosition, requestDigest } from '../../model/record-ids.ts';
import { decodeLogs, decodeTraces } from '../../otlp/decode-request.ts';
import { LIMITS } from '../../otlp/limits.ts';
import type { AppendResult, Queue, QueueEntry } from '../../queue/queue.ts';
import { Admission, type AdmissionLimits } from '../admission.ts';
import type { Door } from '../door.ts';
import { createExportHandler } from '../export-handler.ts';
import { createGrpcDoor } from '../grpc-door.ts';
import { createHttpDoor, type HttpDoorOptions } from '../http-door.ts';
import { createIngestKeyCheck } from '../ingest-key.ts';
import type { Refusal } from '../refusal.ts';

export interface OpenDoorsOptions {
  readonly ingestKey?: string;
  readonly limits?: AdmissionLimits;
  readonly timeouts?: HttpDoorOptions['timeouts'];
  /** Stands for the log's disk: what it throws is the queue's word, until it resolves nothing is safe. */
  readonly write?: () => Promise<void>;
}

/** Both doors on ports that the system gave, in front of a queue in memory, with what came through. */
export interface OpenDoors {
  readonly httpUrl: string;
  readonly httpPort: number;
  readonly grpcAddress: string;
  readonly queue: Queue;
  readonly logs: LogRecord[];
  readonly spans: Span[];
  readonly faults: unknown[];
  readonly refusals: Refusal[];
  /** Data points of each request of metrics. */
  readonly metrics: number[];
  close(): Promise<void>;
}

export async function openDoors({
  ingestKey,
  limits = LIMITS,
  timeouts,
  write = async () => undefined,
}: OpenDoorsOptions = {}): Promise<OpenDoors> {
  const logs: LogRecord[] = [];
  const spans: Span[] = [];
  const faults: unknown[] = [];
  const refusals: Refusal[] = [];
  const metrics: number[] = [];
  const onRefused = (refusal: Refusal): number => refusals.push(refusal);
  const queue = memoryQueue({ write, logs, spans });
  const options = {
    host: '127.0.0.1',
    port: 0,
    handle: createExportHandler({
      queue,
      now: () => 1_790_000_000_000_000_000n,
      onRefused,
      onMetrics: ({ dataPoints }) => metrics.push(dataPoints),
    }),
    checkKey: createIngestKeyCheck(ingestKey),
    admission: new Admission(limits),
    onFault: (error: unknown) => faults.push(error),
    onRefused,
  };
  const http = createHttpDoor(timeouts ? { ...options, timeouts } : options);
  const grpc = createGrpcDoor(timeouts ? { ...options, withinMillis: timeouts.requestMillis } : options);
  const { signal } = new AbortController();
  await Promise.all([queue.start(signal), http.start(signal), grpc.start(signal)]);
  const httpPort = portOf(http);
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    httpPort,
    grpcAddress: `127.0.0.1:${portOf(grpc)}`,
    queue,
    logs,
    spans,
    faults,
    refusals,
    metrics,
    close: async () => {
      await Promise.all([queue.shutdown(), http.shutdown(), grpc.shutdown()]);
    },
  };
}

/** Stands for the log on disk, which has tests of its own: decodes as the collector does and keeps the records. */
function memoryQueue({ write, logs, spans }: { write: () => Promise<void>; logs: LogRecord[]; spans: Span[] }): Queue {
  const underWay = new Set<Promise<AppendResult>>();
  let isDraining = false;
  let offset = 0;
  async function append(entry: QueueEntry): Promise<AppendResult> {
    if (isDraining) throw new ThreadlineError('shutting_down', 'shutting down', { retryAfterMillis: 2_000 });
    const { idempotencyKey, arrivalNanos, body, encoding } = entry;
    const ids =
      idempotencyKey === undefined
        ? idsByPosition({ logId: 'a'.repeat(32), file: 1, offset: offset++ })
        : idsByDigest(requestDigest({ ...entry, idempotencyKey }));
    const context = { arrivalNanos, ids };
    if (entry.signal === 'logs') {
      const { outcome, records } = normalizeLogs(decodeLogs(body, encoding), context);
      if (records.length > 0) await write();
      logs.push(...records.map(({ record }) => record));
      return { acceptedCount: outcome.acceptedCount, rejectedCount: outcome.rejectedCount, message: outcome.message() };
    }
    const { outcome, records } = normalizeSpans(decodeTraces(body, encoding), context);
    if (records.length > 0) await write();
    spans.push(...records.map(({ record }) => record));
    return { acceptedCount: outcome.acceptedCount, rejectedCount: outcome.rejectedCount, message: outcome.message() };
  }
  return {
    start: async () => undefined,
    append: (entry) => {
      const appended = append(entry);
      underWay.add(appended);
      const forget = (): boolean => underWay.delete(appended);
      appended.then(forget, forget);
      return appended;
    },
    shutdown: async () => {
      isDraining = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

function portOf(door: Door): number {
  if (!door.address) throw new Error('the door does not listen');
  return door.address.port;
}
