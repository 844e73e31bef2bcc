import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../../api/queries.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useClock } from '../../state/search-clock.ts';

const DAY_MILLIS = 86_400_000;

/** Says of a range in which nothing is that it is older than anything is kept for; nothing where it is not. */
export function PastRetention({ range }: { readonly range: TimeRange | undefined }) {
  const t = useTranslate();
  const days = useQuery(healthQuery()).data?.retentionDays;
  const now = useClock();
  if (days === undefined || range === undefined || range.toMillis > now - days * DAY_MILLIS) return null;
  return <p>{t('empty.pastRetention', { days })}</p>;
}
