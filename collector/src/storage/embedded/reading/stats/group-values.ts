import { SPAN_KINDS, SPAN_STATUSES } from '@threadline/query-language';
import type { GroupField, GroupRecordField, StatsAttribute } from '../../../stats/stats.ts';
import type { ColumnName } from '../../columns.ts';
import type { TableName } from '../../layout.ts';
import { LEAF_CLASSES } from '../../leaf-text.ts';
import { both, isWhole, type RowMask } from '../../matching/row-mask.ts';
import { longAt } from '../../parquet/decode-column.ts';
import { levelOfNumber } from '../../record-fields.ts';
import type { AttributeColumnIndex } from '../../segments/segment-index.ts';
import type { TextColumn } from '../column-values.ts';
import type { Page } from '../page.ts';
import { LeafColumns } from './leaf-columns.ts';
import { NO_VALUE, RowValueSets, type RowValues, type Runs, UNLISTED } from './row-values.ts';
import { ValueTexts } from './value-texts.ts';

/** Of more runs than such a part of the rows nothing is gained. */
const FEW_RUNS_PART = 1 / 8;

/** Of a code of a column, what it stands for; undefined: nothing that has a name. */
type NameOf = (code: number) => string | undefined;

/** The values of one field, page by page, as numbers of distinct texts. */
export interface GroupValues {
  /** Only the rows of the mask count. */
  of(page: Page, rows: RowMask): RowValues;
  readonly texts: ValueTexts;
}

export function groupValues(field: GroupField, table: TableName): GroupValues {
  if (field.type === 'attribute') return new AttributeValues(field, table);
  const { name } = field;
  switch (name) {
    case 'service':
    case 'scope':
      return new TextValues(name, { emptyIsAbsent: true });
    case 'name':
      return new TextValues(name, { emptyIsAbsent: false });
    default:
      return new CodeValues(...CODES[name]);
  }
}

const CODES: Readonly<Record<Exclude<GroupRecordField, 'service' | 'scope' | 'name'>, readonly [ColumnName, NameOf]>> = {
  level: ['level', (code) => levelOfNumber(code).toLowerCase()],
  kind: ['kind', (code) => SPAN_KINDS[code]],
  status: ['status', (code) => SPAN_STATUSES[code]],
  root: ['is_root', (code) => String(code === 1)],
};

class CodeValues implements GroupValues {
  readonly texts = new ValueTexts();
  readonly #column: ColumnName;
  readonly #nameOf: NameOf;

  constructor(column: ColumnName, nameOf: NameOf) {
    this.#column = column;
    this.#nameOf = nameOf;
  }

  of(page: Page): RowValues {
    const { entries, indexes } = page.codes(this.#column);
    const numbers = Int32Array.from(entries, (code) => {
      const name = this.#nameOf(code);
      return name === undefined ? NO_VALUE : this.texts.number(name);
    });
    return { numbers: indexes.map((index) => numbers[index] ?? NO_VALUE) };
  }
}

/** Numbers of the entries of dictionaries, worked out once for each entry that rows have. */
class EntryNumbers {
  readonly #texts: ValueTexts;
  readonly #emptyNumber: number | undefined;
  readonly #known = new WeakMap<readonly string[], Int32Array>();

  /** `emptyIsAbsent`: an empty text stands for no value. */
  constructor(texts: ValueTexts, emptyIsAbsent: boolean) {
    this.#texts = texts;
    this.#emptyNumber = emptyIsAbsent ? NO_VALUE : undefined;
  }

  /** One more than the number of each entry; 0: it is not known yet. */
  #of(entries: readonly string[]): Int32Array {
    const known = this.#known.get(entries);
    if (known) return known;
    const made = new Int32Array(entries.length);
    this.#known.set(entries, made);
    return made;
  }

  /** Writes the number of each row's text, of all rows; gives the runs where they are few. */
  fillRuns({ entries, indexes }: { readonly entries: readonly string[]; readonly indexes: Int32Array }, to: Int32Array): Runs | undefined {
    const known = this.#of(entries);
    const runs: number[] = [];
    for (let start = 0; start < to.length; ) {
      const index = indexes[start] ?? 0;
      let end = start + 1;
      while (end < to.length && indexes[end] === index) end += 1;
      let number = known[index] ?? 0;
      if (number === 0) {
        number = this.#numberOf(entries[index] ?? '') + 1;
        known[index] = number;
      }
      to.fill(number - 1, start, end);
      runs.push(end);
      start = end;
    }
    return runs.length <= to.length * FEW_RUNS_PART ? runs : undefined;
  }

  /** Writes the number of each row's text. */
  fill({ entries, indexes }: { readonly entries: readonly string[]; readonly indexes: Int32Array }, rows: RowMask, to: Int32Array): void {
    const known = this.#of(entries);
    let last = -1;
    let number = 0;
    for (let row = 0; row < rows.length; row += 1) {
      if (rows[row] === 0) continue;
      const index = indexes[row] ?? 0;
      if (index !== last) {
        last = index;
        number = known[index] ?? 0;
        if (number === 0) {
          number = this.#numberOf(entries[index] ?? '') + 1;
          known[index] = number;
        }
      }
      to[row] = number - 1;
    }
  }

  /** Of a text that no dictionary has. */
  numberOfBytes(bytes: Buffer, start: number, end: number): number {
    return start === end && this.#emptyNumber !== undefined ? this.#emptyNumber : this.#texts.numberOfBytes(bytes, start, end);
  }

  #numberOf(text: string): number {
    return text === '' && this.#emptyNumber !== undefined ? this.#emptyNumber : this.#texts.number(text);
  }
}

function fillTexts(column: TextColumn, rows: RowMask, { entries, to }: { readonly entries: EntryNumbers; readonly to: Int32Array }): void {
  if (column.entries) {
    entries.fill(column, rows, to);
    return;
  }
  const { bytes, starts } = column;
  for (let row = 0; row < rows.length; row += 1)
    if (rows[row] === 1) to[row] = entries.numberOfBytes(bytes, starts[row] ?? 0, starts[row + 1] ?? 0);
}

class TextValues implements GroupValues {
  readonly texts = new ValueTexts();
  readonly #column: ColumnName;
  readonly #entries: EntryNumbers;

  constructor(column: ColumnName, { emptyIsAbsent }: { readonly emptyIsAbsent: boolean }) {
    this.#column = column;
    this.#entries = new EntryNumbers(this.texts, emptyIsAbsent);
  }

  of(page: Page, rows: RowMask): RowValues {
    const numbers = new Int32Array(rows.length);
    const column = page.texts(this.#column);
    if (column.entries && isWhole(rows)) {
      const runs = this.#entries.fillRuns(column, numbers);
      return { numbers, ...(runs && { runs }) };
    }
    fillTexts(column, rows, { entries: this.#entries, to: numbers });
    return { numbers };
  }
}

/** Kinds of values whose text a list of values has. */
const LISTED_CLASSES: ReadonlySet<string> = new Set([
  LEAF_CLASSES.text,
  LEAF_CLASSES.element,
  LEAF_CLASSES.bool,
  LEAF_CLASSES.int,
  LEAF_CLASSES.double,
]);

class AttributeValues implements GroupValues {
  readonly texts = new ValueTexts();
  readonly #key: string;
  readonly #leaves: LeafColumns;
  readonly #entries = new EntryNumbers(this.texts, false);

  constructor(field: StatsAttribute, table: TableName) {
    this.#key = field.key;
    this.#leaves = new LeafColumns(field, table);
  }

  of(page: Page, rows: RowMask): RowValues {
    const mayHave = this.#leaves.mayHave(page);
    const columns = this.#leaves.hasOwn ? page.attributes(this.#key) : [];
    const [only, ...others] = columns;
    const sets = new RowValueSets(rows.length);
    // Nearly always a key has values of one kind, in a column of their own.
    if (only && others.length === 0) this.#fill(page, only, both(page.attributeRows(only), rows), sets.numbers);
    else for (const column of columns) this.#add(page, column, rows, sets);
    if (mayHave)
      this.#leaves.visit(page, rows, (row, leaves) => {
        for (const { text, leafClass } of leaves) sets.add(row, LISTED_CLASSES.has(leafClass) ? this.texts.number(text) : UNLISTED);
      });
    return sets;
  }

  #add(page: Page, column: AttributeColumnIndex, rows: RowMask, sets: RowValueSets): void {
    const has = both(page.attributeRows(column), rows);
    const numbers = new Int32Array(rows.length);
    this.#fill(page, column, has, numbers);
    for (let row = has.indexOf(1); row !== -1; row = has.indexOf(1, row + 1)) sets.add(row, numbers[row] ?? NO_VALUE);
  }

  #fill(page: Page, column: AttributeColumnIndex, has: RowMask, to: Int32Array): void {
    const values = page.attributeValuesByRow(column);
    if (values.kind === 'texts') {
      fillTexts(values.texts, has, { entries: this.#entries, to });
      return;
    }
    for (let row = has.indexOf(1); row !== -1; row = has.indexOf(1, row + 1)) {
      if (values.kind === 'doubles') to[row] = this.texts.numberOfDouble(values.doubles[row] ?? 0);
      else {
        const long = longAt(values.longs, row);
        const double = Number(long);
        to[row] = Number.isSafeInteger(double) ? this.texts.numberOfDouble(double) : this.texts.number(String(long));
      }
    }
  }
}
