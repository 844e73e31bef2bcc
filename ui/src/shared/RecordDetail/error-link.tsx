import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LogRecord, Span } from '@threadline/collector/api';
import { logRecordQuery, traceSpanQuery } from '../../api/queries.ts';
import { serviceOf } from '../../logic/any-value.ts';
import { errorKey, saysError } from '../../logic/error-groups.ts';
import { recordTime } from '../../logic/record-time.ts';
import { rangeAround } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { buttonClass } from '../Button/button.tsx';
import { Icon } from '../Icon/icon.tsx';

/** Errors are shown of so much before and after the record. */
const AROUND_MILLIS = 30 * 60_000;

/**
 * From a record or a span that says an error to all that is known of it; nothing where it says none. Lists have no fingerprints: until that of this record
 * has come, it leads to the errors of its service.
 */
export function ErrorLink({ record }: { readonly record: LogRecord | Span }) {
  const t = useTranslate();
  const isSpan = 'endTimeUnixNano' in record;
  const isAsked = saysError(record) && record.errorGroups === undefined;
  const log = useQuery({ ...logRecordQuery(record.id), enabled: isAsked && !isSpan });
  const spans = useQuery({ ...traceSpanQuery(record.traceId ?? '', record.spanId ?? ''), enabled: isAsked && isSpan });
  if (!saysError(record)) return null;
  const ofId = spans.data && [spans.data.span, ...(spans.data.sameId ?? [])].find(({ id }) => id === record.id);
  const [fingerprint] = record.errorGroups ?? (isSpan ? ofId : log.data)?.errorGroups ?? [];
  const service = serviceOf(record);
  const millis = Number(BigInt(isSpan ? record.startTimeUnixNano : recordTime(record)) / 1_000_000n);
  return (
    <Link
      to="/errors"
      search={{
        ...rangeAround({ fromMillis: millis, toMillis: millis }, AROUND_MILLIS),
        ...(service !== '' && { service }),
        ...(fingerprint !== undefined && { sel: errorKey({ fingerprint, service }) }),
      }}
      className={buttonClass({ size: 'small' })}
    >
      <Icon name="errors" />
      {t('record.openError')}
    </Link>
  );
}
