import type { Resource, Scope } from '../api/index.ts';
import { decodeResource, decodeScope } from './decode-request.ts';

/** Fields of both requests, as tags: they have the same numbers for logs and for spans. */
const TAGS = { resourceGroup: 0x0a, shared: 0x0a, inner: 0x12, schemaUrl: 0x1a } as const;

/** Records that share resource and scope. */
export interface WireGroup {
  readonly resource: Resource;
  readonly scope: Scope;
  /** Where each record's message begins and ends in the body, in turn. */
  readonly places: Int32Array;
}

/** An export request of which only what its records share is decoded. */
export interface WireRequest {
  readonly body: Buffer;
  readonly groups: readonly WireGroup[];
  readonly recordCount: number;
}

/**
 * Splits an ExportLogsServiceRequest or ExportTraceServiceRequest in protobuf into its records, which are not looked at. Undefined for a body that
 * is of another form than nearly all senders use: one with a part that comes twice, is not known, is cut off or nested too deeply. Nothing is wrong
 * with it then, or `decodeLogs` and `decodeTraces` say what.
 */
export function splitRequest(body: Buffer): WireRequest | undefined {
  const groups: WireGroup[] = [];
  let recordCount = 0;
  const outer = fields(body, 0, body.length);
  if (!outer || outer.some(({ tag }) => tag !== TAGS.resourceGroup)) return undefined;
  for (const { start, end } of outer) {
    const group = sharedGroup(body, start, end);
    const resource = group && decodeResource(group.shared, group.schemaUrl);
    if (!group || !resource) return undefined;
    for (const inner of group.inner) {
      const records = sharedGroup(body, inner.start, inner.end);
      const scope = records && decodeScope(records.shared, records.schemaUrl);
      if (!records || !scope) return undefined;
      const places = new Int32Array(records.inner.length * 2);
      for (const [index, record] of records.inner.entries()) {
        places[index * 2] = record.start;
        places[index * 2 + 1] = record.end;
      }
      recordCount += records.inner.length;
      groups.push({ resource, scope, places });
    }
  }
  return { body, groups, recordCount };
}

interface Field {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** A message of one shared part, many inner ones and a schema's URL. */
function sharedGroup(body: Buffer, start: number, end: number) {
  const all = fields(body, start, end);
  if (!all) return undefined;
  const inner: Field[] = [];
  let shared: Field | undefined;
  let url: Field | undefined;
  for (const field of all) {
    if (field.tag === TAGS.inner) inner.push(field);
    else if (field.tag === TAGS.shared && !shared) shared = field;
    else if (field.tag === TAGS.schemaUrl && !url) url = field;
    else return undefined;
  }
  return {
    inner,
    shared: shared ? body.subarray(shared.start, shared.end) : Buffer.alloc(0),
    schemaUrl: url ? body.toString('utf8', url.start, url.end) : '',
  };
}

/** The fields of a message, all of which have a length; undefined when one has none or is cut off. */
function fields(body: Buffer, start: number, end: number): Field[] | undefined {
  const found: Field[] = [];
  for (let at = start; at < end; ) {
    const tag = body[at] ?? 0;
    at += 1;
    if ((tag & 7) !== 2 || tag >= 0x80) return undefined;
    let length = 0;
    // A length of four bytes is more than any body has.
    for (let shift = 0; ; shift += 7) {
      const byte = body[at] ?? 0x80;
      if (at >= end || shift > 21) return undefined;
      at += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (length > end - at) return undefined;
    found.push({ tag, start: at, end: at + length });
    at += length;
  }
  return found;
}
