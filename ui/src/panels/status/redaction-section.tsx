import type { StatusAnswer } from '@threadline/collector/api';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { ReasonTable } from './reason-table.tsx';
import styles from './status.module.css';

/** What the rules of redaction removed, by rule. Nothing where there are none. */
export function RedactionSection({ redaction }: { readonly redaction: StatusAnswer['redaction'] }) {
  const t = useTranslate();
  const format = useFormat();
  if (redaction === undefined) return null;
  const { count, reasons } = redaction;
  return (
    <section className={styles.section} aria-labelledby="status-redaction">
      <h2 id="status-redaction" className={styles.heading}>
        {t('status.redaction')}
        <span className={styles.note}>{t('status.redactedValues', { count, shown: format.number(count) })}</span>
      </h2>
      {reasons.length > 0 && (
        <ReasonTable label={t('status.redaction')} reasons={reasons} columns={{ reason: 'status.rule', count: 'status.valueCount' }} />
      )}
    </section>
  );
}
