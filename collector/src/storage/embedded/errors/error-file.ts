import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ErrorSet, type StoredErrors } from '../../errors/error-set.ts';
import { DRAFT_SUFFIX, type SegmentName, segmentFileName, segmentNameOf } from '../segments/segment-index.ts';

/**
 * A segment's errors, beside it: `logs-0000000007.errors` has the CRC-32 of what follows, the length of the head and, packed, the head (JSON of
 * `StoredErrors`) and the columns. It never changes. It need not outlive an end of the machine: where it is lost or damaged it is made of the segment's
 * records again.
 */
const SUFFIX = '.errors';
const SEGMENT_SUFFIX = '.parquet';
const HEAD_BYTES = 8;

export function writeErrors(directory: string, segment: SegmentName, errors: ErrorSet): void {
  const { head, columns } = errors.stored();
  const json = Buffer.from(JSON.stringify(head));
  const packed = zstdCompressSync(Buffer.concat([json, ...columns]));
  const bytes = Buffer.concat([Buffer.alloc(HEAD_BYTES), packed]);
  bytes.writeUInt32LE(json.length, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)));
  const path = errorsPath(directory, segment);
  const draft = path + DRAFT_SUFFIX;
  const file = openSync(draft, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** Undefined where there are none, or not what was written. */
export function readErrors(directory: string, segment: SegmentName): ErrorSet | undefined {
  try {
    const bytes = readFileSync(errorsPath(directory, segment));
    if (bytes.length < HEAD_BYTES || crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return undefined;
    const unpacked = zstdDecompressSync(bytes.subarray(HEAD_BYTES));
    const headLength = bytes.readUInt32LE(4);
    const head: StoredErrors = JSON.parse(unpacked.toString('utf8', 0, headLength));
    return ErrorSet.restore(head, unpacked.subarray(headLength));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

export function removeErrors(directory: string, segment: SegmentName): void {
  rmSync(errorsPath(directory, segment), { force: true });
}

/** Deletes what an end of the process left behind of segments that are gone. Gives the names of the segments that have a file. */
export function tidyErrorFiles(directory: string, segments: readonly SegmentName[]): ReadonlySet<string> {
  const known = new Set(segments.map(segmentFileName));
  const found = new Set<string>();
  for (const file of readdirSync(directory)) {
    if (!file.endsWith(SUFFIX)) continue;
    const segmentFile = file.slice(0, -SUFFIX.length) + SEGMENT_SUFFIX;
    if (known.has(segmentFile)) found.add(segmentFile);
    else if (segmentNameOf(segmentFile)) rmSync(join(directory, file), { force: true });
  }
  return found;
}

function errorsPath(directory: string, segment: SegmentName): string {
  return join(directory, segmentFileName(segment).slice(0, -SEGMENT_SUFFIX.length) + SUFFIX);
}
