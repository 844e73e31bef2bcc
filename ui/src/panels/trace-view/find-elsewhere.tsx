import { Link } from '@tanstack/react-router';
import { quoteValue } from '@threadline/query-language';
import { nanosToMillis } from '../../logic/nanos.ts';
import { recordFilter } from '../../logic/query-filter.ts';
import { rangeAround } from '../../logic/time-range.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { buttonClass } from '../../shared/Button/button.tsx';
import { newLogsUrl } from '../../state/log-look.ts';

/** Records of a trace are not all from while it took. */
const AROUND_MILLIS = 15 * 60_000;

interface FindElsewhereProps {
  readonly traceId: string;
  readonly tree: TraceTree;
  readonly text: string;
}

/** From a text that no span of a trace is called by to the records of the trace that have it. */
export function FindElsewhere({ traceId, tree: { startNanos, durationNanos }, text }: FindElsewhereProps) {
  const t = useTranslate();
  const startMillis = nanosToMillis(startNanos);
  const range = rangeAround({ fromMillis: startMillis, toMillis: startMillis + Math.ceil(durationNanos / 1e6) }, AROUND_MILLIS);
  const q = `${recordFilter('traceId', traceId)} ${quoteValue(text)}`;
  return (
    <Link to="/logs" search={newLogsUrl({ q, ...range })} className={buttonClass({ size: 'small' })}>
      {t('trace.findInLogs')}
    </Link>
  );
}
