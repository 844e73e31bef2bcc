import { useInfiniteQuery } from '@tanstack/react-query';
import type { DeadLetterSummary, StatusAnswer } from '@threadline/collector/api';
import { useState } from 'react';
import { deadLettersQuery } from '../../api/queries.ts';
import { showControls } from '../../logic/control-characters.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { PartState } from '../../shared/PageState/part-state.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { ReasonTable } from './reason-table.tsx';
import styles from './status.module.css';

/** Records that the storage refused for good: how many, why, and which. What they hold stays in the log directory. */
export function DeadLettersSection({ deadLetters }: { readonly deadLetters: NonNullable<StatusAnswer['log']>['deadLetters'] | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  if (deadLetters === undefined) return null;
  const { kept, total, reasons } = deadLetters;
  return (
    <section className={styles.section} aria-labelledby="status-dead-letters">
      <h2 id="status-dead-letters" className={styles.heading}>
        {t('status.deadLetters')}
        <span className={styles.note}>{total === 0 ? '' : t('status.records', { count: total, shown: format.number(total) })}</span>
      </h2>
      {total === 0 ? (
        <p className={styles.note}>{t('status.noDeadLetters')}</p>
      ) : (
        <>
          <p className={styles.note}>
            {t('status.deadLettersText')}
            {kept < total && ` ${t('status.deadLettersKept', { shown: format.number(kept) })}`}
          </p>
          <ReasonTable label={t('status.deadLetterReasons')} reasons={reasons} />
          <DeadLetterList />
        </>
      )}
    </section>
  );
}

function DeadLetterList() {
  const t = useTranslate();
  const [shownPage, setShownPage] = useState(0);
  const query = useInfiniteQuery(deadLettersQuery());
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  if (data === undefined) return <PartState query={query} failedTitle={t('status.deadLettersFailed')} />;
  const { pages } = data;
  const page = Math.min(shownPage, Math.max(0, pages.length - 1));
  const older = async () => {
    if (page + 1 >= pages.length) await fetchNextPage();
    setShownPage(page + 1);
  };
  return (
    <>
      <table className={`${styles.table} ${styles.letters}`} aria-label={t('status.deadLetters')}>
        <thead>
          <tr>
            <th scope="col">{t('logs.time')}</th>
            <th scope="col" className={styles.wideOnly}>
              {t('status.signal')}
            </th>
            <th scope="col">{t('logs.service')}</th>
            <th scope="col" className={`${styles.id} ${styles.wideOnly}`}>
              {t('status.recordId')}
            </th>
            <th scope="col">{t('status.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {(pages[page]?.deadLetters ?? []).map((letter) => (
            <DeadLetterRow key={letter.number} letter={letter} />
          ))}
        </tbody>
      </table>
      {(page > 0 || hasNextPage || page + 1 < pages.length) && (
        <div className={styles.paging}>
          <Button size="small" disabled={page === 0} onClick={() => setShownPage(page - 1)}>
            {t('status.newer')}
          </Button>
          <Button size="small" disabled={isFetchingNextPage || (page + 1 >= pages.length && !hasNextPage)} onClick={() => void older()}>
            {t('status.older')}
          </Button>
        </div>
      )}
    </>
  );
}

function DeadLetterRow({ letter }: { readonly letter: DeadLetterSummary }) {
  return (
    <tr>
      <td className={styles.time}>
        <Timestamp nanos={letter.atUnixNano} form="dayClock" />
      </td>
      <td className={styles.wideOnly}>{letter.signal}</td>
      <td>
        <ServiceName name={letter.service} />
      </td>
      <td className={`${styles.id} ${styles.wideOnly}`} title={letter.recordId}>
        <bdi>{letter.recordId}</bdi>
      </td>
      <td className={styles.reason}>{showControls(letter.reason)}</td>
    </tr>
  );
}
