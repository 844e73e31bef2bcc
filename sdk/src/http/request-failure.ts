import { context } from '@opentelemetry/api';
import { getRpcMetadata, type RpcMetadata } from '../context/context-values.ts';
import { recordException } from '../traces/record-exception.ts';
import { runningOf } from './emit-in-context.ts';

/** The server span of Node's own request; also where a framework's hook or middleware goes on in a context that is none of the request's. */
export function serverOf(request: object): RpcMetadata | undefined {
  return getRpcMetadata(runningOf(request) ?? context.active());
}

/**
 * Puts what a request failed with on its server span, once, however many layers of a framework hand it on and whichever other requests failed with the
 * same object. Anything can be thrown and passed on: an error, a text, an object with a status.
 */
export function recordRequestFailure(rpc: RpcMetadata, failure: unknown): void {
  if (failure === undefined || failure === null || failure === '') return;
  rpc.failures ??= new Set();
  if (rpc.failures.has(failure)) return;
  rpc.failures.add(failure);
  recordException(rpc.span, failure);
}
