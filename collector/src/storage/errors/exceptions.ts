import type { KeyValue, SpanEvent } from '../../api/index.ts';
import { leafText, scalarLeaf } from '../../model/attribute-leaves.ts';
import type { IndexedRecord } from '../../model/record.ts';

/** OpenTelemetry's name of the event that says that an exception was met. */
export const EXCEPTION_EVENT = 'exception';
/** The attributes of it, and of a log record that does. */
export const EXCEPTION_TYPE = 'exception.type';
export const EXCEPTION_MESSAGE = 'exception.message';
export const EXCEPTION_STACK = 'exception.stacktrace';

/** What a record says of an exception; empty where it does not. */
export interface Exception {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
}

const NONE: readonly Exception[] = [];

/** Of a span its events', of a log its own. */
export function exceptionsOf({ signal, record }: IndexedRecord): readonly Exception[] {
  if (signal === 'traces') return record.events === undefined ? NONE : exceptionsOfEvents(record.events);
  return exceptionsOfLog((key) => textOf(record.attributes, key));
}

/** Of a log: one at most. `textOfKey` gives the text of an attribute. */
export function exceptionsOfLog(textOfKey: (key: string) => string | undefined): readonly Exception[] {
  const exception = exceptionOf(textOfKey);
  // A message alone is of anything.
  return exception.type !== '' || exception.stack !== '' ? [exception] : NONE;
}

/** Of a span's events. */
export function exceptionsOfEvents(events: readonly SpanEvent[]): Exception[] {
  return events.flatMap(({ name, attributes }) => (name === EXCEPTION_EVENT ? [exceptionOf((key) => textOf(attributes, key))] : []));
}

function exceptionOf(textOfKey: (key: string) => string | undefined): Exception {
  return { type: textOfKey(EXCEPTION_TYPE) ?? '', message: textOfKey(EXCEPTION_MESSAGE) ?? '', stack: textOfKey(EXCEPTION_STACK) ?? '' };
}

function textOf(attributes: readonly KeyValue[], key: string): string | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  const leaf = value && scalarLeaf(value);
  return leaf && leafText(leaf);
}
