import { serviceOf } from '../../../model/indexed-record.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { requestOfRecordId } from '../../../model/record-ids.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import { isHashed } from '../attribute-terms.ts';
import { KEYWORD_COLUMNS, present } from '../columns.ts';
import { columnMember, encodeSharedPlaces, figureBatchField, quotedShared } from '../document.ts';
import { quotedTwice } from './document-bytes.ts';

/** What all documents of a group have alike, in the order that it stands in them. What is a member has a comma before it. */
export interface SharedBytes {
  /** The beginning of each record's id. */
  readonly idPrefix: Buffer;
  readonly service: Buffer;
  readonly scopeName: Buffer;
  /** The places of resource and scope. */
  readonly places: Buffer;
  /** What of them is hashed, a span's batch, and the beginning of the record's text. */
  readonly beforeRecord: Buffer;
  /** The record's text from its arrival to its end, and the end of the document. */
  readonly end: Buffer;
  /** Of all that is not a record's own. */
  readonly totalBytes: number;
}

export function sharedBytes(request: PlainRequest, { resource, scope }: WireGroup, figureBatch: string | undefined): SharedBytes {
  const columns = { service: serviceOf(resource), scope: scope.name ?? '' };
  const { json, hashed } = encodeSharedPlaces(resource, scope);
  const allHashed = [
    ...(isHashed(columns.service) ? [KEYWORD_COLUMNS.service] : []),
    ...(isHashed(columns.scope) ? [KEYWORD_COLUMNS.scope] : []),
    ...hashed,
  ];
  const hashedMember = allHashed.length === 0 ? '' : `,"hashed":${JSON.stringify(allHashed)}`;
  const arrival = quotedTwice(request.arrivalNanos.toString());
  const chunks = {
    idPrefix: Buffer.from(requestOfRecordId(request.ids(0))),
    service: Buffer.from(columnMember('service', present(columns.service))),
    scopeName: Buffer.from(columnMember('scope', present(columns.scope))),
    places: Buffer.from(json),
    beforeRecord: Buffer.from(`${hashedMember}${figureBatchField(figureBatch)},"recordText":"`),
    end: Buffer.from(
      `\\",\\"arrivalTimeUnixNano\\":\\"${arrival}\\",\\"resource\\":${quotedShared(resource)},\\"scope\\":${quotedShared(scope)}}"}\n`,
    ),
  };
  return { ...chunks, totalBytes: Object.values(chunks).reduce((sum, { length }) => sum + length, 0) };
}
