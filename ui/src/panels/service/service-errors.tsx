import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { errorsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { environmentFilter, queryIn } from '../../logic/environment.ts';
import { recordFilter } from '../../logic/query-filter.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { buttonClass } from '../../shared/Button/button.tsx';
import { ErrorGroups } from '../../shared/ErrorGroups/error-groups.tsx';
import { PartState } from '../../shared/PageState/part-state.tsx';
import { placeUrl, rangeUrl } from '../../state/last-search.ts';
import styles from './service.module.css';
import type { ServiceAddress } from './use-service-address.ts';

/** The page of errors has all of them. */
const SHOWN_GROUPS = 10;

interface ServiceErrorsProps {
  readonly address: ServiceAddress;
  readonly range: TimeRange;
  /** Calls of it that failed, and its log records of level ERROR and above. */
  readonly failedCalls: number;
  readonly errorRecords: number;
}

/** The most frequent errors of the service. */
export function ServiceErrors({ address, range, failedCalls, errorRecords }: ServiceErrorsProps) {
  const t = useTranslate();
  const { service, environment } = address;
  const asked = { service, environment, order: 'count', limit: SHOWN_GROUPS } as const;
  const listed = useKeptRange(range, {
    question: JSON.stringify([asked, address.range]),
    keysOf: (part) => [errorsQuery({ ...asked, range: part }).queryKey],
    name: 'errors.title',
  });
  const search = useQuery({
    ...errorsQuery({ ...asked, range: listed }),
    placeholderData: keepPreviousData,
  });
  const { data } = search;
  return (
    <section className={styles.section} aria-labelledby="service-errors">
      <h2 id="service-errors" className={styles.heading}>
        {t('errors.title')}
        <Link to="/errors" search={{ service, ...placeUrl(address.place) }} className={buttonClass({ size: 'small' })}>
          {t('service.allErrors')}
        </Link>
      </h2>
      {data === undefined && <PartState query={search} failedTitle={t('errors.failed')} />}
      {data?.groups.length === 0 && <WithoutExceptions {...{ address, failedCalls, errorRecords }} />}
      {data && data.groups.length > 0 && (
        <ErrorGroups
          answer={data}
          range={{ text: address.range, range: listed, environment }}
          isStale={search.isPlaceholderData}
          showsService={false}
          open={address.open}
          onOpen={address.setOpen}
        />
      )}
    </section>
  );
}

/** What failed and was logged though nobody sent an exception, which alone makes a group of errors. */
function WithoutExceptions({ address, failedCalls, errorRecords }: Omit<ServiceErrorsProps, 'range'>) {
  const t = useTranslate();
  const format = useFormat();
  const { service, environment } = address;
  const url = rangeUrl(address.range);
  if (failedCalls === 0 && errorRecords === 0) return <p className={styles.none}>{t('errors.noneTitle')}</p>;
  return (
    <p className={styles.none}>
      {t('service.noExceptions')}{' '}
      {failedCalls > 0 && (
        <Link
          to="/traces"
          search={{ service, status: 'error', ...(environment !== undefined && { q: environmentFilter(environment) }), ...url }}
        >
          {t('service.failedCalls', { count: failedCalls, shown: format.number(failedCalls) })}
        </Link>
      )}{' '}
      {errorRecords > 0 && (
        <Link to="/logs" search={{ q: queryIn(environment, `${recordFilter('service', service)} level:>=error`), ...url }}>
          {t('service.errorRecords', { count: errorRecords, shown: format.number(errorRecords) })}
        </Link>
      )}
    </p>
  );
}
