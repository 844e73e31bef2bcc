import { patchGrpcClient } from './grpc-client.ts';
import { patchGrpcServer } from './grpc-server.ts';
import type { ModuleHook } from './module-hook.ts';
import { isObject } from './wrap-method.ts';

const PATCHED = Symbol.for('threadline.grpc.patched');
let isFollowed = false;

/** Whether an HTTP/2 stream is a gRPC call that has spans of its own: then it needs none of HTTP's. */
export function isFollowedGrpcStream(contentType: string | undefined): boolean {
  return isFollowed && contentType?.startsWith('application/grpc') === true;
}

/** Client and server spans for @grpc/grpc-js; a span is one call, its name `package.Service/Method`. */
export function createGrpcInstrumentation(): ModuleHook {
  return {
    module: '@grpc/grpc-js',
    versions: { least: '1.8.0', below: 2 },
    patch(grpc) {
      const channel = prototypeOf(grpc, 'Channel');
      const server = prototypeOf(grpc, 'Server');
      if (channel === undefined || server === undefined || PATCHED in channel) return;
      Object.defineProperty(channel, PATCHED, { value: true });
      patchGrpcClient(channel);
      patchGrpcServer(server);
      isFollowed = true;
    },
  };
}

function prototypeOf(grpc: unknown, name: string): object | undefined {
  const exported: unknown = isObject(grpc) ? Reflect.get(grpc, name) : undefined;
  const prototype: unknown = isObject(exported) ? Reflect.get(exported, 'prototype') : undefined;
  return isObject(prototype) ? prototype : undefined;
}
