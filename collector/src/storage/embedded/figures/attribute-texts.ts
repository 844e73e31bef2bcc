import { decodeLeaves } from '../leaf-text.ts';
import { type AttributeValues, type TextColumn, textOf, valueReader } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';

/** Texts of leaves without a dictionary are mostly those of older files, each unlike the others. */
const MAX_SHAPES = 1_000;

/** Where a row has the value of a key: in its own text, or in the column of this kind. */
type Place = { readonly text: string } | { readonly leafClass: string };

/** What rows with one text of leaves have alike. */
interface RowShape {
  /** By the number of the key. */
  readonly places: readonly (Place | undefined)[];
  readonly inColumns: readonly KeyColumn[];
  readonly told: readonly number[];
  readonly hash: number;
}

/** A key whose texts stand in a column, and that column of the page at hand. */
interface KeyColumn {
  readonly key: number;
  readonly leafClass: string;
  readonly onDemand: boolean;
  page: Page | undefined;
  hashOf: ColumnReader['hash'];
}

interface ColumnReader {
  readonly text: (row: number) => string;
  readonly hash: (row: number) => number;
}

/** Keys that do not always make rows unlike. */
export interface LesserKeys {
  /** These only by what is told of their text, and not at all in rows that have a text of another key. */
  readonly told?: { readonly keys: readonly string[]; readonly unless: string; readonly tell: (text: string) => boolean };
  /** These only in rows of which it is said. */
  readonly onDemand?: readonly string[];
}

/** Reads the texts of a few keys from spans' own attributes, wherever those stand. */
export class AttributeTexts {
  readonly #keys: readonly string[];
  readonly #told: ReadonlySet<number>;
  readonly #onDemand: ReadonlySet<number>;
  readonly #unless: number;
  readonly #tell: (text: string) => boolean;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #shapes = new Map<string, RowShape>();
  #page: Page | undefined;
  #texts: TextColumn | undefined;
  #columns = new Map<string, ColumnReader>();
  #row = 0;
  #shape: RowShape | undefined;
  /** Of the row's texts of these keys: alike where those are, as far as they count. */
  readonly hash = { high: 0, low: 0 };

  constructor(keys: readonly string[], { told, onDemand }: LesserKeys = {}) {
    this.#keys = keys;
    this.#numbers = new Map(keys.map((key, number) => [key, number]));
    this.#told = new Set(told?.keys.map((key) => this.#numberOf(key)));
    this.#onDemand = new Set(onDemand?.map((key) => this.#numberOf(key)));
    this.#unless = told ? this.#numberOf(told.unless) : 0;
    this.#tell = told?.tell ?? (() => false);
  }

  startPage(page: Page): void {
    this.#page = page;
    this.#texts = page.texts('attributes');
    this.#columns = new Map();
  }

  /** Goes to a row of the page: `hash` and `get` are of it from now on. `demanded`: the keys on demand count. */
  read(row: number, demanded = true): void {
    const shape = this.#shapeOf(this.#texts ? textOf(this.#texts, row) : '');
    this.#row = row;
    this.#shape = shape;
    let high = shape.hash;
    let low = ~shape.hash;
    for (const column of shape.inColumns) {
      const { key } = column;
      if (column.onDemand && !demanded) continue;
      if (column.page !== this.#page) {
        column.page = this.#page;
        column.hashOf = this.#column(key, column.leafClass).hash;
      }
      const text = column.hashOf(row);
      high = (Math.imul(high, 0xcc9e2d51) + text) | 0;
      low = Math.imul(low ^ text, 0x1b873593) + key;
    }
    if (shape.told.length > 0 && !this.#textOf(this.#unless)) {
      for (const key of shape.told) {
        const told = this.#tell(this.#textOf(key) ?? '') ? 1 : 0;
        high = (Math.imul(high, 0xcc9e2d51) + told) | 0;
        low = Math.imul(low ^ told, 0x1b873593) + key;
      }
    }
    this.hash.high = high | 0;
    this.hash.low = low | 0;
  }

  /** Of several attributes of the key the first. */
  get(key: string): string | undefined {
    return this.#textOf(this.#numberOf(key));
  }

  #numberOf(key: string): number {
    const number = this.#numbers.get(key);
    if (number === undefined) throw new Error(`${key} is not read`);
    return number;
  }

  #textOf(number: number): string | undefined {
    const place = this.#shape?.places[number];
    if (!place) return undefined;
    return 'text' in place ? place.text : this.#column(number, place.leafClass).text(this.#row);
  }

  #column(key: number, leafClass: string): ColumnReader {
    const id = `${key}${leafClass}`;
    let reader = this.#columns.get(id);
    if (!reader) {
      const name = this.#keys[key] ?? '';
      const column = this.#page?.attributes(name).find((index) => index.leafClass === leafClass);
      reader = column && this.#page ? readerOf(this.#page.attributeValuesByRow(column)) : { text: () => '', hash: noHash };
      this.#columns.set(id, reader);
    }
    return reader;
  }

  #shapeOf(text: string): RowShape {
    const known = this.#shapes.get(text);
    if (known) return known;
    const places: (Place | undefined)[] = [];
    let hash = 0;
    const inColumns = new Map<string, string>();
    for (const leaf of decodeLeaves(text, (key, leafClass) => {
      if (!inColumns.has(key)) inColumns.set(key, leafClass);
      return '';
    })) {
      const number = this.#numbers.get(leaf.key);
      if (number === undefined || places[number]) continue;
      const leafClass = inColumns.get(leaf.key);
      places[number] = leafClass === undefined ? { text: leaf.text } : { leafClass };
      if (!this.#told.has(number)) hash = Math.imul(hash ^ (leafClass === undefined ? hashText(leaf.text) : 1), 0x85ebca6b) + number;
    }
    const shape: RowShape = {
      places,
      hash,
      inColumns: places.flatMap((place, key) =>
        place && 'leafClass' in place && !this.#told.has(key)
          ? [{ key, leafClass: place.leafClass, onDemand: this.#onDemand.has(key), page: undefined, hashOf: noHash }]
          : [],
      ),
      told: [...this.#told].filter((key) => places[key] !== undefined),
    };
    if (this.#shapes.size >= MAX_SHAPES) this.#shapes.clear();
    this.#shapes.set(text, shape);
    return shape;
  }
}

const noHash = (): number => 0;

function readerOf(values: AttributeValues): ColumnReader {
  const text = valueReader(values);
  return { text, hash: values.kind === 'texts' ? hashReader(values.texts) : (row) => hashText(text(row)) };
}

/** Of dictionaries, which the pages of a row group share. */
const dictionaryHashes = new WeakMap<readonly string[], Int32Array>();

/** A hash of each row's text. */
export function hashReader(column: TextColumn): (row: number) => number {
  if (column.entries) {
    const { entries, indexes } = column;
    const hashes = dictionaryHashes.get(entries) ?? Int32Array.from(entries, hashText);
    dictionaryHashes.set(entries, hashes);
    return (row) => hashes[indexes[row] ?? 0] ?? 0;
  }
  const { bytes, starts } = column;
  return (row) => hashBytes(bytes, starts[row] ?? 0, starts[row + 1] ?? 0);
}

function hashText(text: string): number {
  const bytes = Buffer.from(text);
  return hashBytes(bytes, 0, bytes.length);
}

/** FNV-1a. */
function hashBytes(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}
