import type { ReasonCount } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './status.module.css';

/** Heads of the columns where they are no reasons of records. */
interface Columns {
  readonly reason: MessageKey;
  readonly count: MessageKey;
}

interface ReasonTableProps {
  readonly label: string;
  readonly reasons: readonly ReasonCount[];
  readonly columns?: Columns;
}

const OF_RECORDS: Columns = { reason: 'status.reason', count: 'status.count' };

/** Why something happened and how often, the latest first. */
export function ReasonTable({ label, reasons, columns = OF_RECORDS }: ReasonTableProps) {
  const t = useTranslate();
  const format = useFormat();
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t(columns.reason)}</th>
          <th scope="col" className={styles.number}>
            {t(columns.count)}
          </th>
          <th scope="col">{t('status.last')}</th>
        </tr>
      </thead>
      <tbody>
        {reasons.map(({ reason, count, lastAtUnixNano }) => (
          <tr key={reason}>
            <td className={styles.reason}>{showControls(reason)}</td>
            <td className={styles.number}>{format.number(count)}</td>
            <td className={styles.time}>
              <Timestamp nanos={lastAtUnixNano} form="dayClock" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
