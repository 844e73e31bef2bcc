import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './page-state.module.css';

/** Of a longer range a minute more is not seen. */
const SHORT_MILLIS = 10 * 60_000;

/** Says of which minutes figures are, where the range is so short that this is more than was asked for. */
export function WholeMinutesNote({
  asked,
  answer,
}: {
  readonly asked: TimeRange;
  readonly answer: { readonly from: string; readonly to: string };
}) {
  const t = useTranslate();
  const format = useFormat();
  const [from, to] = [Date.parse(answer.from), Date.parse(answer.to)];
  const isWider = from < asked.fromMillis || to > asked.toMillis;
  if (!isWider || asked.toMillis - asked.fromMillis >= SHORT_MILLIS) return null;
  return (
    <div className={styles.notes} role="status">
      {t('services.wholeMinutes', { from: format.millis(from), to: format.millis(to) })}
    </div>
  );
}
