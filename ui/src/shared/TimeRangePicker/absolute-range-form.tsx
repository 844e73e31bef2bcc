import { type FormEvent, useState } from 'react';
import type { TimeZone } from '../../logic/time-format.ts';
import { absoluteRange, fromLocalField, type TimeRange, type TimeRangeText, toLocalField } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import styles from './time-range-picker.module.css';

interface AbsoluteRangeFormProps {
  readonly value: TimeRange | undefined;
  readonly zone: TimeZone;
  readonly onApply: (range: TimeRangeText) => void;
}

/** Two instants by date and clock, in the zone that the reader has chosen. An end that is not changed stays the instant that it is, which no field has room for. */
export function AbsoluteRangeForm({ value, zone, onApply }: AbsoluteRangeFormProps) {
  const t = useTranslate();
  const [before] = useState({
    fromMillis: value?.fromMillis,
    from: value === undefined ? '' : toLocalField(value.fromMillis, zone),
    toMillis: value?.toMillis,
    to: value === undefined ? '' : toLocalField(value.toMillis, zone),
  });
  const [from, setFrom] = useState(before.from);
  const [to, setTo] = useState(before.to);
  const fromMillis = from === before.from ? before.fromMillis : fromLocalField(from, zone);
  const toMillis = to === before.to ? before.toMillis : fromLocalField(to, zone);
  const isOrdered = fromMillis !== undefined && toMillis !== undefined && fromMillis < toMillis;
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (isOrdered) onApply(absoluteRange({ fromMillis, toMillis }));
  };
  return (
    <form className={styles.form} onSubmit={apply}>
      <label className={styles.field}>
        {t('time.from')}
        <input className={styles.input} type="datetime-local" step={1} value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className={styles.field}>
        {t('time.to')}
        <input className={styles.input} type="datetime-local" step={1} value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      {!isOrdered && from !== '' && to !== '' && (
        <p className={styles.problem} role="alert">
          {t('time.notOrdered')}
        </p>
      )}
      <Button type="submit" look="primary" disabled={!isOrdered}>
        {t('time.apply')}
      </Button>
    </form>
  );
}
