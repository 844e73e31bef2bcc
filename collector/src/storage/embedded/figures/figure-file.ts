import { closeSync, fdatasyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FigureSet, type StoredFigures } from '../../figures/figure-set.ts';
import { DRAFT_SUFFIX, type SegmentName, segmentFileName, segmentNameOf } from '../segments/segment-index.ts';

/**
 * A segment's figures, beside it: `spans-0000000007.figures` has the CRC-32 of what follows, then the JSON of a version and `StoredFigures`, packed. Like the
 * segment it is there as a whole or not at all, and never changes; where it is lost or damaged it is made of the segment's spans again.
 */
const SUFFIX = '.figures';
const SEGMENT_SUFFIX = '.parquet';
const CRC_BYTES = 4;
/** Figures of another one are made anew: what is counted has changed. */
const VERSION = 2;

export function writeFigures(directory: string, segment: SegmentName, figures: FigureSet): void {
  const packed = zstdCompressSync(Buffer.from(JSON.stringify({ version: VERSION, ...figures.stored() })));
  const head = Buffer.alloc(CRC_BYTES);
  head.writeUInt32LE(crc32(packed));
  const path = pathOf(directory, segment);
  const draft = path + DRAFT_SUFFIX;
  const file = openSync(draft, 'w');
  try {
    const bytes = Buffer.concat([head, packed]);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** Undefined where there are none, not what was written, or of another version. */
export function readFigures(directory: string, segment: SegmentName): { readonly figures: FigureSet; readonly bytes: number } | undefined {
  try {
    const bytes = readFileSync(pathOf(directory, segment));
    const packed = bytes.subarray(CRC_BYTES);
    if (bytes.length < CRC_BYTES || crc32(packed) !== bytes.readUInt32LE(0)) return undefined;
    const json = zstdDecompressSync(packed);
    const stored: StoredFigures & { readonly version?: number } = JSON.parse(json.toString());
    if (stored.version !== VERSION) return undefined;
    return { figures: FigureSet.restore(stored), bytes: json.length };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

export function removeFigures(directory: string, segment: SegmentName): void {
  rmSync(pathOf(directory, segment), { force: true });
}

/** Deletes what an end of the process left behind of segments that are gone. */
export function removeStrayFigures(directory: string, segments: readonly SegmentName[]): void {
  const known = new Set(segments.map(segmentFileName));
  for (const file of readdirSync(directory)) {
    if (!file.endsWith(SUFFIX)) continue;
    const segmentFile = file.slice(0, -SUFFIX.length) + SEGMENT_SUFFIX;
    if (segmentNameOf(segmentFile) && !known.has(segmentFile)) rmSync(join(directory, file), { force: true });
  }
}

function pathOf(directory: string, segment: SegmentName): string {
  return join(directory, segmentFileName(segment).slice(0, -SEGMENT_SUFFIX.length) + SUFFIX);
}
