import {
  logVerbosity,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerUnaryCall,
  type StatusObject,
  type sendUnaryData,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import type { RefusalReason } from '../api/index.ts';
import { encodeExportResponse, encodeStatus } from '../otlp/encode-response.ts';
import { LIMITS } from '../otlp/limits.ts';
import type { Door, DoorOptions } from './door.ts';
import { faultStatus } from './fault-status.ts';
import { refusedRequest } from './refusal.ts';
import { SIGNALS, type SignalRow } from './signals.ts';

/** Of one connection; the admission bounds all of them together. */
const MAX_CONCURRENT_STREAMS = 100;
/** What is under way is answered within this time of a shutdown, or cut. */
const DRAIN_MILLIS = 10_000;

/** OTLP/gRPC: messages stay bytes here, the handler decodes them like any other body. Compressed messages are unpacked by gRPC. */
export function createGrpcDoor(options: DoorOptions): Door {
  // Its lines would stand between ours; what matters comes as an error.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': LIMITS.grpcMessageBytes,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_STREAMS,
    interceptors: [countUnread(options)],
  });
  for (const row of SIGNALS) server.addService({ Export: exportMethod(row) }, { Export: unaryCall(row, options) });
  let port: number | undefined;
  let closed: Promise<void> | undefined;
  return {
    start: async (signal) => {
      signal.throwIfAborted();
      port = await bind(server, options);
    },
    shutdown: () => {
      port = undefined;
      closed ??= close(server);
      return closed;
    },
    get address() {
      return port === undefined ? undefined : { host: options.host, port };
    },
  };
}

function exportMethod(row: SignalRow): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    path: `/${row.grpcService}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function unaryCall(row: SignalRow, options: DoorOptions) {
  return (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void => {
    takeExport(row, call, options).then(
      (response) => answer(null, response),
      (error: unknown) => answer(toGrpcStatus(error, options)),
    );
  };
}

async function takeExport(row: SignalRow, call: ServerUnaryCall<Buffer, Buffer>, options: DoorOptions): Promise<Buffer> {
  options.checkKey(header(call.metadata, 'authorization'));
  const ticket = options.admission.admit();
  try {
    ticket.resize(call.request.length);
    ticket.begin();
    const idempotencyKey = header(call.metadata, 'idempotency-key');
    const outcome = await options.handle({ row, encoding: 'protobuf', body: call.request, idempotencyKey });
    return encodeExportResponse(outcome, 'protobuf', row.rejectedField);
  } finally {
    ticket.release();
  }
}

function header(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return typeof value === 'string' ? value : undefined;
}

/** Retryable faults carry RetryInfo: without it a sender takes RESOURCE_EXHAUSTED and its like for final. */
function toGrpcStatus(error: unknown, { onFault, onRefused }: DoorOptions): Partial<StatusObject> {
  const { rpc, isUnexpected } = faultStatus(error);
  onRefused(refusedRequest(error));
  if (isUnexpected) onFault(error);
  const metadata = new Metadata();
  if (rpc.retryAfterMillis !== undefined) metadata.set('grpc-status-details-bin', encodeStatus(rpc, 'protobuf'));
  return { code: rpc.code, details: rpc.message, metadata };
}

/** What gRPC itself refuses before our code sees it, by the status that it answers with: only that passes here. */
const UNREAD: ReadonlyMap<number, RefusalReason> = new Map<number, RefusalReason>([
  [status.RESOURCE_EXHAUSTED, 'too_large'],
  // What is not in the encoding that it names, and an encoding that is not known.
  [status.INTERNAL, 'malformed'],
  [status.UNIMPLEMENTED, 'malformed'],
]);

function countUnread({ onRefused }: DoorOptions): ServerInterceptor {
  return (_method, call) => {
    const sendStatus = call.sendStatus.bind(call);
    let isCounted = false;
    call.sendStatus = (answer) => {
      // Our own answers have metadata, were they empty, and are counted where they are made.
      const reason = answer.metadata ? undefined : UNREAD.get(answer.code ?? status.OK);
      if (reason !== undefined && !isCounted) {
        isCounted = true;
        onRefused({ tenant: undefined, reason, requests: 1 });
      }
      sendStatus(answer);
    };
    return new ServerInterceptingCall(call);
  };
}

function bind(server: Server, { host, port }: DoorOptions): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.forceShutdown(), DRAIN_MILLIS);
    server.tryShutdown(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}
