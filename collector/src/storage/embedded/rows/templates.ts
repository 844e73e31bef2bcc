import type { PatternMiner, TemplateBatch } from '../../patterns/pattern-miner.ts';
import { MAX_BATCH_SHAPES, type ShapeText, templateOfShape } from '../../patterns/shape-text.ts';
import { NO_TEMPLATE } from '../../patterns/template-text.ts';
import { type ColumnName, columnNumber } from '../columns.ts';
import type { ColumnData } from '../parquet/column-buffer.ts';
import type { Page } from '../reading/page.ts';

/** V8 compiles for good what is called often, and a long loop anew at each of its runs. */
const ROWS_A_CALL = 16;

type FindTemplate = ReturnType<TemplateBatch['service']>;

/** What each row of logs was taken for, from the columns of their tenant, service and message. */
export function mineTemplates(miner: PatternMiner, columns: readonly ColumnData[], rows: number): ColumnData {
  const batch = miner.startBatch();
  const findOf = finders(batch, textReader(columnOf(columns, 'tenant')), textReader(columnOf(columns, 'service')));
  const messages = columnOf(columns, 'message');
  const indexes = new Int32Array(rows);
  if (messages?.kind === 'texts') {
    const { bytes, lengths } = messages;
    let start = 0;
    const mine = (from: number, to: number): void => {
      for (let row = from; row < to; row += 1) {
        const end = start + (lengths[row] ?? 0);
        indexes[row] = findOf(row)(bytes, start, end);
        start = end;
      }
    };
    for (let row = 0; row < rows; row += ROWS_A_CALL) mine(row, Math.min(row + ROWS_A_CALL, rows));
  } else if (messages?.kind === 'dictionary') {
    const entries = messages.entries.map((entry) => Buffer.from(entry));
    for (let row = 0; row < rows; row += 1) {
      const bytes = entries[messages.indexes[row] ?? 0] ?? Buffer.alloc(0);
      indexes[row] = findOf(row)(bytes, 0, bytes.length);
    }
  }
  return { kind: 'dictionary', entries: batch.entries, indexes };
}

/** Neighbours are mostly of one service. */
function finders(
  batch: TemplateBatch,
  tenantAt: (row: number) => string,
  serviceAt: (row: number) => string,
): (row: number) => FindTemplate {
  const known = new Map<string, FindTemplate>();
  let last: { readonly tenant: string; readonly service: string; readonly find: FindTemplate } | undefined;
  return (row) => {
    const tenant = tenantAt(row);
    const service = serviceAt(row);
    if (last?.tenant === tenant && last.service === service) return last.find;
    const key = `${tenant}\n${service}`;
    const find = known.get(key) ?? batch.service(tenant, service);
    known.set(key, find);
    last = { tenant, service, find };
    return find;
  };
}

/** Templates of rows that come from pages of other row groups. Not more of them are kept than those had. */
export class MergedTemplates {
  readonly #numbers = new Map<ShapeText, number>();
  readonly #indexes: Int32Array[] = [];
  #hasAny = false;

  add(page: Page, from: number, to: number): void {
    const templates = page.templates();
    this.#hasAny ||= templates !== undefined;
    const numbers = templates && Int32Array.from(templates.entries, (text) => this.#number(text));
    const none = templates ? 0 : this.#number(NO_TEMPLATE);
    const indexes = new Int32Array(to - from).fill(none);
    if (numbers && templates) for (let row = from; row < to; row += 1) indexes[row - from] = numbers[templates.indexes[row] ?? 0] ?? none;
    this.#indexes.push(indexes);
  }

  /** Undefined where none of so many rows has one. */
  data(rows: number): ColumnData | undefined {
    if (!this.#hasAny) return undefined;
    const indexes = new Int32Array(rows);
    let at = 0;
    for (const part of this.#indexes) {
      indexes.set(part, at);
      at += part.length;
    }
    return { kind: 'dictionary', entries: [...this.#numbers.keys()], indexes };
  }

  #number(shape: ShapeText): number {
    const text = this.#numbers.size < MAX_BATCH_SHAPES || this.#numbers.has(shape) ? shape : templateOfShape(shape);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

function columnOf(columns: readonly ColumnData[], name: ColumnName): ColumnData | undefined {
  return columns[columnNumber('logs', name) ?? -1];
}

function textReader(column: ColumnData | undefined): (row: number) => string {
  if (column?.kind === 'dictionary') {
    const { entries, indexes } = column;
    return (row) => entries[indexes[row] ?? 0] ?? '';
  }
  if (column?.kind !== 'texts') throw new Error('a column of texts that has none');
  const { bytes, lengths } = column;
  let at = 0;
  let next = 0;
  // Rows are read in order.
  return (row) => {
    for (; next < row; next += 1) at += lengths[next] ?? 0;
    return bytes.toString('utf8', at, at + (lengths[row] ?? 0));
  };
}
