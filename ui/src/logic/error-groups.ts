import type { ErrorGroupSummary } from '@threadline/collector/api';
import { recordFilter } from './query-filter.ts';
import type { TimeRange } from './time-range.ts';

type Named = Pick<ErrorGroupSummary, 'fingerprint' | 'service'>;
const KEY_SEPARATOR = '.';

/** One error of one service, as an address has it. */
export function errorKey({ fingerprint, service }: Named): string {
  return `${fingerprint}${KEY_SEPARATOR}${service}`;
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

/** A time of the API as decimal nanoseconds, to the millisecond. */
export function rfc3339Nanos(text: string): string {
  return `${Date.parse(text)}000000`;
}
