import type { SpanEvent } from '../../../api/index.ts';
import {
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACK,
  EXCEPTION_TYPE,
  type Exception,
  exceptionsOfEvents,
  exceptionsOfLog,
} from '../../errors/exceptions.ts';
import { AttributeTexts } from '../figures/attribute-texts.ts';
import { encodeLeaf, LEAF_CLASSES, RECORD_SEPARATOR } from '../leaf-text.ts';
import { type TextColumn, textOf } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';

/** What each span's event names have that says an exception. */
const EVENT_LEAF = RECORD_SEPARATOR + encodeLeaf('', EXCEPTION_EVENT, LEAF_CLASSES.text);
const NONE: readonly Exception[] = [];

/** Reads what rows say of exceptions, page by page. */
export class PageExceptions {
  readonly #attributes = new AttributeTexts([EXCEPTION_TYPE, EXCEPTION_MESSAGE, EXCEPTION_STACK]);

  /** What gives the exceptions of a row, until it is called for another page. */
  of(page: Page): (row: number) => readonly Exception[] {
    return page.table === 'logs' ? this.#ofLogs(page) : ofSpans(page);
  }

  #ofLogs(page: Page): (row: number) => readonly Exception[] {
    const attributes = this.#attributes;
    attributes.startPage(page);
    return (row) => {
      attributes.read(row);
      return exceptionsOfLog((key) => attributes.get(key));
    };
  }
}

function ofSpans(page: Page): (row: number) => readonly Exception[] {
  const hasException = textTest(page.texts('event_names'), (text) => text.includes(EVENT_LEAF));
  let rests: TextColumn | undefined;
  return (row) => {
    if (!hasException(row)) return NONE;
    rests ??= page.texts('rest');
    const { events = [] }: { readonly events?: readonly SpanEvent[] } = JSON.parse(textOf(rests, row));
    return exceptionsOfEvents(events);
  };
}

/** A test of each row's text; of a dictionary's once for each of its entries. */
function textTest(column: TextColumn, test: (text: string) => boolean): (row: number) => boolean {
  if (!column.entries) return (row) => test(textOf(column, row));
  const found = column.entries.map(test);
  return (row) => found[column.indexes[row] ?? 0] ?? false;
}
