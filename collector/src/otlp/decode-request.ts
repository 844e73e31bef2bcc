import type { AnyValue, KeyValue, OtlpLogRecord, OtlpSpan, Resource, Scope } from '../api/index.ts';
import { walkJson } from './json-walker.ts';
import type { MessageName } from './messages.ts';
import { ObjectBuilder } from './object-builder.ts';
import { walkProtobuf } from './protobuf-walker.ts';
import { type MessageSpec, messageSpec } from './schema.ts';
import { WireValues } from './wire-values.ts';

export const ENCODINGS = ['protobuf', 'json'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Records with what they share, in the order that they were sent. */
export interface ScopeGroup<R> {
  readonly scope: Scope;
  readonly records: R[];
}
export interface ResourceGroup<R> {
  readonly resource: Resource;
  readonly scopes: readonly ScopeGroup<R>[];
}

/** An export request as objects. Ids are as they were sent, in lower case, malformed ones too. */
export interface DecodedRequest<R> {
  readonly groups: readonly ResourceGroup<R>[];
  /** Values that stand empty because arrays and maps were nested beyond `LIMITS.depth`, each with the levels that were sent. */
  readonly cutValues: ReadonlyMap<AnyValue, number>;
}

/** One record. */
export interface DecodedRecord<R> {
  readonly record: R;
  /** As of `DecodedRequest`. */
  readonly cutValues: ReadonlyMap<AnyValue, number>;
}

/**
 * Decodes an ExportLogsServiceRequest. Every field is walked: what comes back is a valid request or `malformed_body` is thrown.
 * Pure; time and memory are linear in the body.
 */
export function decodeLogs(body: Uint8Array, encoding: Encoding): DecodedRequest<OtlpLogRecord> {
  const built = build(body, encoding, messageSpec('ExportLogsServiceRequest'));
  // The schema's table makes these shapes; the property tests compare every field with an encoder that is not ours.
  const { resourceLogs } = built.root as unknown as ExportLogs;
  return {
    cutValues: built.cutValues,
    groups: resourceLogs.map((group) => ({
      resource: withSchemaUrl(group.resource, group.schemaUrl),
      scopes: group.scopeLogs.map((inner) => ({ scope: withSchemaUrl(inner.scope, inner.schemaUrl), records: inner.logRecords })),
    })),
  };
}

/** Decodes an ExportTraceServiceRequest; otherwise as `decodeLogs`. */
export function decodeTraces(body: Uint8Array, encoding: Encoding): DecodedRequest<OtlpSpan> {
  const built = build(body, encoding, messageSpec('ExportTraceServiceRequest'));
  const { resourceSpans } = built.root as unknown as ExportTraces;
  return {
    cutValues: built.cutValues,
    groups: resourceSpans.map((group) => ({
      resource: withSchemaUrl(group.resource, group.schemaUrl),
      scopes: group.scopeSpans.map((inner) => ({ scope: withSchemaUrl(inner.scope, inner.schemaUrl), records: inner.spans })),
    })),
  };
}

/** Decodes one LogRecord message. Throws as `decodeLogs`. */
export function decodeLog(message: Uint8Array): DecodedRecord<OtlpLogRecord> {
  return decodePart(message, 'LogRecord');
}

/** Decodes one Span message; otherwise as `decodeLog`. */
export function decodeSpan(message: Uint8Array): DecodedRecord<OtlpSpan> {
  return decodePart(message, 'Span');
}

/** Decodes a KeyValue message of which nothing is cut. Throws as `decodeLogs`. */
export function decodeAttribute(message: Uint8Array): KeyValue {
  return decodePart<KeyValue>(message, 'KeyValue').record;
}

/** Decodes a Resource message, with the URL that stands beside it, if there is one. Undefined when a value in it was nested too deeply. Throws as `decodeLogs`. */
export function decodeResource(message: Uint8Array, schemaUrl: string): Resource | undefined {
  const { record, cutValues } = decodePart<Resource>(message, 'Resource');
  return cutValues.size > 0 ? undefined : withSchemaUrl(record, schemaUrl || undefined);
}

/** As `decodeResource`, of an InstrumentationScope. */
export function decodeScope(message: Uint8Array, schemaUrl: string): Scope | undefined {
  const { record, cutValues } = decodePart<Scope>(message, 'InstrumentationScope');
  return cutValues.size > 0 ? undefined : withSchemaUrl(record, schemaUrl || undefined);
}

/** The schema's table makes the message's shape, as above. */
function decodePart<T>(message: Uint8Array, name: MessageName): DecodedRecord<T> {
  const { root, cutValues } = build(message, 'protobuf', messageSpec(name));
  return { record: root as unknown as T, cutValues };
}

interface ExportLogs {
  readonly resourceLogs: readonly {
    readonly resource: Resource;
    readonly schemaUrl?: string;
    readonly scopeLogs: readonly { readonly scope: Scope; readonly schemaUrl?: string; readonly logRecords: OtlpLogRecord[] }[];
  }[];
}

interface ExportTraces {
  readonly resourceSpans: readonly {
    readonly resource: Resource;
    readonly schemaUrl?: string;
    readonly scopeSpans: readonly { readonly scope: Scope; readonly schemaUrl?: string; readonly spans: OtlpSpan[] }[];
  }[];
}

interface Built {
  readonly root: object;
  readonly cutValues: ReadonlyMap<AnyValue, number>;
}

function build(body: Uint8Array, encoding: Encoding, root: MessageSpec): Built {
  const builder = new ObjectBuilder(root);
  if (encoding === 'protobuf') walkProtobuf(body, root, new WireValues(body, builder));
  else walkJson(jsonText(body), root, builder);
  return builder;
}

/**
 * UTF-8, bad bytes as U+FFFD, without a byte order mark. No bytes are a request without a field in protobuf; a sender with nothing to say is answered
 * the same in JSON.
 */
export function jsonText(body: Uint8Array): string {
  return body.length === 0 ? '{}' : new TextDecoder().decode(body);
}

/** The message around a resource or scope carries its schema URL. */
function withSchemaUrl<T extends Resource | Scope>(shared: T, schemaUrl: string | undefined): T {
  if (schemaUrl !== undefined) shared.schemaUrl = schemaUrl;
  return shared;
}
