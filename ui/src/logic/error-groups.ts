import type { ErrorGroupDetail, ErrorGroupSummary, LogRecord, Span } from '@threadline/collector/api';
import { ownText } from './any-value.ts';
import { recordFilter } from './query-filter.ts';
import type { TimeRange } from './time-range.ts';

type Named = Pick<ErrorGroupSummary, 'fingerprint' | 'service'>;
const KEY_SEPARATOR = '.';
const MINUTE_MILLIS = 60_000;

/** One error of one service, as an address has it. */
export function errorKey({ fingerprint, service }: Named): string {
  return `${fingerprint}${KEY_SEPARATOR}${service}`;
}

/** It makes an error: a span by an event, a log by the type or the stack of an exception. */
export function saysError(record: LogRecord | Span): boolean {
  if ('endTimeUnixNano' in record) return record.events?.some(({ name }) => name === 'exception') ?? false;
  return ownText(record, 'exception.type') !== '' || ownText(record, 'exception.stacktrace') !== '';
}

/** The query that finds the records, or the spans, that say an error of a service. */
export function errorGroupQuery({ fingerprint, service }: Named): string {
  const ofGroup = recordFilter('errorGroup', fingerprint);
  return service === '' ? ofGroup : `${recordFilter('service', service)} ${ofGroup}`;
}

/** It came in the range that is shown. */
export function isNewInRange({ firstSeen }: Pick<ErrorGroupSummary, 'firstSeen'>, { fromMillis }: TimeRange): boolean {
  return Date.parse(firstSeen) >= fromMillis;
}

/** What comes with a version comes once it is called for, and a deployment takes some minutes. */
const COMES_WITH_MILLIS = 5 * MINUTE_MILLIS;

/**
 * How long its version had been there when an error was first seen, in whole minutes; undefined where it came with it, or that is not known. What ran well for so long may
 * have met something else that changed, as a service that it calls.
 */
export function newAfterMillis({ firstSeen, newSinceSeen }: Pick<ErrorGroupSummary, 'firstSeen' | 'newSinceSeen'>): number | undefined {
  if (newSinceSeen === undefined) return undefined;
  const after = Date.parse(firstSeen) - Date.parse(newSinceSeen);
  return after < COMES_WITH_MILLIS ? undefined : after - (after % MINUTE_MILLIS);
}

/** How many requests met an error again and again, as a message that is tried for ever; undefined where each met it once, or they are too many to tell. */
export function repeatedTraces({ count, traceCount }: Pick<ErrorGroupDetail, 'count' | 'traceCount'>): number | undefined {
  return traceCount !== undefined && traceCount > 0 && count > traceCount ? traceCount : undefined;
}

/**
 * What a time is told from: the page's own now, or, of what came after that and before now, itself. Of all that is kept an error may have come since the page's now, which
 * is not "in one second"; what is really ahead, by a clock that is off, stays ahead.
 */
export function toldFrom(millis: number, { pageMillis, nowMillis }: { readonly pageMillis: number; readonly nowMillis: number }): number {
  return millis > pageMillis && millis <= nowMillis ? millis : pageMillis;
}

/** A time of the API as decimal nanoseconds, to the millisecond. */
export function rfc3339Nanos(text: string): string {
  return `${Date.parse(text)}000000`;
}
