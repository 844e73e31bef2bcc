import { serviceOf } from '../../../model/indexed-record.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import { requestOfRecordId } from '../../../model/record-ids.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import { isHashed, textTerm } from '../attribute-terms.ts';
import { KEYWORD_COLUMNS } from '../columns.ts';
import { encodeSharedPlaces, figureBatchField, quotedShared } from '../document.ts';
import { quotedTwice } from './document-bytes.ts';

/** What all documents of a group have alike, in the order that it stands in them. What is a member has a comma before it. */
export interface SharedBytes {
  /** The beginning of each record's id. */
  readonly idPrefix: Buffer;
  readonly service: Buffer;
  readonly scopeName: Buffer;
  /** The places of resource and scope, what of them is hashed, a span's batch, and the beginning of the record's text. */
  readonly places: Buffer;
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
    service: columnMember(KEYWORD_COLUMNS.service, columns.service),
    scopeName: columnMember(KEYWORD_COLUMNS.scope, columns.scope),
    places: Buffer.from(`${json}${hashedMember}${figureBatchField(figureBatch)},"recordText":"`),
    end: Buffer.from(
      `\\",\\"arrivalTimeUnixNano\\":\\"${arrival}\\",\\"resource\\":${quotedShared(resource)},\\"scope\\":${quotedShared(scope)}}"}\n`,
    ),
  };
  return { ...chunks, totalBytes: Object.values(chunks).reduce((sum, { length }) => sum + length, 0) };
}

function columnMember(field: string, text: string): Buffer {
  return Buffer.from(text === '' ? '' : `,"${field}":${JSON.stringify(textTerm(text))}`);
}
