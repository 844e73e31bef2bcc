import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import { getRpcMetadata } from '../context/context-values.ts';
import { isError } from '../logs/exception.ts';
import { recordException } from '../traces/record-exception.ts';
import { isObject } from './wrap-method.ts';

/** Published by Fastify 5 around each handler, in the request's context. */
const STARTED = 'tracing:fastify.request.handler:start';
const FAILED = 'tracing:fastify.request.handler:error';

/** Names the server span by its route and puts the error that a handler threw or sent on it. Nothing is patched; returns what ends it. */
export function traceFastify(): () => void {
  subscribe(STARTED, onStarted);
  subscribe(FAILED, onFailed);
  return () => {
    unsubscribe(STARTED, onStarted);
    unsubscribe(FAILED, onFailed);
  };
}

function onStarted(message: unknown): void {
  const route: unknown = isObject(message) ? Reflect.get(message, 'route') : undefined;
  const url: unknown = isObject(route) ? Reflect.get(route, 'url') : undefined;
  const rpc = getRpcMetadata(context.active());
  // None for a request that no route answers.
  if (rpc !== undefined && typeof url === 'string') rpc.route = url;
}

function onFailed(message: unknown): void {
  const error: unknown = isObject(message) ? Reflect.get(message, 'error') : undefined;
  const rpc = getRpcMetadata(context.active());
  if (rpc !== undefined && isError(error)) recordException(rpc.span, error);
}
