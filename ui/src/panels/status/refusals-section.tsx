import type { RefusalCount, RefusalReason } from '@threadline/collector/api';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './status.module.css';

const REASONS: Readonly<Record<RefusalReason, MessageKey>> = {
  log_full: 'refusal.logFull',
  overloaded: 'refusal.overloaded',
  disk: 'refusal.disk',
  too_large: 'refusal.tooLarge',
  malformed: 'refusal.malformed',
  unsupported: 'refusal.unsupported',
  unauthenticated: 'refusal.unauthenticated',
  slow: 'refusal.slow',
  draining: 'refusal.draining',
  unknown_path: 'refusal.unknownPath',
  invalid_record: 'refusal.invalidRecord',
  internal: 'refusal.internal',
};
/** After these a sender sends again: nothing is lost yet. */
const RETRIED: readonly RefusalReason[] = ['log_full', 'overloaded', 'disk', 'slow', 'draining'];

/** What senders were refused since the collector started, by tenant and reason, the latest first. */
export function RefusalsSection({ refusals }: { readonly refusals: readonly RefusalCount[] }) {
  const t = useTranslate();
  return (
    <section className={styles.section} aria-labelledby="status-refusals">
      <h2 id="status-refusals" className={styles.heading}>
        {t('status.refusals')}
        <span className={styles.note}>{t('status.sinceStart')}</span>
      </h2>
      {refusals.length === 0 ? (
        <p className={styles.note}>{t('status.noRefusals')}</p>
      ) : (
        <table className={styles.table} aria-label={t('status.refusals')}>
          <thead>
            <tr>
              <th scope="col">{t('status.tenant')}</th>
              <th scope="col">{t('status.reason')}</th>
              <th scope="col" className={styles.wideOnly}>
                {t('status.then')}
              </th>
              <th scope="col" className={styles.number}>
                {t('status.requestCount')}
              </th>
              <th scope="col" className={styles.number}>
                {t('status.recordCount')}
              </th>
              <th scope="col">{t('status.last')}</th>
            </tr>
          </thead>
          <tbody>
            {refusals.map((refusal) => (
              <RefusalRow key={`${refusal.tenant ?? ''} ${refusal.reason}`} refusal={refusal} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function RefusalRow({ refusal: { tenant, reason, requests, records, lastAtUnixNano } }: { readonly refusal: RefusalCount }) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <tr>
      <td>{tenant ?? <span className={styles.note}>{t('status.noTenant')}</span>}</td>
      <td>{t(REASONS[reason])}</td>
      <td className={styles.wideOnly}>{t(RETRIED.includes(reason) ? 'status.sentAgain' : 'status.dropped')}</td>
      <td className={styles.number}>{format.number(requests)}</td>
      <td className={styles.number}>{records === 0 ? '–' : format.number(records)}</td>
      <td className={styles.time}>
        <Timestamp nanos={lastAtUnixNano} form="dayClock" />
      </td>
    </tr>
  );
}
