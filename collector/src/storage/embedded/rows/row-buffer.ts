import { freeBytes } from '../../../free-bytes.ts';
import type { PlainRequest } from '../../../model/plain-request.ts';
import type { IndexedLog, IndexedSpan } from '../../../model/record.ts';
import type { WireGroup } from '../../../otlp/wire-request.ts';
import type { PatternMiner } from '../../patterns/pattern-miner.ts';
import {
  COLUMN_NAMES,
  COLUMNS,
  type ColumnName,
  columnNumber,
  emptyLogColumns,
  emptySpanColumns,
  type LogColumns,
  type SpanColumns,
} from '../columns.ts';
import { TokenWriter } from '../filter/token-writer.ts';
import type { TableName } from '../layout.ts';
import { type ColumnData, createColumnBuffer, type IntBuffer, LongBuffer, TextBuffer } from '../parquet/column-buffer.ts';
import type { ColumnValue } from '../parquet/column-chunk.ts';
import { PAGE_ROWS } from '../parquet/encode-column.ts';
import { MemoryPool } from '../parquet/memory-pool.ts';
import type { TextColumn } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { AttributeColumnIndex } from '../segments/segment-index.ts';
import { type AttributeColumnData, AttributeColumns } from './attribute-columns.ts';
import { RecordEncoder } from './encode-record.ts';
import { MergedTemplates, mineTemplates } from './templates.ts';
import { type ColumnOf, WireLogRows, WireSpanRows } from './wire-rows.ts';

/** Pages of a full row group: what one read of a filter answers for, and a bit each in a number. */
const GROUP_PAGES = 32;
export const GROUP_ROWS = GROUP_PAGES * PAGE_ROWS;
/** A row group with so much in it takes no more: whoever reads a page of it unpacks at most about that. */
const MAX_GROUP_BYTES = 32 * 1024 * 1024;

/** A row group's rows, column by column, and the tokens of each of its pages. */
export interface RowGroupData {
  readonly table: TableName;
  readonly rows: number;
  readonly columns: readonly ColumnData[];
  readonly attributes: readonly AttributeColumnData[];
  /** Of logs that were given templates. */
  readonly templates: ColumnData | undefined;
  readonly pageTokens: readonly Uint32Array[];
  /** It took all that it can. */
  readonly isFull: boolean;
}

/** Rows of one row group on their way into a file. */
export class RowBuffer {
  readonly table: TableName;
  readonly #tokens = new TokenWriter();
  readonly #attributes: AttributeColumns;
  readonly #encoder: RecordEncoder;
  readonly #pageTokens: Uint32Array[] = [];
  readonly #columns: readonly ReturnType<typeof createColumnBuffer>[];
  readonly #wire: WireLogRows | WireSpanRows;
  readonly #miner: PatternMiner | undefined;
  readonly #merged: MergedTemplates | undefined;
  #rows = 0;
  #bytes = 0;

  /** With a miner, logs that are added are given templates; without one they keep those of the pages that they come from. */
  constructor(
    table: TableName,
    { miner, memory = new MemoryPool() }: { readonly miner?: PatternMiner; readonly memory?: MemoryPool } = {},
  ) {
    this.table = table;
    this.#attributes = new AttributeColumns(memory);
    this.#encoder = new RecordEncoder(this.#tokens, this.#attributes);
    this.#miner = table === 'logs' ? miner : undefined;
    this.#merged = table === 'logs' && !miner ? new MergedTemplates() : undefined;
    this.#columns = COLUMNS[table].map(({ type }) => createColumnBuffer(type, memory));
    const columnOf: ColumnOf = (name) => {
      const column = this.#columns[columnNumber(table, name) ?? -1];
      if (!column) throw new Error(`${table} have no column ${name}`);
      return column;
    };
    this.#wire =
      table === 'logs'
        ? new WireLogRows(columnOf, this.#tokens, this.#attributes)
        : new WireSpanRows(columnOf, this.#tokens, this.#attributes);
  }

  get rows(): number {
    return this.#rows;
  }

  /** How many rows it takes at most. */
  get room(): number {
    return this.#bytes >= MAX_GROUP_BYTES ? 0 : GROUP_ROWS - this.#rows;
  }

  /** As many of them as there is room for; gives how many. Of a record that cannot be encoded nothing is added, nor of those behind: then throws why. */
  addLogs(tenant: string, logs: readonly IndexedLog[]): number {
    const columns = emptyLogColumns();
    return this.#add(logs, (log) => this.#encoder.log(tenant, log, columns), columns);
  }

  /** As `addLogs`. */
  addSpans(tenant: string, spans: readonly IndexedSpan[]): number {
    const columns = emptySpanColumns();
    return this.#add(spans, (span) => this.#encoder.span(tenant, span, columns), columns);
  }

  /**
   * Rows of the request's records from the `first` on, as many as there is room for; gives how many. Of a record that cannot be encoded nothing is
   * added, nor of those behind: then throws why.
   */
  addRequest(tenant: string, request: PlainRequest, first: number): number {
    const { body, groups } = request.wire;
    let index = 0;
    for (const group of groups) {
      const { places } = group;
      const count = places.length / 2;
      if (index + count <= first) {
        index += count;
        continue;
      }
      this.#wire.startGroup(tenant, request, group);
      try {
        for (let at = Math.max(first - index, 0); at < count; at += 1) {
          if (this.room <= 0) return index + at - first;
          const start = places[2 * at] ?? 0;
          const end = places[2 * at + 1] ?? 0;
          if (this.#wire.add(body, start, end, index + at)) {
            this.#bytes += end - start;
            this.#count(1);
          } else this.#addDecoded(tenant, request, { group, index: index + at, start, end });
        }
      } finally {
        this.#wire.endGroup();
      }
      index += count;
    }
    return index - first;
  }

  #addDecoded(
    tenant: string,
    request: PlainRequest,
    { group, index, start, end }: { readonly group: WireGroup; readonly index: number; readonly start: number; readonly end: number },
  ): void {
    this.#wire.endGroup();
    if (this.table === 'logs') {
      const log = request.log(group, index, start, end);
      if (log) this.addLogs(tenant, [log]);
    } else {
      const span = request.span(group, index, start, end);
      if (span) this.addSpans(tenant, [span]);
    }
  }

  /** Whether the row group's attributes have columns here, or can have. */
  hasRoomFor(group: RowGroup): boolean {
    return this.#attributes.hasRoomFor(group.attributes);
  }

  /** Rows of another row group's page from `from` to `to`, whose tokens are among these. All must have room, as must the row group. */
  addPage(page: Page, from: number, to: number, tokens: Uint32Array): void {
    for (let start = from; start < to; ) {
      const end = Math.min(to, start + PAGE_ROWS - (this.#rows % PAGE_ROWS));
      this.#tokens.addAll(tokens);
      for (const column of page.attributes()) this.#addValues(page, column, start, end);
      this.#count(end - start);
      start = end;
    }
    this.#merged?.add(page, from, to);
    for (const [number, name] of COLUMN_NAMES[this.table].entries()) {
      const column = this.#columns[number];
      if (column) this.#bytes += addRows(column, page, name, from, to);
    }
  }

  #addValues(page: Page, column: AttributeColumnIndex, from: number, to: number): void {
    const own = this.#attributes.columnOf(column.key, column.leafClass);
    if (!own) throw new Error(`no room for a column of ${JSON.stringify(column.key)}`);
    const rows = page.attributeRows(column);
    let first = 0;
    for (let row = 0; row < from; row += 1) first += rows[row] ?? 0;
    let last = first;
    for (let row = from; row < to; row += 1) last += rows[row] ?? 0;
    own.count(this.#tokens.page, last - first);
    const values = page.attributeValues(column);
    switch (values.kind) {
      case 'doubles':
        own.doubles.addAll(values.doubles.subarray(first, last));
        this.#bytes += (last - first) * 8;
        return;
      case 'longs':
        this.#bytes += own.longs.addLongPage(values.longs, first, last);
        return;
      case 'texts':
        this.#bytes += addTexts(own.texts, values.texts, first, last);
    }
  }

  /** Everything in it. Nothing may be added after. */
  finish(): RowGroupData {
    if (this.#rows % PAGE_ROWS > 0) this.#pageTokens.push(this.#tokens.finishPage());
    const columns = this.#columns.map((column) => column.data());
    return {
      table: this.table,
      rows: this.#rows,
      columns,
      attributes: this.#attributes.data(this.#pageTokens.length),
      templates: this.#miner ? mineTemplates(this.#miner, columns, this.#rows) : this.#merged?.data(this.#rows),
      pageTokens: this.#pageTokens,
      isFull: this.room <= 0,
    };
  }

  /** Gives its memory back: neither it nor what `finish` gave may be used any more. */
  release(): void {
    for (const column of this.#columns) column.release();
    this.#attributes.release();
    for (const tokens of this.#pageTokens) freeBytes(tokens);
  }

  #add<R>(records: readonly R[], encode: (record: R) => number, columns: LogColumns | SpanColumns): number {
    let added = 0;
    try {
      for (const record of records) {
        if (this.room <= 0) break;
        this.#bytes += encode(record);
        this.#count(1);
        added += 1;
      }
    } finally {
      // Tokens of a record that was not encoded whole stay; they do no harm.
      this.#append(namedColumns(this.table, columns), 0, added);
    }
    return added;
  }

  #count(rows: number): void {
    this.#rows += rows;
    if (this.#rows % PAGE_ROWS === 0) this.#pageTokens.push(this.#tokens.finishPage());
  }

  #append(columns: readonly (readonly ColumnValue[])[], from: number, to: number): void {
    for (const [number, column] of this.#columns.entries()) this.#bytes += column.append(columns[number] ?? [], from, to);
  }
}

function namedColumns(table: TableName, columns: LogColumns | SpanColumns): readonly (readonly ColumnValue[])[] {
  const byName: Readonly<Record<string, readonly ColumnValue[]>> = columns;
  return COLUMNS[table].map(({ name }) => byName[name] ?? []);
}

/** Gives about how many bytes the column holds more than before. */
function addRows(column: TextBuffer | IntBuffer | LongBuffer, page: Page, name: ColumnName, from: number, to: number): number {
  if (column instanceof LongBuffer) return column.addLongPage(page.longs(name), from, to);
  if (column instanceof TextBuffer) return addTexts(column, page.texts(name), from, to);
  if (column.kind === 'ints') return column.addLongPage(page.longs(name), from, to);
  const { entries, indexes } = page.codes(name);
  return column.addEntries(entries, indexes, from, to);
}

function addTexts(column: TextBuffer, texts: TextColumn, from: number, to: number): number {
  return texts.entries ? column.addEntries(texts.entries, texts.indexes, from, to) : column.addTextPage(texts, from, to);
}
