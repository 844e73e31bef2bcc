import type { ChunkIndex, ColumnSpec, ColumnType } from './column-chunk.ts';
import { CompactThriftWriter } from './compact-thrift.ts';
import { CODECS, ENCODINGS } from './page-codec.ts';

/** First and last bytes of a Parquet file. */
export const MAGIC = Buffer.from('PAR1');
const CREATED_BY = 'threadline';
/** Enum numbers of parquet.thrift. */
const PHYSICAL_TYPES: Readonly<Record<ColumnType, number>> = { text: 6, code: 1, int: 1, long: 2 };
const REQUIRED = 0;
const CONVERTED_UTF8 = 0;
const VERSION = 1;

/** A row group as a footer describes it. */
export interface RowGroupIndex {
  /** Bytes from the file's start. */
  readonly at: number;
  readonly rows: number;
  /** In the order of the columns. */
  readonly chunks: readonly ChunkIndex[];
}

/**
 * The end of a Parquet file: metadata, its length, the magic bytes. All columns are required and flat; those of our own form are not named.
 * Source: apache/parquet-format, parquet.thrift.
 */
export function fileFooter(all: readonly ColumnSpec[], groups: readonly RowGroupIndex[]): Buffer {
  const columns = all.filter(({ isOurs }) => !isOurs);
  const writer = new CompactThriftWriter();
  writer.i32(1, VERSION);
  writer.structList<ColumnSpec | undefined>(2, [undefined, ...columns], (column) => {
    if (!column) writer.binary(4, 'schema').i32(5, columns.length);
    else {
      writer.i32(1, PHYSICAL_TYPES[column.type]).i32(3, REQUIRED).binary(4, column.name);
      if (column.type === 'text') writer.i32(6, CONVERTED_UTF8);
    }
  });
  writer.i64(
    3,
    groups.reduce((sum, group) => sum + group.rows, 0),
  );
  writer.structList(4, groups, (group) => writeRowGroup(writer, all, group));
  writer.binary(6, CREATED_BY);
  // What "least" and "greatest" mean: the type's own order.
  writer.structList(7, columns, () => writer.struct(1, () => undefined));
  const metadata = writer.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  return Buffer.concat([metadata, length, MAGIC]);
}

function writeRowGroup(writer: CompactThriftWriter, columns: readonly ColumnSpec[], group: RowGroupIndex): void {
  const named = [...columns.entries()].filter(([, { isOurs }]) => !isOurs);
  writer.structList(1, named, ([number, column]) => {
    const chunk = group.chunks[number];
    if (!chunk) throw new Error(`a row group without the column ${column.name}`);
    writer.i64(2, group.at + chunk.at).struct(3, () => writeChunk(writer, column, chunk, group));
  });
  writer.i64(
    2,
    group.chunks.reduce((sum, chunk) => sum + rawBytes(chunk), 0),
  );
  writer.i64(3, group.rows);
}

function writeChunk(writer: CompactThriftWriter, column: ColumnSpec, chunk: ChunkIndex, group: RowGroupIndex): void {
  const start = group.at + chunk.at;
  const dictionaryBytes = chunk.dictionary ? chunk.dictionary[0] + chunk.dictionary[1] : 0;
  writer
    .i32(1, PHYSICAL_TYPES[column.type])
    .i32List(2, chunk.dictionary ? [ENCODINGS.plain, ENCODINGS[chunk.encoding]] : [ENCODINGS[chunk.encoding]])
    .binaryList(3, [column.name])
    .i32(4, chunk.isCompressed ? CODECS.zstd : CODECS.none)
    .i64(5, group.rows)
    .i64(6, rawBytes(chunk))
    .i64(7, chunk.bytes)
    .i64(9, start + dictionaryBytes);
  if (chunk.dictionary) writer.i64(11, start);
  const { range } = chunk;
  if (range) {
    writer.struct(12, () => writer.i64(3, 0).binary(5, Buffer.from(range[1], 'base64')).binary(6, Buffer.from(range[0], 'base64')));
  }
}

/** With the pages' headers, as Parquet counts them. */
function rawBytes(chunk: ChunkIndex): number {
  const pages = chunk.dictionary ? [chunk.dictionary, ...chunk.pages] : chunk.pages;
  return pages.reduce((sum, [header, , raw]) => sum + header + raw, 0);
}
