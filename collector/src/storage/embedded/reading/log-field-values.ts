import { LEVELS } from '@threadline/query-language';
import { compareValues } from '../../facet-order.ts';
import { FACET_PLACES, type FieldValuesRequest, type FieldValuesResult, type PartialRead, type RecordFacet } from '../../storage.ts';
import type { ColumnName } from '../columns.ts';
import { type Probe, probeOf } from '../filter/query-probe.ts';
import { encodeLeaf, escapeText, LEAF_CLASSES, leafStart, RECORD_SEPARATOR } from '../leaf-text.ts';
import { type Needle, needleOf } from '../matching/match-columns.ts';
import { addRows, both, countRows, isWhole, noRows, type RowMask } from '../matching/row-mask.ts';
import type { TextPage } from '../parquet/decode-column.ts';
import { levelOfNumber } from '../record-fields.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { AttributeColumnIndex } from '../segments/segment-index.ts';
import { type DictionaryColumn, intsOf, type TextColumn, valueReader } from './column-values.ts';
import { type DistinctValues, numbersOfTexts, ValueCounter } from './distinct-values.ts';
import { countEntries, PLACE_COLUMNS, visitTexts } from './field-columns.ts';
import type { FieldValues } from './known-values.ts';
import type { Page } from './page.ts';
import type { PageCache } from './page-cache.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { OUT_OF_TIME } from './stop.ts';
import { windowOfRange } from './time-window.ts';
import { visitCounts } from './value-counts.ts';

/** Of a row group. */
const MAX_PAGES = 32;

/** What counts the values of a field. */
interface FieldCounter {
  /** Gives how many of the rows have the field. */
  add(page: Page, rows: RowMask): number;
  result(limit: number): DistinctValues;
}

/** The most frequent values of a field, in one pass over the matching logs. */
export function logFieldValues(scope: ReadScope, request: FieldValuesRequest): FieldValuesResult {
  const { field } = request;
  const known = field.type === 'attribute' ? scope.values?.of(field.key) : undefined;
  const counted = countValues(scope, request, counterOf(request, scope, known));
  if (field.type !== 'attribute' || !known || !counted.isCapped || counted.partial) return counted;
  scope.values?.tooMany(field.key);
  // Of more values than are kept few may start with the prefix.
  return countValues(scope, request, counterOf(request, scope, undefined));
}

function countValues(scope: ReadScope, { query, range, limit }: FieldValuesRequest, counter: FieldCounter): FieldValuesResult {
  let total = 0;
  let count = 0;
  const reached = new Scan(scope, { table: 'logs', query, window: windowOfRange(range) }).visitWithinTime((page, rows) => {
    total += countRows(rows);
    count += counter.add(page, rows);
  });
  const { values, otherCount, isCapped } = counter.result(limit);
  const partial: PartialRead | undefined = reached === undefined ? undefined : { searchedFromNanos: reached + 1n, reason: OUT_OF_TIME };
  return {
    total,
    count,
    values,
    otherCount,
    isCapped,
    ...(partial && { partial }),
  };
}

function counterOf({ field, prefix }: FieldValuesRequest, { cache }: ReadScope, known: FieldValues | undefined): FieldCounter {
  if (field.type === 'record') return field.name === 'level' ? new LevelCounter(prefix) : new TextCounter(field.name, prefix);
  const places = field.place === 'any' ? FACET_PLACES : [field.place];
  return new AttributeCounter(
    places.map((place) => PLACE_COLUMNS[place]),
    field.key,
    { prefix, ...(known && { known: { values: known, cache } }) },
  );
}

class LevelCounter implements FieldCounter {
  readonly #counts = new Map<string, number>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(page: Page, rows: RowMask): number {
    const known = isWhole(rows) ? page.levels() : undefined;
    if (known) for (const [index, count] of known.entries()) this.#add(LEVELS[index], count);
    else {
      const { entries, indexes } = page.codes('level');
      for (const [index, count] of countEntries(indexes, entries.length, rows).entries())
        this.#add(levelOfNumber(entries[index] ?? 0), count);
    }
    return countRows(rows);
  }

  #add(name: string | undefined, count: number): void {
    const level = name?.toLowerCase();
    if (level !== undefined && count > 0) this.#counts.set(level, (this.#counts.get(level) ?? 0) + count);
  }

  result(limit: number): DistinctValues {
    const values = Array.from(this.#counts, ([value, count]) => ({ value, count })).filter(({ value }) => value.startsWith(this.#prefix));
    const others = values.sort(compareValues).slice(limit);
    return { values: values.slice(0, limit), otherCount: others.reduce((sum, { count }) => sum + count, 0), isCapped: false };
  }
}

/** A column of plain texts in which the empty one stands for none. */
class TextCounter implements FieldCounter {
  readonly #column: Exclude<RecordFacet, 'level'>;
  readonly #values: ValueCounter;

  constructor(column: Exclude<RecordFacet, 'level'>, prefix: string) {
    this.#column = column;
    this.#values = new ValueCounter(escapeText(prefix));
  }

  add(page: Page, rows: RowMask): number {
    let found = 0;
    visitTexts(page, this.#column, rows, (bytes, { start, end, count }) => {
      if (end === start) return;
      found += count;
      this.#values.beginText();
      this.#values.add(Buffer.from(encodeLeaf('', bytes.toString('utf8', start, end), LEAF_CLASSES.text)), 1, count);
    });
    return found;
  }

  result(limit: number): DistinctValues {
    return this.#values.result(limit);
  }
}

/** Leaves of one key, in one column or in several. */
class AttributeCounter implements FieldCounter {
  readonly #columns: readonly ColumnName[];
  readonly #key: string;
  readonly #start: Needle;
  readonly #probe: Probe;
  readonly #values: ValueCounter;
  /** Where the pages' texts are kept as numbers. */
  readonly #known: { readonly values: FieldValues; readonly cache: PageCache } | undefined;
  #group: RowGroup | undefined;
  #pages = 0;
  /** Of the row group: no page was found so far that has many values. */
  #hasFew = true;
  /** Of the row group: columns in whose texts such leaves may stand with their values. */
  #leafColumns: readonly ColumnName[] = [];

  constructor(
    columns: readonly ColumnName[],
    key: string,
    { prefix, known }: { readonly prefix: string; readonly known?: { readonly values: FieldValues; readonly cache: PageCache } },
  ) {
    this.#columns = columns;
    this.#known = known;
    this.#key = key;
    this.#start = needleOf(leafStart(key));
    this.#probe = probeOf({ type: 'exists', field: { type: 'attribute', place: 'any', key } }, 'logs');
    this.#values = new ValueCounter(escapeText(prefix), known?.values.texts);
  }

  add(page: Page, rows: RowMask): number {
    if (!this.#mayHave(page)) return 0;
    const own = this.#columns.includes('attributes') ? page.attributes(this.#key) : [];
    const [only] = own;
    // Nearly always a key has values of one kind, in a column of their own, and nowhere else.
    if (only && own.length === 1 && this.#leafColumns.length === 0) {
      if (isWhole(rows) && this.#hasFew && this.#addCounts(page, only)) return only.counts[page.number] ?? 0;
      return countRows(this.#addOwn(page, only, rows));
    }
    const repeated = this.#leafColumns.length + own.length > 1 ? this.#repeatedRows(page, own, rows) : undefined;
    const once = repeated ? without(rows, repeated) : rows;
    const found = noRows(rows.length);
    for (const column of this.#leafColumns) this.#addColumn(page.texts(column), once, found);
    for (const column of own) addRows(found, this.#addOwn(page, column, once));
    if (!repeated) return countRows(found);
    this.#addRepeated(page, own, repeated);
    return countRows(found) + countRows(repeated);
  }

  /** Those that have the key in more than one place, or kind; undefined where none has. */
  #repeatedRows(page: Page, own: readonly AttributeColumnIndex[], rows: RowMask): RowMask | undefined {
    const found = noRows(rows.length);
    const repeated = noRows(rows.length);
    let isAny = false;
    const add = (has: RowMask): void => {
      for (let row = 0; row < rows.length; row += 1) {
        if (has[row] !== 1) continue;
        if (found[row] === 1) {
          repeated[row] = 1;
          isAny = true;
        }
        found[row] = 1;
      }
    };
    for (const column of this.#leafColumns) add(this.#rowsWithLeaf(page.texts(column), rows));
    for (const column of own) add(both(page.attributeRows(column), rows));
    return isAny ? repeated : undefined;
  }

  #rowsWithLeaf(column: TextColumn, rows: RowMask): RowMask {
    const { text, bytes: start } = this.#start;
    if (column.entries) {
      const { entries, indexes } = column;
      const has = entries.map((entry) => hasValue(entry, text));
      return Uint8Array.from(rows, (isWanted, row) => (isWanted === 1 && has[indexes[row] ?? 0] === true ? 1 : 0));
    }
    const { bytes, starts } = column;
    return Uint8Array.from(rows, (isWanted, row) => {
      const at = isWanted === 1 ? bytes.indexOf(start, starts[row]) : -1;
      return at !== -1 && at < (starts[row + 1] ?? bytes.length) && hasValue(bytes.toString('utf8', starts[row], starts[row + 1]), text)
        ? 1
        : 0;
    });
  }

  /** Row by row, so that a value which a row has in several places counts once. */
  #addRepeated(page: Page, own: readonly AttributeColumnIndex[], rows: RowMask): void {
    const leaves = this.#leafColumns.map((column) => page.texts(column));
    const columns = own.map((column) => ({
      leafClass: column.leafClass,
      has: page.attributeRows(column),
      textAt: valueReader(page.attributeValuesByRow(column)),
    }));
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
      this.#values.beginText();
      for (const column of leaves) this.#addLeaves(bytesAt(column, row), 1);
      for (const { leafClass, has, textAt } of columns)
        if (has[row] === 1) this.#values.add(Buffer.from(encodeLeaf('', textAt(row), leafClass)), 1, 1);
    }
  }

  result(limit: number): DistinctValues {
    return this.#values.result(limit);
  }

  /** The filter knows of most pages without the key that they need not be unpacked. */
  #mayHave(page: Page): boolean {
    if (page.group !== this.#group) {
      this.#group = page.group;
      this.#hasFew = true;
      this.#pages = page.group.probe(this.#probe);
      this.#leafColumns = this.#pages === 0 ? [] : this.#columns.filter((column) => this.#mayHaveLeaves(page.dictionary(column)));
    }
    return (this.#pages & (1 << page.number)) !== 0;
  }

  /** Whether a column with these texts, if it has a dictionary of them, may have a leaf of the key whose value stands in it. */
  #mayHaveLeaves(entries: readonly string[] | undefined): boolean {
    return entries?.some((entry) => hasValue(entry, this.#start.text)) ?? true;
  }

  /** Of all rows of the page, where they have few values; else false, and then it is not tried for the row group's next pages. */
  #addCounts(page: Page, column: AttributeColumnIndex): boolean {
    const counts = page.attributeCounts(column);
    this.#hasFew = counts !== undefined;
    if (!counts) return false;
    visitCounts<string | number>(counts, (value, count) => {
      if (typeof value === 'number') this.#values.addNumber(value, count);
      else this.#values.addText(value, column.leafClass, count);
    });
    return true;
  }

  /** An attribute that has a column of its own. Gives the rows that have it. */
  #addOwn(page: Page, column: AttributeColumnIndex, rows: RowMask): RowMask {
    const { leafClass } = column;
    const has = both(page.attributeRows(column), rows);
    const numbers = this.#numbersOf(page, column);
    if (numbers) {
      this.#values.addTextNumbers(numbers, has);
      return has;
    }
    const values = page.attributeValuesByRow(column);
    if (values.kind === 'texts' && values.texts.entries) {
      const { entries, indexes } = values.texts;
      for (const [index, count] of countEntries(indexes, entries.length, has).entries())
        if (count > 0) this.#values.addText(entries[index] ?? '', leafClass, count);
      return has;
    }
    if (values.kind === 'texts' && !values.texts.entries) {
      this.#values.addTexts(values.texts, has, leafClass);
      return has;
    }
    const ints = values.kind === 'longs' ? intsOf(values.longs) : undefined;
    if (ints) this.#values.addInts(ints, has);
    else if (values.kind === 'doubles') this.#values.addDoubles(values.doubles, has);
    else {
      const textAt = valueReader(values);
      for (let row = has.indexOf(1); row !== -1; row = has.indexOf(1, row + 1)) this.#values.addText(textAt(row), leafClass, 1);
    }
    return has;
  }

  /** The numbers of a page's texts, which are unpacked and told apart once; undefined where they are not kept. */
  #numbersOf(page: Page, column: AttributeColumnIndex): Int32Array | undefined {
    if (!this.#known || column.chunk.encoding === 'dictionary' || column.leafClass !== LEAF_CLASSES.text) return undefined;
    const { values, cache } = this.#known;
    const { leafClass } = column;
    const numbers = cache.partsOf(values.ownerOf(page.group)).get(column.chunk.at * MAX_PAGES + page.number, () => {
      const value = numbersOfTexts(page.unkeptTextsByRow(column), page.attributeRows(column), leafClass, values.texts);
      return { value, bytes: value?.byteLength ?? 0 };
    });
    return numbers;
  }

  #addColumn(column: TextColumn, rows: RowMask, found: RowMask): void {
    if (column.entries) this.#addEntries(column, rows, found);
    else this.#addTexts(column, rows, found);
  }

  #addEntries({ entries, indexes }: DictionaryColumn, rows: RowMask, found: RowMask): void {
    const counts = countEntries(indexes, entries.length, rows);
    const has = Uint8Array.from(entries, (entry, index) => {
      const count = counts[index] ?? 0;
      return count > 0 && entry.includes(this.#start.text) && this.#addText(Buffer.from(entry), count) ? 1 : 0;
    });
    for (let row = 0; row < rows.length; row += 1) found[row] = (found[row] ?? 0) | ((rows[row] ?? 0) & (has[indexes[row] ?? 0] ?? 0));
  }

  #addText(bytes: Buffer, count: number): boolean {
    this.#values.beginText();
    this.#addLeaves(bytes, count);
    return true;
  }

  #addLeaves(bytes: Buffer, count: number): void {
    const { bytes: start } = this.#start;
    for (let at = bytes.indexOf(start); at !== -1; ) at = bytes.indexOf(start, this.#values.add(bytes, at + start.length, count));
  }

  /** One search over all bytes of the page: no leaf's start runs from one text into the next, as keys have no separator. */
  #addTexts({ bytes, starts }: TextPage, rows: RowMask, found: RowMask): void {
    const { bytes: start } = this.#start;
    let row = -1;
    let rowEnd = 0;
    for (let at = bytes.indexOf(start, starts[0]); at !== -1; ) {
      if (at >= rowEnd) {
        do row += 1;
        while (at >= (starts[row + 1] ?? bytes.length));
        rowEnd = starts[row + 1] ?? bytes.length;
        this.#values.beginText();
      }
      // Nothing of a row that does not match, or behind the last one, is of interest.
      if (row >= rows.length) return;
      if (rows[row] === 0) at = bytes.indexOf(start, rowEnd - 1);
      else {
        found[row] = 1;
        at = bytes.indexOf(start, this.#values.add(bytes, at + start.length, 1));
      }
    }
  }
}

/** Of the mask those that are not in the other. */
function without(rows: RowMask, others: RowMask): RowMask {
  return Uint8Array.from(rows, (isThere, row) => (isThere === 1 && others[row] !== 1 ? 1 : 0));
}

function bytesAt(column: TextColumn, row: number): Buffer {
  if (column.entries) return Buffer.from(column.entries[column.indexes[row] ?? 0] ?? '');
  return column.bytes.subarray(column.starts[row], column.starts[row + 1]);
}

/** Whether one of the leaves has a value: of others it stands in a column of its own. */
function hasValue(leaves: string, start: string): boolean {
  for (let at = leaves.indexOf(start); at !== -1; at = leaves.indexOf(start, at + 1))
    if (leaves[at + start.length + 1] !== RECORD_SEPARATOR) return true;
  return false;
}
