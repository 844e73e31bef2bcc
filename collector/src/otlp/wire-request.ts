import type { Resource, Scope } from '../api/index.ts';
import { decodeResource, decodeScope } from './decode-request.ts';
import { LIMITS } from './limits.ts';
import type { Place } from './wire-fields.ts';

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
 * is of another form than nearly all senders use: one with a part that comes twice, is not known, is cut off or nested too deeply, or with more than
 * `LIMITS.sharedParts`. Nothing is wrong with it then, or `decodeLogs` and `decodeTraces` say what.
 */
export function splitRequest(body: Buffer): WireRequest | undefined {
  const groups: WireGroup[] = [];
  let recordCount = 0;
  const request = splitMessage(body, { start: 0, end: body.length, innerTag: TAGS.resourceGroup, sharedTag: undefined });
  if (!request) return undefined;
  let sharedParts = request.places.length / 2;
  if (sharedParts > LIMITS.sharedParts) return undefined;
  for (let at = 0; at < request.places.length; at += 2) {
    const resourceGroup = sharedGroup(body, request.places[at] ?? 0, request.places[at + 1] ?? 0);
    const resource = resourceGroup && decodeResource(resourceGroup.shared, resourceGroup.schemaUrl);
    if (!resourceGroup || !resource) return undefined;
    const scopes = resourceGroup.places;
    sharedParts += scopes.length / 2;
    if (sharedParts > LIMITS.sharedParts) return undefined;
    for (let inner = 0; inner < scopes.length; inner += 2) {
      const scopeGroup = sharedGroup(body, scopes[inner] ?? 0, scopes[inner + 1] ?? 0);
      const scope = scopeGroup && decodeScope(scopeGroup.shared, scopeGroup.schemaUrl);
      if (!scopeGroup || !scope) return undefined;
      recordCount += scopeGroup.places.length / 2;
      groups.push({ resource, scope, places: scopeGroup.places });
    }
  }
  return { body, groups, recordCount };
}

/** A message's inner ones, as `WireGroup` has places, and where its shared part and its schema's URL are: twice 0 where it has none. */
interface SplitMessage {
  readonly places: Int32Array;
  readonly shared: Place;
  readonly url: Place;
}

interface MessageForm extends Place {
  readonly innerTag: number;
  readonly sharedTag: number | undefined;
}

const NO_PLACE: Place = { start: 0, end: 0 };
/** Where places are gathered while nobody knows how many there are: a request has hundreds, and objects for them cost more than all the rest. */
let gathered = new Int32Array(2_048);

/** A message of one shared part, many inner ones and a schema's URL. */
function sharedGroup(body: Buffer, start: number, end: number) {
  const message = splitMessage(body, { start, end, innerTag: TAGS.inner, sharedTag: TAGS.shared });
  return (
    message && {
      places: message.places,
      shared: body.subarray(message.shared.start, message.shared.end),
      schemaUrl: body.toString('utf8', message.url.start, message.url.end),
    }
  );
}

/** Undefined where a field has no length, is cut off or not known, or where one comes twice that may not. */
function splitMessage(body: Buffer, { start, end, innerTag, sharedTag }: MessageForm): SplitMessage | undefined {
  let count = 0;
  let shared: Place | undefined;
  let url: Place | undefined;
  for (let at = start; at < end; ) {
    const tag = body[at] ?? 0;
    at += 1;
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
    if (tag === innerTag) {
      if (count === gathered.length) gathered = doubled(gathered);
      gathered[count] = at;
      gathered[count + 1] = at + length;
      count += 2;
    } else if (tag === sharedTag && !shared) shared = { start: at, end: at + length };
    else if (tag === TAGS.schemaUrl && sharedTag !== undefined && !url) url = { start: at, end: at + length };
    else return undefined;
    at += length;
  }
  return { places: gathered.slice(0, count), shared: shared ?? NO_PLACE, url: url ?? NO_PLACE };
}

function doubled(places: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(places.length * 2);
  larger.set(places);
  return larger;
}
