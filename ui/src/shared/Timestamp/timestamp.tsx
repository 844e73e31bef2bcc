import { nanosToMillis, parseNanos } from '../../logic/nanos.ts';
import type { ListTimeForm } from '../../logic/time-format.ts';
import { useFormat } from '../../messages/format.tsx';
import styles from './timestamp.module.css';

/** `clock` in lists, `dayClock` in lists over more than a day, `yearClock` over more than a year, `exact` where there is room. Hovering shows the other zone and how long ago. */
export function Timestamp({ nanos, form }: { readonly nanos: string; readonly form: ListTimeForm | 'exact' }) {
  const format = useFormat();
  return (
    <time
      className={styles.time}
      onPointerEnter={(event) => {
        const away = format.fromNow(nanosToMillis(parseNanos(nanos)), Date.now());
        event.currentTarget.title = `${format.exact(nanos)}\n${format.otherZone(nanos)}\n${away}`;
      }}
    >
      {format[form](nanos)}
    </time>
  );
}
