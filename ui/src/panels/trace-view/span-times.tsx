import { useMemo } from 'react';
import { formatDuration } from '../../logic/duration-format.ts';
import { messageWait } from '../../logic/message-wait.ts';
import { type Gap, gapsOf } from '../../logic/self-time.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { nameOf, type TraceTree } from '../../logic/trace-tree.ts';
import { timesOverP99, type UsualRange } from '../../logic/usual-range.ts';
import { durationWithout, savingText } from '../../logic/what-if.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import styles from './trace-view.module.css';
import { usualValue } from './usual-text.ts';

/** What can be done to the trace from one of its spans. */
export interface SpanActions {
  readonly onFocus: (node: number) => void;
}

interface SpanTimesProps {
  readonly snapshot: TraceSnapshot;
  readonly node: number;
  readonly usual: UsualRange | undefined;
  readonly actions: SpanActions;
}

/** Gaps that are listed: those that are a twentieth of the span, the longest first. */
const MIN_GAP_SHARE = 0.05;
const MAX_GAPS = 5;

/** Where a span's time goes, and what the request would gain without it. */
export function SpanTimes({ snapshot, node, usual, actions }: SpanTimesProps) {
  const t = useTranslate();
  const format = useFormat();
  const { tree, self, critical, isComplete } = snapshot;
  // Both go through all that was called: not again while the reader zooms.
  const without = useMemo(
    () => (critical.root === -1 || node === critical.root ? undefined : durationWithout(tree, { root: critical.root, node })),
    [tree, critical, node],
  );
  const gaps = useMemo(() => longestGaps(tree, node), [tree, node]);
  if (!isComplete) return null;
  const duration = tree.duration[node] ?? 0;
  const wait = messageWait(tree, node);
  const onPath = critical.nanos[node] ?? 0;
  const saving = without === undefined ? undefined : savingText({ without, whole: tree.duration[critical.root] ?? 0 });
  return (
    <div className={styles.times}>
      <dl className={styles.timeList}>
        <dt>{t('span.selfTime')}</dt>
        <dd>{formatDuration(self[node] ?? 0)}</dd>
        {usual !== undefined && (
          <>
            <dt>{t('usual.title')}</dt>
            <dd className={timesOverP99(duration, usual) === undefined ? undefined : styles.warn}>
              {usualValue(duration, usual, { t, format })}
            </dd>
          </>
        )}
        {wait > 0 && (
          <>
            <dt>{t('span.waitTime')}</dt>
            <dd>{formatDuration(wait)}</dd>
          </>
        )}
        <dt>{t('span.criticalTime')}</dt>
        <dd>{onPath > 0 ? formatDuration(onPath) : t('span.notCritical')}</dd>
        {saving !== undefined && (
          <>
            <dt>{t('span.whatIf')}</dt>
            <dd>{t(saving.key, saving.texts)}</dd>
          </>
        )}
        {gaps.length > 0 && (
          <>
            <dt>{t('span.gaps')}</dt>
            <dd>
              <ul className={styles.gapList}>
                {gaps.map((gap) => (
                  <li key={gap.from}>{gapText(tree, gap, t)}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
      {(tree.subtreeEnd[node] ?? 0) > node + 1 && (
        <Button size="small" onClick={() => actions.onFocus(node)}>
          {t('trace.focus')}
        </Button>
      )}
    </div>
  );
}

function longestGaps(tree: TraceTree, node: number): readonly Gap[] {
  return gapsOf(tree, node, Math.max(1, (tree.duration[node] ?? 0) * MIN_GAP_SHARE))
    .toSorted((left, right) => right.to - right.from - (left.to - left.from))
    .slice(0, MAX_GAPS);
}

function gapText(tree: TraceTree, gap: Gap, t: ReturnType<typeof useTranslate>): string {
  const duration = formatDuration(gap.to - gap.from);
  const [after, before] = [spanName(nameOf(tree, gap.after), t), spanName(nameOf(tree, gap.before), t)];
  if (gap.after === -1) return t('span.gapBefore', { duration, before });
  if (gap.before === -1) return t('span.gapAfter', { duration, after });
  return t('span.gapBetween', { duration, after, before });
}
