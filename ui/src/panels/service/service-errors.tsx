import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { errorsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { buttonClass } from '../../shared/Button/button.tsx';
import { ErrorGroups } from '../../shared/ErrorGroups/error-groups.tsx';
import { PartState } from '../../shared/PageState/part-state.tsx';
import { rangeUrl } from '../../state/last-search.ts';
import styles from './service.module.css';
import type { ServiceAddress } from './use-service-address.ts';

/** The page of errors has all of them. */
const SHOWN_GROUPS = 10;

/** The most frequent errors of the service. */
export function ServiceErrors({ address, range }: { readonly address: ServiceAddress; readonly range: TimeRange }) {
  const t = useTranslate();
  const { service } = address;
  const asked = { service, order: 'count', limit: SHOWN_GROUPS } as const;
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
        <Link to="/errors" search={{ service, ...rangeUrl(address.range) }} className={buttonClass({ size: 'small' })}>
          {t('service.allErrors')}
        </Link>
      </h2>
      {data === undefined && <PartState query={search} failedTitle={t('errors.failed')} />}
      {data?.groups.length === 0 && <p className={styles.none}>{t('errors.noneTitle')}</p>}
      {data && data.groups.length > 0 && (
        <ErrorGroups
          answer={data}
          range={{ text: address.range, range: listed }}
          isStale={search.isPlaceholderData}
          showsService={false}
          open={address.open}
          onOpen={address.setOpen}
        />
      )}
    </section>
  );
}
