import type { NumberField, StatsAttribute } from '../../../stats/stats.ts';
import type { TableName } from '../../layout.ts';
import { LEAF_CLASSES } from '../../leaf-text.ts';
import type { RowMask } from '../../matching/row-mask.ts';
import { type LongPage, longAt } from '../../parquet/decode-column.ts';
import { intsOf } from '../column-values.ts';
import type { Page } from '../page.ts';
import { LeafColumns } from './leaf-columns.ts';

/** Takes the numbers of a page. */
export interface NumberSink {
  /** One of each row of the mask; undefined: of every row. */
  addRows(values: Float64Array, mask: RowMask | undefined): void;
  addRow(row: number, value: number): void;
}

/** The numbers of a field, page by page. */
export interface RowNumbers {
  /** Those of the mask's rows are among what the sink is given, of others there may be some. */
  visit(page: Page, rows: RowMask, sink: NumberSink): void;
}

export function rowNumbers(field: NumberField, table: TableName): RowNumbers {
  if (field.type === 'attribute') return new AttributeNumbers(field, table);
  return { visit: (page, _rows, sink) => sink.addRows(doublesOf(page.longs('duration_nanos'), page.rows), undefined) };
}

class AttributeNumbers implements RowNumbers {
  readonly #key: string;
  readonly #leaves: LeafColumns;

  constructor(field: StatsAttribute, table: TableName) {
    this.#key = field.key;
    this.#leaves = new LeafColumns(field, table);
  }

  visit(page: Page, rows: RowMask, sink: NumberSink): void {
    const mayHave = this.#leaves.mayHave(page);
    for (const column of this.#leaves.hasOwn ? page.attributes(this.#key) : []) {
      const { leafClass } = column;
      if (leafClass !== LEAF_CLASSES.int && leafClass !== LEAF_CLASSES.double) continue;
      const values = page.attributeValuesByRow(column);
      const mask = column.counts[page.number] === page.rows ? undefined : page.attributeRows(column);
      if (values.kind === 'doubles') sink.addRows(values.doubles, mask);
      else if (values.kind === 'longs') sink.addRows(doublesOf(values.longs, page.rows), mask);
    }
    if (!mayHave) return;
    this.#leaves.visit(page, rows, (row, leaves) => {
      for (const { text, leafClass } of leaves)
        if (leafClass === LEAF_CLASSES.int || leafClass === LEAF_CLASSES.double) sink.addRow(row, Number(text));
    });
  }
}

function doublesOf(longs: LongPage, rows: number): Float64Array {
  const ints = intsOf(longs);
  if (!ints) return Float64Array.from({ length: rows }, (_, row) => Number(longAt(longs, row)));
  const { base, offsets } = ints;
  const doubles = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) doubles[row] = base + (offsets[row] ?? 0);
  return doubles;
}
