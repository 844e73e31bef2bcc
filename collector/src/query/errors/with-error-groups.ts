import type { LogRecord, Span } from '../../api/index.ts';
import { indexLog, indexSpan } from '../../model/indexed-record.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { ErrorNames } from '../../storage/errors/error-names.ts';
import { exceptionsOf } from '../../storage/errors/exceptions.ts';

/** The log with the fingerprints of the errors that it says; as it is where it says none. */
export function logWithErrorGroups(log: LogRecord): LogRecord {
  return { ...log, ...errorGroupsOf(indexLog(log)) };
}

/** As of a log. */
export function spanWithErrorGroups(span: Span): Span {
  return { ...span, ...errorGroupsOf(indexSpan(span)) };
}

function errorGroupsOf(indexed: IndexedRecord): Pick<LogRecord, 'errorGroups'> {
  const exceptions = exceptionsOf(indexed);
  return exceptions.length === 0 ? {} : { errorGroups: new ErrorNames().fingerprintsOf(exceptions) };
}
