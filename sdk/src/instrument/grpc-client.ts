import { type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '../context/context-values.ts';
import { headerChanges, readGivenHeaders } from '../correlation/header-changes.ts';
import { setDestination } from '../correlation/hop.ts';
import { describeMethod, isMetadata, type Metadata, setGrpcStatus } from './grpc-span.ts';
import { isMethod, isObject, wrapMethod } from './wrap-method.ts';

interface Target {
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Client spans from `Channel.createCall`, which every call of every kind of client passes once, whatever interceptors
 * and retries are around it. What the caller's own listeners do happens in the caller's context.
 */
export function patchGrpcClient(channelPrototype: object): void {
  wrapMethod(
    channelPrototype,
    'createCall',
    (original) =>
      function (path, ...rest) {
        const call = Reflect.apply(original, this, [path, ...rest]);
        const caller = context.active();
        if (typeof path !== 'string' || !isObject(call) || isTracingSuppressed(caller)) return call;
        const target = parseTarget(targetOf(this));
        const { name, attributes } = describeMethod(path);
        wrapMethod(
          call,
          'start',
          (start) =>
            function (metadata, listener) {
              if (!isMetadata(metadata) || !isObject(listener)) return Reflect.apply(start, this, [metadata, listener]);
              const span = trace.getTracer('@threadline/sdk/grpc').startSpan(
                name,
                {
                  kind: SpanKind.CLIENT,
                  attributes: {
                    ...attributes,
                    'server.address': target.host,
                    ...(target.port === undefined ? {} : { 'server.port': target.port }),
                  },
                },
                caller,
              );
              inject(setDestination(trace.setSpan(caller, span), target.host), metadata);
              followListener(listener, caller, span);
              return Reflect.apply(start, this, [metadata, listener]);
            },
        );
        return call;
      },
  );
}

function inject(outgoing: Context, metadata: Metadata): void {
  const given = readGivenHeaders((name) => {
    const values = metadata.get(name);
    return values.length === 0 ? undefined : values.join(',');
  });
  for (const [name, value] of Object.entries(headerChanges(outgoing, given))) {
    if (value === undefined) metadata.remove(name);
    else metadata.set(name, value);
  }
}

function followListener(listener: object, caller: Context, span: Span): void {
  for (const name of ['onReceiveMetadata', 'onReceiveMessage', 'onReceiveStatus']) {
    wrapMethod(
      listener,
      name,
      (original) =>
        function (...args) {
          if (name === 'onReceiveStatus') endWithStatus(span, args[0]);
          return context.with(caller, () => Reflect.apply(original, this, args));
        },
    );
  }
}

function endWithStatus(span: Span, status: unknown): void {
  const code: unknown = isObject(status) ? Reflect.get(status, 'code') : undefined;
  const details: unknown = isObject(status) ? Reflect.get(status, 'details') : undefined;
  setGrpcStatus(span, 'client', typeof code === 'number' ? code : 2, String(details ?? ''));
  span.end();
}

function targetOf(channel: unknown): string {
  const getTarget: unknown = isObject(channel) ? Reflect.get(channel, 'getTarget') : undefined;
  return isMethod(getTarget) ? String(Reflect.apply(getTarget, channel, [])) : '';
}

/** `dns:///orders:50051`, `ipv4:10.0.0.1:80`, `unix:/run/x.sock`: gRPC's naming document. A Unix socket is on this machine. */
export function parseTarget(target: string): Target {
  if (target.startsWith('unix')) return { host: 'localhost', port: undefined };
  const authority =
    target
      .replace(/^(dns|ipv4|ipv6|xds|passthrough):/, '')
      .replace(/^\/\/[^/]*\//, '')
      .split(',')[0] ?? '';
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(authority);
  if (match === null) return { host: authority, port: undefined };
  return { host: match[1] ?? match[2] ?? '', port: match[3] === undefined ? undefined : Number(match[3]) };
}
