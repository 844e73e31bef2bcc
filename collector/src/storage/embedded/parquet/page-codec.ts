import { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { freeBytes } from '../../../free-bytes.ts';
import type { ByteSink } from './byte-sink.ts';
import { CompactThriftWriter } from './compact-thrift.ts';

/** Enum numbers of parquet.thrift; of our own encoding, which no footer names, one that says nothing. */
export const ENCODINGS = { plain: 0, rle: 3, delta: 5, deltaLength: 6, dictionary: 8, tails: 0 } as const;
export const CODECS = { none: 0, zstd: 6 } as const;
const PAGE_TYPES = { data: 0, dictionary: 2 } as const;

/** Compressed where they are by the event loop's thread: below, handing them over costs more than the work. */
const MAX_INLINE_BYTES = 32 * 1024;
/** What zstd adds at most to what it cannot make smaller. */
const ZSTD_MARGIN = 512;
/** The checksum finds a flipped bit in whatever reads the file. */
const ZSTD_PARAMS = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };

/** A page's content as it is kept. */
export async function compressPage(content: Buffer): Promise<Buffer> {
  // Told the size, zstd makes tables for that and not for a stream of any size: a tenth to a third of the time of a small page.
  const options = { params: ZSTD_PARAMS, chunkSize: roomFor(content), pledgedSrcSize: content.length };
  if (content.length <= MAX_INLINE_BYTES) return zstdCompressSync(content, options);
  return new Promise((resolve, reject) => {
    zstdCompress(content, options, (error, compressed) => (error ? reject(error) : resolve(compressed)));
  });
}

/** Copies what `compressPage` made of the content, which cannot be used any more: it stands in memory as large as the content, which is given back. */
export function appendCompressed(sink: ByteSink, compressed: Buffer, content: Buffer): void {
  sink.append(compressed);
  // Else it is a part of memory that others have parts of.
  if (compressed.buffer.byteLength === roomFor(content)) freeBytes(new Uint8Array(compressed.buffer));
}

/** Zstd is given room for all that it may make of a page, so that it never asks for more. */
function roomFor(content: Buffer): number {
  return content.length + ZSTD_MARGIN;
}

/** Throws on a damaged page. */
export function decompressPage(stored: Buffer, rawBytes: number): Buffer {
  return zstdDecompressSync(stored, { chunkSize: Math.max(rawBytes + 1, 64) });
}

/** The header in front of a page's content. */
export function pageHeader(page: {
  readonly kind: 'data' | 'dictionary';
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly values: number;
  readonly encoding: number;
}): Buffer {
  const writer = new CompactThriftWriter();
  writer.i32(1, PAGE_TYPES[page.kind]).i32(2, page.rawBytes).i32(3, page.storedBytes);
  if (page.kind === 'dictionary') writer.struct(7, () => writer.i32(1, page.values).i32(2, ENCODINGS.plain));
  else writer.struct(5, () => writer.i32(1, page.values).i32(2, page.encoding).i32(3, ENCODINGS.rle).i32(4, ENCODINGS.rle));
  return writer.finish();
}
