import { useQueries } from '@tanstack/react-query';
import { histogramQuery } from '../../api/queries.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './log-search.module.css';
import type { LogAddress } from './use-log-search.ts';

interface CountedQueriesProps {
  readonly title: string;
  /** Said where none of them finds anything. */
  readonly none?: string;
  readonly options: readonly { readonly label: string; readonly query: string }[];
  readonly address: LogAddress;
  readonly range: TimeRange;
}

/** Queries to go on with, each with how many records it finds, most first; that of everything last. */
export function CountedQueries({ title, none, options, address, range }: CountedQueriesProps) {
  const t = useTranslate();
  const format = useFormat();
  const counts = useQueries({ queries: options.map(({ query }) => histogramQuery({ query, range, buckets: 1 })) });
  const known = options.map((option, index) => ({ ...option, total: counts[index]?.data?.total }));
  const helping = known.filter(({ total }) => total === undefined || total > 0);
  if (helping.length === 0) return none === undefined ? null : <p>{none}</p>;
  return (
    <>
      <p>{title}</p>
      <ul className={styles.relax}>
        {helping
          .toSorted((left, right) => (left.query === '' ? 1 : right.query === '' ? -1 : (right.total ?? -1) - (left.total ?? -1)))
          .map(({ label, query, total }) => (
            <li key={label} className={styles.relaxLine}>
              <Button size="small" onClick={() => address.setQuery(query)}>
                {label}
              </Button>
              <span>{total !== undefined && t('logs.total', { count: total, shown: format.number(total) })}</span>
            </li>
          ))}
      </ul>
    </>
  );
}
