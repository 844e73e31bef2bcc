import type { ErrorGroupSummary } from '@threadline/collector/api';
import { attributeFilter, recordFilter } from './query-filter.ts';
import type { TimeRange } from './time-range.ts';

type Named = Pick<ErrorGroupSummary, 'fingerprint' | 'service'>;
const KEY_SEPARATOR = '.';

/** One error of one service, as an address has it. */
export function errorKey({ fingerprint, service }: Named): string {
  return `${fingerprint}${KEY_SEPARATOR}${service}`;
}

/** The query that finds records of the type, of the service; nothing where there is no type to ask for. */
export function errorTypeQuery({ type, service }: Pick<ErrorGroupSummary, 'type' | 'service'>): string | undefined {
  if (type === '') return undefined;
  const ofType = attributeFilter({ place: 'any', key: 'exception.type' }, { stringValue: type });
  return service === '' ? ofType : `${recordFilter('service', service)} ${ofType}`;
}

/** It came in the range that is shown. */
export function isNewInRange({ firstSeen }: Pick<ErrorGroupSummary, 'firstSeen'>, { fromMillis }: TimeRange): boolean {
  return Date.parse(firstSeen) >= fromMillis;
}

/** A time of the API as decimal nanoseconds, to the millisecond. */
export function rfc3339Nanos(text: string): string {
  return `${Date.parse(text)}000000`;
}
