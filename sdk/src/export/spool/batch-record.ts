import zlib, { gunzipSync } from 'node:zlib';
import type { Batch, Signal } from '../batch.ts';

/**
 * A batch in a spool file. A file is nothing but records, one behind the other; numbers are little-endian.
 *
 *      0  u32  MAGIC
 *      4  u8   state: 0 waiting, 1 settled (taken by the collector or given up); not part of the checksum
 *      5  u8   body: 0 as it is, 1 gzip
 *      6  u16  0
 *      8  u32  length of the body
 *     12  u32  spans or log records in it
 *     16  u64  milliseconds since the epoch at which the batch was made
 *     24  16   key
 *     40  u32  CRC-32 of bytes 5 to 39 and of the body
 *     44       body
 */
const MAGIC = 0x31_62_6c_74; // tlb1
const HEADER_BYTES = 44;
export const STATE_OFFSET = 4;
const WAITING = 0;
/** What is written over a record's state, at `stateOffset` of its place, when it needs no more sending. */
export const SETTLED_BYTE = Uint8Array.of(1);
/** Longer than any batch; a length beyond it is a broken one. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The bytes of a record. `stored` is the batch's body, or what gzip made of it. */
export function encodeRecord(batch: Batch, stored: Uint8Array, isGzip: boolean): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + stored.length);
  record.writeUInt32LE(MAGIC, 0);
  record.writeUInt8(WAITING, STATE_OFFSET);
  record.writeUInt8(isGzip ? 1 : 0, 5);
  record.writeUInt32LE(stored.length, 8);
  record.writeUInt32LE(batch.itemCount, 12);
  record.writeBigUInt64LE(BigInt(batch.createdMillis), 16);
  record.write(batch.key, 24, 'hex');
  record.set(stored, HEADER_BYTES);
  record.writeUInt32LE(checksum(record), 40);
  return record;
}

/** A whole record of a file. */
export interface FoundRecord {
  /** From the start of the file. */
  readonly stateOffset: number;
  readonly isWaiting: boolean;
  readonly bytes: Buffer;
}

export interface FoundRecords {
  readonly records: readonly FoundRecord[];
  /** Bytes at the end that are the beginning of a record: its writer died, or is not done. */
  readonly tornBytes: number;
  /** How many places could not be read for another reason. */
  readonly broken: number;
}

/** Reads a file. What is broken is stepped over, to the next record that can be read. */
export function findRecords(file: Buffer): FoundRecords {
  const records: FoundRecord[] = [];
  let broken = 0;
  let offset = 0;
  while (offset < file.length) {
    const length = recordLength(file, offset);
    if (length === 'torn') return { records, tornBytes: file.length - offset, broken };
    const bytes = length === 'broken' ? undefined : file.subarray(offset, offset + length);
    if (bytes === undefined || checksum(bytes) !== bytes.readUInt32LE(40)) {
      broken += 1;
      offset = nextRecord(file, offset + 1);
      continue;
    }
    records.push({ stateOffset: offset + STATE_OFFSET, isWaiting: bytes[STATE_OFFSET] === WAITING, bytes });
    offset += bytes.length;
  }
  return { records, tornBytes: 0, broken };
}

/** The batch of a record that `findRecords` found. */
export function decodeRecord(bytes: Buffer, signal: Signal): Batch {
  const stored = bytes.subarray(HEADER_BYTES);
  return {
    signal,
    ...recordFacts(bytes),
    key: bytes.toString('hex', 24, 40),
    body: bytes.readUInt8(5) === 1 ? gunzipSync(stored) : stored,
  };
}

/** What is known without unpacking it. */
export function recordFacts(bytes: Buffer): Pick<Batch, 'itemCount' | 'createdMillis'> {
  return { itemCount: bytes.readUInt32LE(12), createdMillis: Number(bytes.readBigUInt64LE(16)) };
}

function recordLength(file: Buffer, offset: number): number | 'torn' | 'broken' {
  const left = file.length - offset;
  if (left >= 4 && file.readUInt32LE(offset) !== MAGIC) return 'broken';
  if (left < HEADER_BYTES) return 'torn';
  const bodyLength = file.readUInt32LE(offset + 8);
  if (bodyLength > MAX_BODY_BYTES) return 'broken';
  if (bodyLength <= left - HEADER_BYTES) return HEADER_BYTES + bodyLength;
  // A broken length in the middle of a file would take all that is behind it for a torn tail.
  return nextRecord(file, offset + 1) < file.length ? 'broken' : 'torn';
}

function nextRecord(file: Buffer, from: number): number {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  const found = file.indexOf(magic, from);
  return found === -1 ? file.length : found;
}

function checksum(record: Buffer): number {
  // Not imported by its name: an older Node could not even load this file to be told what it lacks.
  return zlib.crc32(record.subarray(HEADER_BYTES), zlib.crc32(record.subarray(STATE_OFFSET + 1, 40)));
}
