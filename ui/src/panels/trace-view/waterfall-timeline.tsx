import { serviceOf } from '../../logic/any-value.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { levelColor, levelOf } from '../../logic/level.ts';
import { spanMarks } from '../../logic/span-marks.ts';
import { inWindow, type TimeWindow } from '../../logic/time-window.ts';
import { isErrorEntry, type TraceTree } from '../../logic/trace-tree.ts';
import type { WindowTick } from '../../logic/window-ticks.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import styles from './trace-view.module.css';

interface WaterfallTimelineProps {
  readonly tree: TraceTree;
  readonly node: number;
  readonly window: TimeWindow;
  readonly ticks: readonly WindowTick[];
}

/** A row's place in time: a span's bar with its duration and the marks of its records, or a record's mark. */
export function WaterfallTimeline({ tree, node, window, ticks }: WaterfallTimelineProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const entry = tree.entries[node];
  if (entry === undefined) return null;
  const total = Math.max(1, tree.durationNanos);
  const start = tree.start[node] ?? 0;
  const duration = tree.duration[node] ?? 0;
  const left = inWindow(start / total, window);
  const right = inWindow((start + duration) / total, window);
  return (
    <span role="gridcell" className={styles.timeline}>
      <span className={styles.plot}>
        {ticks.map(({ nanos, place }) => (
          <span key={nanos} className={styles.gridline} style={{ left: `${place * 100}%` }} />
        ))}
        {entry.type === 'log' && <Mark place={left} color={levelColor(levelOf(entry.log))} isEvent={false} />}
        {entry.type === 'log' && <BarText left={left} right={left} text={`+${formatDuration(start)}`} />}
        {(entry.type === 'span' || entry.type === 'unfinished') && (
          <>
            <Bar
              left={left}
              right={right}
              color={colorOf(entry.type === 'span' ? serviceOf(entry.span) : entry.span.service)}
              isError={isErrorEntry(entry)}
              isUnfinished={entry.type === 'unfinished'}
            />
            {spanMarks(tree, node).map((mark) => (
              <Mark
                key={`${mark.type} ${mark.nanos}`}
                place={inWindow(mark.nanos / total, window)}
                color={levelColor(mark.level)}
                isEvent={mark.type === 'event'}
              />
            ))}
            <BarText left={left} right={right} text={entry.type === 'span' ? formatDuration(duration) : t('span.noEnd')} />
          </>
        )}
      </span>
    </span>
  );
}

interface BarProps {
  readonly left: number;
  readonly right: number;
  readonly color: string;
  readonly isError: boolean;
  readonly isUnfinished: boolean;
}

function Bar({ left, right, color, isError, isUnfinished }: BarProps) {
  // Far outside of what is shown, browsers round; the bar is cut a little beyond the edge.
  const from = Math.max(-0.01, left);
  const to = Math.min(1.2, right);
  if (to < 0 || from > 1) return null;
  const place = { left: `${from * 100}%`, width: `${Math.max(0, to - from) * 100}%` };
  const look = isUnfinished ? { color } : { background: color };
  const classes = [styles.bar, isError ? styles.barError : '', isUnfinished ? styles.barUnfinished : ''].join(' ');
  return <span className={classes} style={{ ...place, ...look }} />;
}

function Mark({ place, color, isEvent }: { readonly place: number; readonly color: string; readonly isEvent: boolean }) {
  if (place < 0 || place > 1) return null;
  return <span className={`${styles.mark} ${isEvent ? styles.markEvent : ''}`} style={{ left: `${place * 100}%`, background: color }} />;
}

/** Right of the bar; on it where the bar goes on beyond what is shown. */
function BarText({ left, right, text }: { readonly left: number; readonly right: number; readonly text: string }) {
  if (right < 0 || left > 1) return null;
  if (right <= 1) {
    return (
      <span className={styles.barText} style={{ left: `${right * 100}%` }}>
        {text}
      </span>
    );
  }
  return (
    <span className={`${styles.barText} ${styles.barTextIn}`} style={{ left: `calc(${Math.max(0, left) * 100}% + 6px)` }}>
      {text}
    </span>
  );
}
