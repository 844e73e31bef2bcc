import type { LogRecord } from '@threadline/collector/api';
import { serviceOf, valueText } from '../../logic/any-value.ts';
import { logNanos } from '../../logic/causal-order.ts';
import { messageLine } from '../../logic/control-characters.ts';
import { levelOf } from '../../logic/level.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import styles from './log-surroundings.module.css';

/** What one line of a narrow panel has room for. */
const LABEL_CHARACTERS = 300;

interface SurroundingLineProps {
  readonly record: LogRecord;
  /** Lines of a flow are of several services. */
  readonly withService: boolean;
  /** The record that the others stand around. */
  readonly isCurrent?: boolean;
  readonly onOpen?: (id: string) => void;
}

/** One line of the surroundings; a click opens its record. */
export function SurroundingLine({ record, withService, isCurrent = false, onOpen }: SurroundingLineProps) {
  const t = useTranslate();
  const content = (
    <>
      <Timestamp nanos={String(logNanos(record))} form="clock" />
      <LevelMark level={levelOf(record)} short />
      {withService && (
        <span className={styles.service}>
          <ServiceName name={serviceOf(record)} />
        </span>
      )}
      <span className={styles.text}>
        {messageLine(record.body === undefined ? (record.eventName ?? '') : valueText(record.body), LABEL_CHARACTERS)}
      </span>
    </>
  );
  if (isCurrent || onOpen === undefined) {
    return (
      <li className={`${styles.line} ${styles.current}`} aria-current="true" title={t('context.this')}>
        {content}
      </li>
    );
  }
  return (
    <li>
      <button type="button" className={styles.line} onClick={() => onOpen(record.id)}>
        {content}
      </button>
    </li>
  );
}
