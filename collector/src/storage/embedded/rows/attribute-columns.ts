import { LEAF_CLASSES } from '../leaf-text.ts';
import { type ColumnData, DoubleBuffer, LongBuffer, TextBuffer } from '../parquet/column-buffer.ts';
import type { MemoryPool } from '../parquet/memory-pool.ts';

/** The kinds of values that have columns of their own; the others stand in the text of leaves. */
export const TYPED_CLASSES = [LEAF_CLASSES.text, LEAF_CLASSES.int, LEAF_CLASSES.double, LEAF_CLASSES.bool] as const;
export type TypedClass = (typeof TYPED_CLASSES)[number];

/** A row group with more columns than this has the other values in the text of leaves. Its index names each, so a long key has none either. */
const MAX_ATTRIBUTE_COLUMNS = 256;
const MAX_KEY_UNITS = 256;

/** The values of one key and kind in a row group: only of the rows that have it, page by page. */
export interface AttributeColumnData {
  readonly key: string;
  readonly leafClass: TypedClass;
  /** How many of each page's rows have it. */
  readonly counts: readonly number[];
  readonly data: ColumnData;
}

/** A column of attributes under way: one buffer by its kind. */
export class AttributeColumn {
  readonly key: string;
  readonly leafClass: TypedClass;
  readonly #memory: MemoryPool;
  #texts: TextBuffer | undefined;
  #longs: LongBuffer | undefined;
  #doubles: DoubleBuffer | undefined;
  readonly #counts: number[] = [];

  constructor(key: string, leafClass: TypedClass, memory: MemoryPool) {
    this.key = key;
    this.leafClass = leafClass;
    this.#memory = memory;
  }

  /** Of texts and booleans. To add a value also `count` it. */
  get texts(): TextBuffer {
    this.#texts ??= new TextBuffer(this.#memory);
    return this.#texts;
  }

  get longs(): LongBuffer {
    this.#longs ??= new LongBuffer(this.#memory);
    return this.#longs;
  }

  get doubles(): DoubleBuffer {
    this.#doubles ??= new DoubleBuffer(this.#memory);
    return this.#doubles;
  }

  /** So many values of the page were added, in the order of its rows. Pages only follow each other. */
  count(page: number, values = 1): void {
    while (this.#counts.length <= page) this.#counts.push(0);
    this.#counts[page] = (this.#counts[page] ?? 0) + values;
  }

  /** Gives about how many bytes it holds more than before. */
  addText(text: string, page: number): number {
    this.count(page);
    switch (this.leafClass) {
      case LEAF_CLASSES.int:
        this.longs.add(BigInt(text), 1);
        return 8;
      case LEAF_CLASSES.double:
        this.doubles.add(Number(text));
        return 8;
      default:
        this.texts.addText(text, 1);
        return text.length + 4;
    }
  }

  data(pages: number): AttributeColumnData {
    const counts = Array.from({ length: pages }, (_, page) => this.#counts[page] ?? 0);
    const buffer = this.leafClass === LEAF_CLASSES.int ? this.longs : this.leafClass === LEAF_CLASSES.double ? this.doubles : this.texts;
    return { key: this.key, leafClass: this.leafClass, counts, data: buffer.data() };
  }

  /** As of `ColumnBuffer`. */
  release(): void {
    this.#texts?.release();
    this.#longs?.release();
    this.#doubles?.release();
  }
}

/** The columns that a row group's attributes have, made as their keys come. */
export class AttributeColumns {
  readonly #columns = new Map<string, AttributeColumn>();
  readonly #memory: MemoryPool;

  constructor(memory: MemoryPool) {
    this.#memory = memory;
  }

  /** The column of a key's values of a kind; undefined where they stand in the text of leaves. */
  columnOf(key: string, leafClass: TypedClass): AttributeColumn | undefined {
    const name = leafClass + key;
    const known = this.#columns.get(name);
    if (known) return known;
    if (this.#columns.size >= MAX_ATTRIBUTE_COLUMNS || key.length > MAX_KEY_UNITS) return undefined;
    const made = new AttributeColumn(key, leafClass, this.#memory);
    this.#columns.set(name, made);
    return made;
  }

  /** Whether there is room for all of these columns. */
  hasRoomFor(columns: readonly { readonly key: string; readonly leafClass: string }[]): boolean {
    let size = this.#columns.size;
    for (const { key, leafClass } of columns) if (!this.#columns.has(leafClass + key)) size += 1;
    return size <= MAX_ATTRIBUTE_COLUMNS;
  }

  /** As of `ColumnBuffer`. */
  release(): void {
    for (const column of this.#columns.values()) column.release();
  }

  /** Those that have a value. */
  data(pages: number): AttributeColumnData[] {
    return [...this.#columns.values()].map((column) => column.data(pages)).filter(({ counts }) => counts.some((count) => count > 0));
  }
}

export function isTypedClass(leafClass: string): leafClass is TypedClass {
  return TYPED_CLASSES.some((typed) => typed === leafClass);
}
