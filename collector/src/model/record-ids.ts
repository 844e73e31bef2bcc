import { createHash } from 'node:crypto';

/** Where a request stands in a collector's log: what makes the ids of its records. */
export interface LogPosition {
  /** 128 random bits in hex, made with the data directory. */
  readonly logId: string;
  /** Greater for what came later. */
  readonly file: number;
  /** Bytes before this request in the file. */
  readonly offset: number;
}

/** Hex digits: 16 million files of 256 terabytes, 16 million records a request. */
const FILE_DIGITS = 6;
const OFFSET_DIGITS = 12;
const INDEX_DIGITS = 6;
/** As many as a log id, a file and an offset have, so that ids of both kinds have one width. */
const KEY_HASH_DIGITS = 32 + FILE_DIGITS + OFFSET_DIGITS;

/** Makes the id of the record at an index of its request. Ids are lower-case hex of one width. */
export type RecordIds = (index: number) => string;

/**
 * Ids by place: (log id, file, offset, index), so that of one collector's records the later has the greater id as a string,
 * and two collectors never make the same.
 */
export function idsByPosition(position: LogPosition): RecordIds {
  return idsOfRequest(position.logId + hex(position.file, FILE_DIGITS) + hex(position.offset, OFFSET_DIGITS));
}

/** A request as its sender may send it again. */
export interface KeyedRequest {
  readonly tenant: string;
  readonly signal: string;
  readonly idempotencyKey: string;
  /** After decompression. */
  readonly body: Uint8Array;
}

/**
 * 32 bytes that are the same for the same request sent again, also to another collector or after a restart. A key's scope is the tenant and
 * the body: another body under the same key is another request.
 */
export function requestDigest({ tenant, signal, idempotencyKey, body }: KeyedRequest): Uint8Array {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  // As JSON, no two requests make one text.
  return createHash('sha256')
    .update(JSON.stringify([tenant, signal, idempotencyKey, bodyHash]))
    .digest();
}

/**
 * Keys of the parts that one request is kept as. A part belongs to its request and its place in it: equal parts are several, those of a request that
 * is sent again are known one by one, and what a sender sends again of a request, without the rest, is a request of its own. `body` is the whole one.
 */
export function keysOfParts({ idempotencyKey, body }: Pick<KeyedRequest, 'idempotencyKey' | 'body'>): (part: number) => string {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  return (part) => JSON.stringify([idempotencyKey, bodyHash, part]);
}

/** Ids by the request's digest: (digest, index). The same request meets the same ids and changes nothing. */
export function idsByDigest(digest: Uint8Array): RecordIds {
  return idsOfRequest(Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex').slice(0, KEY_HASH_DIGITS));
}

/** Ids of the records of a request, by what they share. */
export function idsOfRequest(requestId: string): RecordIds {
  return (index) => requestId + hex(index, INDEX_DIGITS);
}

/** The beginning that the ids of a request's records share, and those of no other request have. */
export function requestOfRecordId(id: string): string {
  return id.slice(0, -INDEX_DIGITS);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
