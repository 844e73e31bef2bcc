import { crc32 } from 'node:zlib';
import type { QueueEntry } from '../queue.ts';

/**
 * A log file: a header, then frames, one behind the other. Numbers are little-endian.
 *
 *     file header   0  "TLLOG" 0 0, then the format's version (1)
 *                   8  the log's id, 16 bytes
 *                  24  number of the file (uint32)
 *                  28  CRC-32 of the 28 bytes before
 *
 *     frame header  0  "TLF1"
 *                   4  bytes of the payload (uint32)
 *                   8  CRC-32 of the payload
 *                  12  CRC-32 of the 12 bytes before: a length that has it can be believed
 *
 *     payload       0  flags: 1 traces (else logs), 2 JSON (else protobuf), 4 has a request digest
 *                   1  bytes of the tenant's name (uint8)
 *                   2  arrival, Unix nanoseconds (uint64)
 *                  10  the request digest, 32 bytes, where there is one
 *                   .  the tenant's name
 *                   .  the request's body, as it came, after decompression
 */
export const FILE_HEADER_BYTES = 32;
export const FRAME_HEADER_BYTES = 16;
/** The format's version is the last byte; a program that meets a greater one must not touch the file. */
const FILE_MAGIC = Buffer.from('TLLOG\0\0\x01', 'latin1');
const FRAME_MAGIC = Buffer.from('TLF1', 'latin1');
const FIXED_PAYLOAD_BYTES = 10;
const DIGEST_BYTES = 32;
/** In a payload. */
export const MAX_DIGEST_END = FIXED_PAYLOAD_BYTES + DIGEST_BYTES;
const TRACES = 1;
const JSON_BODY = 2;
const HAS_DIGEST = 4;
/** Three times of what a receiver lets in, since another protocol's body or a redacted one may grow; more is not taken, and a greater length is damage. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** A request as the log keeps it. */
export interface LogEntry extends Omit<QueueEntry, 'idempotencyKey' | 'sentBody'> {
  /** Of a request with an idempotency key: what its records' ids are made of (`model/record-ids.ts`). */
  readonly digest: Uint8Array | undefined;
}

export interface FileHeader {
  readonly version: number;
  /** In hex. */
  readonly logId: string;
  readonly file: number;
}

export function encodeFileHeader(logId: Uint8Array, file: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  FILE_MAGIC.copy(header);
  header.set(logId, 8);
  header.writeUInt32LE(file, 24);
  header.writeUInt32LE(crc32(header.subarray(0, 28)), 28);
  return header;
}

/** What a file's first bytes say; undefined when they are no header of ours, or a damaged one. */
export function parseFileHeader(header: Buffer): FileHeader | undefined {
  if (header.length < FILE_HEADER_BYTES || header.readUInt32LE(28) !== crc32(header.subarray(0, 28))) return undefined;
  if (!header.subarray(0, 7).equals(FILE_MAGIC.subarray(0, 7))) return undefined;
  return { version: header.readUInt8(7), logId: header.toString('hex', 8, 24), file: header.readUInt32LE(24) };
}

/** The bytes of an entry's frame, in pieces: the body is not copied. */
export function encodeFrame({ tenant, signal, encoding, body, arrivalNanos, digest }: LogEntry): readonly [head: Buffer, body: Uint8Array] {
  const tenantBytes = Buffer.byteLength(tenant);
  const digestBytes = digest ? DIGEST_BYTES : 0;
  const head = Buffer.allocUnsafe(FRAME_HEADER_BYTES + FIXED_PAYLOAD_BYTES + digestBytes + tenantBytes);
  let at = FRAME_HEADER_BYTES;
  head[at] = (signal === 'traces' ? TRACES : 0) | (encoding === 'json' ? JSON_BODY : 0) | (digest ? HAS_DIGEST : 0);
  head.writeUInt8(tenantBytes, at + 1);
  head.writeBigUInt64LE(arrivalNanos, at + 2);
  at += FIXED_PAYLOAD_BYTES;
  if (digest) head.set(digest, at);
  head.write(tenant, at + digestBytes);
  FRAME_MAGIC.copy(head);
  head.writeUInt32LE(head.length - FRAME_HEADER_BYTES + body.length, 4);
  head.writeUInt32LE(crc32(body, crc32(head.subarray(FRAME_HEADER_BYTES))), 8);
  head.writeUInt32LE(crc32(head.subarray(0, 12)), 12);
  return [head, body];
}

/** Bytes that an entry's frame will take, its header included. */
export function frameBytes({ tenant, body, digest }: Pick<LogEntry, 'tenant' | 'body' | 'digest'>): number {
  return FRAME_HEADER_BYTES + FIXED_PAYLOAD_BYTES + (digest ? DIGEST_BYTES : 0) + Buffer.byteLength(tenant) + body.length;
}

/** The payload's length and checksum; undefined where no whole, undamaged frame header stands. */
export function parseFrameHeader(bytes: Buffer, at: number): { readonly payloadBytes: number; readonly checksum: number } | undefined {
  if (at + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== FRAME_MAGIC.readUInt32LE(0)) return undefined;
  if (bytes.readUInt32LE(at + 12) !== crc32(bytes.subarray(at, at + 12))) return undefined;
  const payloadBytes = bytes.readUInt32LE(at + 4);
  return payloadBytes > MAX_PAYLOAD_BYTES ? undefined : { payloadBytes, checksum: bytes.readUInt32LE(at + 8) };
}

/** Where the next frame may begin, from `at` on; -1 when nowhere in these bytes. */
export function findFrame(bytes: Buffer, at: number): number {
  return bytes.indexOf(FRAME_MAGIC, at);
}

/** The entry of a payload; undefined when its checksum is another or it is none of ours. The body is a part of `payload`. */
export function parsePayload(payload: Buffer, checksum: number): LogEntry | undefined {
  if (payload.length < FIXED_PAYLOAD_BYTES || crc32(payload) !== checksum) return undefined;
  const flags = payload.readUInt8(0);
  const tenantBytes = payload.readUInt8(1);
  const digestEnd = FIXED_PAYLOAD_BYTES + (flags & HAS_DIGEST ? DIGEST_BYTES : 0);
  if (flags > (TRACES | JSON_BODY | HAS_DIGEST) || payload.length < digestEnd + tenantBytes) return undefined;
  return {
    tenant: payload.toString('utf8', digestEnd, digestEnd + tenantBytes),
    signal: flags & TRACES ? 'traces' : 'logs',
    encoding: flags & JSON_BODY ? 'json' : 'protobuf',
    arrivalNanos: payload.readBigUInt64LE(2),
    digest: flags & HAS_DIGEST ? payload.subarray(FIXED_PAYLOAD_BYTES, digestEnd) : undefined,
    body: payload.subarray(digestEnd + tenantBytes),
  };
}

/** The digest at the start of a payload of which at least `MAX_DIGEST_END` bytes, or all, are given; undefined when it has none. */
export function digestOf(payload: Buffer): Uint8Array | undefined {
  if (payload.length < MAX_DIGEST_END || (payload.readUInt8(0) & HAS_DIGEST) === 0) return undefined;
  return payload.subarray(FIXED_PAYLOAD_BYTES, MAX_DIGEST_END);
}
