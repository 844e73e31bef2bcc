import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { messageOf } from '../logs/exception.ts';
import { propertyOf } from '../logs/thrown-value.ts';
import { isMethod, isObject } from './wrap-method.ts';

/** Status codes that are the server's fault; the others are answers. Semantic conventions for gRPC, server side. */
const SERVER_ERROR_CODES = [2, 4, 12, 13, 14, 15];

/** gRPC's metadata, as far as it is used here. */
export interface Metadata {
  get(key: string): unknown[];
  set(key: string, value: string): void;
  remove(key: string): void;
  getMap(): Record<string, unknown>;
}

export function isMetadata(value: unknown): value is Metadata {
  return isObject(value) && ['get', 'set', 'remove', 'getMap'].every((name) => isMethod(Reflect.get(value, name)));
}

/** `/shop.Payments/Charge` as a name and as attributes. */
export function describeMethod(path: string): { readonly name: string; readonly attributes: Attributes } {
  const name = path.replace(/^\//, '');
  const slash = name.lastIndexOf('/');
  return {
    name,
    attributes: { 'rpc.system': 'grpc', 'rpc.service': name.slice(0, Math.max(slash, 0)), 'rpc.method': name.slice(slash + 1) },
  };
}

/** Sets the call's result. On a client every code but OK is an error, on a server only those that are its own fault. */
export function setGrpcStatus(span: Span, kind: 'client' | 'server', code: number, details: string): void {
  span.setAttribute('rpc.grpc.status_code', code);
  if (code === 0 || (kind === 'server' && !SERVER_ERROR_CODES.includes(code))) return;
  span.setAttribute('error.type', String(code));
  span.setStatus({ code: SpanStatusCode.ERROR, message: details });
}

/** The code that an error stands for, as grpc-js sends it: UNKNOWN for one that has none. */
export function codeOfError(error: unknown): number {
  const code: unknown = isObject(error) ? propertyOf(error, 'code') : undefined;
  return typeof code === 'number' ? code : 2;
}

/** The text that goes with an error. */
export function detailsOfError(error: unknown): string {
  const details: unknown = isObject(error) ? propertyOf(error, 'details') : undefined;
  return typeof details === 'string' ? details : messageOf(error);
}
