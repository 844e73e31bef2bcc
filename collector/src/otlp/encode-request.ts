import type { AnyValue, OtlpLogRecord, OtlpSpan, Resource, Scope } from '../api/index.ts';
import { BackwardWriter } from './backward-writer.ts';
import type { DecodedRequest, Encoding, ResourceGroup } from './decode-request.ts';
import { LIMITS } from './limits.ts';
import { defaultOf, type Field, type MessageSpec, messageSpec, type ScalarField } from './schema.ts';

const LENGTH = 2;
const WIRE_TYPES: Readonly<Record<ScalarField['kind'], number>> = {
  string: LENGTH,
  bytes: LENGTH,
  id: LENGTH,
  int64: 0,
  uint64: 0,
  uint32: 0,
  sint32: 0,
  enum: 0,
  bool: 0,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
  fixed32: 5,
};
/** Levels that stand for those of a value that was nested too deeply; its mark says no more of it. */
const MAX_RESTORED_LEVELS = 1_000;

/** A decoded request of either signal. */
export type DecodedSignal =
  | ({ readonly signal: 'logs' } & DecodedRequest<OtlpLogRecord>)
  | ({ readonly signal: 'traces' } & DecodedRequest<OtlpSpan>);

/** What decoding makes the same records of, of either signal. Values that were cut for their depth are nested again, empty. Changes the request's cut values. */
export function encodeRequest(request: DecodedSignal, encoding: Encoding): Buffer {
  for (const [value, levels] of request.cutValues) restoreLevels(value, levels);
  const message = messageOf(request);
  return encoding === 'json' ? Buffer.from(JSON.stringify(message)) : write(request.signal, message).finish();
}

/**
 * As `encodeRequest` in protobuf, of a request that stays as it is. Undefined where decoding would make other records of it, as of a text with half a pair or of
 * an id that is no hex, and where a value was cut.
 */
export function encodeExactly(request: DecodedSignal): Buffer | undefined {
  if (request.cutValues.size > 0) return undefined;
  const writer = write(request.signal, messageOf(request));
  return writer.isExact ? writer.finish() : undefined;
}

function messageOf(request: DecodedSignal): object {
  return request.signal === 'logs'
    ? { resourceLogs: around(request.groups, 'scopeLogs', 'logRecords') }
    : { resourceSpans: around(request.groups, 'scopeSpans', 'spans') };
}

function write(signal: DecodedSignal['signal'], message: object): BackwardWriter {
  const writer = new BackwardWriter();
  writeMessage(writer, messageSpec(signal === 'logs' ? 'ExportLogsServiceRequest' : 'ExportTraceServiceRequest'), message);
  return writer;
}

/** The schema URL of a resource or a scope stands in the message around it. */
function around<R>(groups: readonly ResourceGroup<R>[], scopesName: string, recordsName: string): object[] {
  return groups.map(({ resource, scopes }) => ({
    ...besideUrl('resource', resource),
    [scopesName]: scopes.map(({ scope, records }) => ({ ...besideUrl('scope', scope), [recordsName]: records })),
  }));
}

function besideUrl(name: string, { schemaUrl, ...shared }: Resource | Scope): object {
  return { [name]: shared, ...(schemaUrl !== undefined && { schemaUrl }) };
}

function restoreLevels(value: AnyValue, levels: number): void {
  let innermost = value;
  for (let level = LIMITS.depth; level < Math.min(levels, MAX_RESTORED_LEVELS); level += 1) {
    const inner: AnyValue = {};
    innermost.arrayValue = { values: [inner] };
    innermost = inner;
  }
}

function writeMessage(writer: BackwardWriter, { fields }: MessageSpec, message: object): void {
  // Whatever else it may be, an object has members by name.
  const members = message as Readonly<Record<string, unknown>>;
  for (let index = fields.length - 1; index >= 0; index -= 1) {
    const field = fields[index];
    const value = field && members[field.name];
    if (!field || value === undefined) continue;
    if (!field.isList) writeField(writer, field, value);
    else if (Array.isArray(value)) for (let at = value.length - 1; at >= 0; at -= 1) writeField(writer, field, value[at]);
  }
}

function writeField(writer: BackwardWriter, field: Field, value: unknown): void {
  if (field.kind === 'message') {
    if (typeof value !== 'object' || value === null) return;
    const before = writer.length;
    writeMessage(writer, field.message, value);
    writer.varint(writer.length - before);
    writer.varint(field.number * 8 + LENGTH);
    return;
  }
  if (!field.isList && field.presence !== 'oneof' && value === defaultOf(field.kind)) return;
  writeScalar(writer, field.kind, value);
  writer.varint(field.number * 8 + WIRE_TYPES[field.kind]);
}

function writeScalar(writer: BackwardWriter, kind: ScalarField['kind'], value: unknown): void {
  switch (kind) {
    case 'string':
      writer.varint(writer.text(String(value), 'utf8'));
      return;
    case 'bytes':
      writer.varint(writer.text(String(value), 'base64'));
      return;
    case 'id':
      writer.varint(writer.text(String(value), 'hex'));
      return;
    case 'bool':
      writer.varint(value === true ? 1 : 0);
      return;
    case 'double':
      writer.double(Number(value));
      return;
    case 'fixed32':
      writer.fixed32(Number(value));
      return;
    case 'fixed64':
    case 'sfixed64':
      writer.fixed64(BigInt(String(value)));
      return;
    case 'sint32':
      writer.varint(((Number(value) << 1) ^ (Number(value) >> 31)) >>> 0);
      return;
    default:
      writer.varint(BigInt.asUintN(64, BigInt(String(value))));
  }
}
