import { crc32 } from 'node:zlib';
import type { TokenIndex } from '../filter/token-index.ts';
import type { TableName } from '../layout.ts';
import type { ChunkIndex } from '../parquet/column-chunk.ts';
import type { TypedClass } from '../rows/attribute-columns.ts';

/**
 * A segment is a Parquet file that never changes:
 *
 *     PAR1 | row group … | token index | each row group's index (JSON) | index (JSON) | its length, CRC-32 and mark | Parquet's footer
 *     row group: column chunks | attribute columns | templates
 *
 * Attribute columns, templates and what stands between the row groups and the footer are ours; other programs find only what the footer names. A file with its final name is
 * whole, and what it says is what there is: the list beside it (segment-list.ts) only says which files are missing. Files of layouts 2 and 3 have all of their row groups' indexes in their own, and row groups end
 * with a filter and, while they are small, token hashes.
 */
export interface SegmentIndex {
  readonly rows: number;
  /** When its first and last rows were written, Unix milliseconds: what retention counts from. */
  readonly from: number;
  readonly to: number;
  /** Segments whose rows are in this one: where such a file is still there, it is a leftover. */
  readonly replaces: readonly number[];
  /** Absent where no row group has its tokens there. */
  readonly tokens?: TokenIndex;
  /** Of files of layouts 2 and 3 the indexes themselves. */
  readonly groups: readonly (GroupPlace | GroupIndex)[];
}

/** What of a row group decides whether it has to be read, and where its index is. */
export interface GroupPlace {
  readonly rows: number;
  /** Least and greatest time, Unix nanoseconds, decimal. */
  readonly least: string;
  readonly greatest: string;
  /** Of all its rows; absent where there are several. */
  readonly tenant?: string;
  /** It is merged into a larger one. */
  readonly isSmall?: true;
  /** Bytes from the file's start. */
  readonly index: { readonly at: number; readonly bytes: number; readonly crc: number };
}

/** A row group: what decides which of its pages have to be read, and where its parts are. */
export interface GroupIndex {
  /** Bytes from the file's start. */
  readonly at: number;
  readonly bytes: number;
  readonly rows: number;
  /** Least and greatest time of each page's rows in turn, Unix nanoseconds, decimal. */
  readonly pageTimes: readonly string[];
  /** Of one that was written by layout 2 or 3, which has no tokens in the segment's index: bytes from the row group's start, and blocks a page. */
  readonly filter?: { readonly at: number; readonly blocks: number };
  /** Of such a one: of each page, how many hashes there are; kept until the row group is merged into a larger one. */
  readonly hashes?: { readonly at: number; readonly counts: readonly number[]; readonly crc: number };
  /** How many rows of which service there are; absent where the services are many. */
  readonly services?: readonly GroupService[];
  /** In the order of the columns. */
  readonly chunks: readonly ChunkIndex[];
  /** Columns of attributes, each of a key and a kind of value. Absent in files of layout 2, whose attributes stand in the text of leaves. */
  readonly attributes?: readonly AttributeColumnIndex[];
  /** Of logs of one tenant: how many rows of each level each page has, page by page, `LEVELS.length` numbers each. */
  readonly levels?: readonly number[];
  /** Of logs: each row's template, by a dictionary of their texts (see `../patterns/template-text.ts`). Absent in older files: their rows have none. */
  readonly templates?: ChunkIndex;
}

/** The values of one key and kind: only of the rows that have it, page by page. */
export interface AttributeColumnIndex {
  readonly key: string;
  readonly leafClass: TypedClass;
  /** How many of each page's rows have it. */
  readonly counts: readonly number[];
  readonly chunk: ChunkIndex;
}

/** Rows of one tenant and service. */
export interface GroupService {
  readonly tenant: string;
  readonly service: string;
  readonly rows: number;
  /** Of spans. */
  readonly errors: number;
  /** Greatest time, Unix nanoseconds, decimal. */
  readonly lastSeen: string;
}

const MARK = Buffer.from('TLIX');
/** Length, CRC-32, mark. */
export const INDEX_TAIL_BYTES = 12;
/** Length of the footer's metadata, magic bytes. */
export const PARQUET_TAIL_BYTES = 8;

export function encodeIndex(index: SegmentIndex): Buffer {
  const json = Buffer.from(JSON.stringify(index));
  const tail = Buffer.alloc(INDEX_TAIL_BYTES);
  tail.writeUInt32LE(json.length);
  tail.writeUInt32LE(crc32(json), 4);
  MARK.copy(tail, 8);
  return Buffer.concat([json, tail]);
}

/** Bytes of the index that stands before this tail; undefined when it is none. */
export function indexBytes(tail: Buffer): number | undefined {
  return tail.length === INDEX_TAIL_BYTES && tail.subarray(8).equals(MARK) ? tail.readUInt32LE(0) : undefined;
}

/** Undefined when it is damaged. */
export function decodeIndex(json: Buffer, tail: Buffer): SegmentIndex | undefined {
  if (crc32(json) !== tail.readUInt32LE(4)) return undefined;
  return JSON.parse(json.toString());
}

export function encodeGroupIndex(index: GroupIndex): { readonly json: Buffer; readonly crc: number } {
  const json = Buffer.from(JSON.stringify(index));
  return { json, crc: crc32(json) };
}

/** Undefined when it is damaged. */
export function decodeGroupIndex(json: Buffer, crc: number): GroupIndex | undefined {
  return crc32(json) === crc ? JSON.parse(json.toString()) : undefined;
}

/** Names a segment; greater for what was written later. */
export interface SegmentName {
  readonly table: TableName;
  readonly id: number;
}

const ID_DIGITS = 10;
const FILE_NAME = /^(logs|spans)-(\d+)\.parquet$/;
/** A file under way: never read, removed at the next start. */
export const DRAFT_SUFFIX = '.draft';

export function segmentFileName({ table, id }: SegmentName): string {
  return `${table}-${String(id).padStart(ID_DIGITS, '0')}.parquet`;
}

/** Undefined for a file that is no segment. */
export function segmentNameOf(fileName: string): SegmentName | undefined {
  const [, table, id] = FILE_NAME.exec(fileName) ?? [];
  return table === 'logs' || table === 'spans' ? { table, id: Number(id) } : undefined;
}
