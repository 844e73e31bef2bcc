import type { LogRecord, Span } from '../../api/index.ts';
import { normalizeLogs, normalizeSpans } from '../../model/normalize.ts';
import { decodeLogs, decodeTraces } from '../../otlp/decode-request.ts';
import { LIMITS } from '../../otlp/limits.ts';
import { DirectQueue } from '../../queue/direct-queue.ts';
import { Admission, type AdmissionLimits } from '../admission.ts';
import type { Door } from '../door.ts';
import { createExportHandler } from '../export-handler.ts';
import { createGrpcDoor } from '../grpc-door.ts';
import { createHttpDoor, type HttpDoorOptions } from '../http-door.ts';
import { createIngestKeyCheck } from '../ingest-key.ts';

export interface OpenDoorsOptions {
  readonly ingestKey?: string;
  readonly limits?: AdmissionLimits;
  readonly timeouts?: HttpDoorOptions['timeouts'];
  /** Stands for the storage: what it throws is the storage's fault, until it resolves nothing is safe. */
  readonly write?: () => Promise<void>;
}

/** Both doors on ports that the system gave, in front of the real queue, with what came through. */
export interface OpenDoors {
  readonly httpUrl: string;
  readonly httpPort: number;
  readonly grpcAddress: string;
  readonly queue: DirectQueue;
  readonly logs: LogRecord[];
  readonly spans: Span[];
  readonly faults: unknown[];
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
  const queue = new DirectQueue({
    storage: {
      writeLogs: async (_tenant, written) => {
        await write();
        logs.push(...written.map((log) => log.record));
      },
      writeSpans: async (_tenant, written) => {
        await write();
        spans.push(...written.map((span) => span.record));
      },
    },
    decodeLogs: (entry, ids) => normalizeLogs(decodeLogs(entry.body, entry.encoding), { arrivalNanos: entry.arrivalNanos, ids }),
    decodeSpans: (entry, ids) => normalizeSpans(decodeTraces(entry.body, entry.encoding), { arrivalNanos: entry.arrivalNanos, ids }),
    openIdentity: async () => ({ logId: 'a'.repeat(32), startNumber: 1 }),
    onStorageFault: (error) => faults.push(error),
  });
  const options = {
    host: '127.0.0.1',
    port: 0,
    handle: createExportHandler({ queue, now: () => 1_790_000_000_000_000_000n }),
    checkKey: createIngestKeyCheck(ingestKey),
    admission: new Admission(limits),
    onFault: (error: unknown) => faults.push(error),
  };
  const http = createHttpDoor(timeouts ? { ...options, timeouts } : options);
  const grpc = createGrpcDoor(options);
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
    close: async () => {
      await Promise.all([queue.shutdown(), http.shutdown(), grpc.shutdown()]);
    },
  };
}

function portOf(door: Door): number {
  if (!door.address) throw new Error('the door does not listen');
  return door.address.port;
}
