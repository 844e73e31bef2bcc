import type { StatsAttribute } from '../../../stats/stats.ts';
import { FACET_PLACES } from '../../../storage.ts';
import type { ColumnName } from '../../columns.ts';
import { type Probe, probeOf } from '../../filter/query-probe.ts';
import { type Leaf, leafStart, RECORD_SEPARATOR, UNIT_SEPARATOR, unescapeText } from '../../leaf-text.ts';
import { type Needle, needleOf, rowsWith } from '../../matching/match-columns.ts';
import type { RowMask } from '../../matching/row-mask.ts';
import type { RowGroup } from '../../segments/segment.ts';
import { textOf } from '../column-values.ts';
import { PLACE_COLUMNS } from '../field-columns.ts';
import type { Page } from '../page.ts';

/** A leaf of the key. */
export type TextLeaf = Omit<Leaf, 'key'>;

/** What of a row group is known of a column: it has no leaf of the key, some distinct texts have, or each page has to be searched. */
type Known = 'nothing' | 'everything' | ReadonlyMap<number, readonly TextLeaf[]>;

/** The leaves of one key where they stand in texts of leaves, in one column or in several. Values in columns of their own are not among them. */
export class LeafColumns {
  readonly #columns: readonly ColumnName[];
  readonly #key: string;
  readonly #start: Needle;
  readonly #probe: Probe;
  #group: RowGroup | undefined;
  #pages = 0;
  #known: readonly (readonly [ColumnName, Known])[] = [];

  constructor({ place, key }: StatsAttribute, table: 'logs' | 'spans') {
    this.#columns = (place === 'any' ? FACET_PLACES : [place]).map((name) => PLACE_COLUMNS[name]);
    this.#key = key;
    this.#start = needleOf(leafStart(key));
    this.#probe = probeOf({ type: 'exists', field: { type: 'attribute', place: 'any', key } }, table);
  }

  /** Whether the records' own attributes are meant. */
  get hasOwn(): boolean {
    return this.#columns.includes('attributes');
  }

  /** The filter knows of most pages without the key that they need not be looked at. */
  mayHave(page: Page): boolean {
    if (page.group !== this.#group) {
      this.#group = page.group;
      this.#pages = page.group.probe(this.#probe);
      this.#known = this.#pages === 0 ? [] : this.#columns.map((column) => [column, this.#knownOf(page, column)] as const);
    }
    return (this.#pages & (1 << page.number)) !== 0;
  }

  /** Calls with the leaves of each row of the mask that has some; with those of each column by themselves. */
  visit(page: Page, rows: RowMask, visit: (row: number, leaves: readonly TextLeaf[]) => void): void {
    for (const [column, known] of this.#known) {
      if (known === 'nothing') continue;
      const texts = page.texts(column);
      if (known === 'everything' || !texts.entries) {
        const found = rowsWith(texts, this.#start, rows);
        for (let row = found.indexOf(1); row !== -1; row = found.indexOf(1, row + 1)) visit(row, this.#leavesOf(textOf(texts, row)));
        continue;
      }
      for (let row = 0; row < rows.length; row += 1) {
        const leaves = rows[row] === 1 ? known.get(texts.indexes[row] ?? 0) : undefined;
        if (leaves) visit(row, leaves);
      }
    }
  }

  #knownOf(page: Page, column: ColumnName): Known {
    const entries = page.dictionary(column);
    if (!entries) return 'everything';
    const leaves = new Map<number, readonly TextLeaf[]>();
    for (const [index, entry] of entries.entries()) {
      const own = entry.includes(this.#start.text) ? this.#leavesOf(entry) : [];
      if (own.length > 0) leaves.set(index, own);
    }
    return leaves.size === 0 ? 'nothing' : leaves;
  }

  #leavesOf(text: string): TextLeaf[] {
    const leaves: TextLeaf[] = [];
    for (const leaf of text.split(RECORD_SEPARATOR)) {
      // What stands in a column of its own has no text here.
      const [key = '', value = '', leafClass] = leaf.split(UNIT_SEPARATOR);
      if (leafClass !== undefined && unescapeText(key) === this.#key) leaves.push({ text: unescapeText(value), leafClass });
    }
    return leaves;
  }
}
