import { memo } from 'react';
import { serviceOf, valueText } from '../../logic/any-value.ts';
import { showControls } from '../../logic/control-characters.ts';
import { LEVEL_SIGNS, levelColor, levelOf } from '../../logic/level.ts';
import type { TimeWindow } from '../../logic/time-window.ts';
import { isErrorEntry, type TraceEntry, type TraceTree } from '../../logic/trace-tree.ts';
import type { WindowTick } from '../../logic/window-ticks.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import styles from './trace-view.module.css';
import { WaterfallTimeline } from './waterfall-timeline.tsx';

const INDENT_PIXELS = 12;
/** Deeper rows stand no further right, or nothing would be left of their names; the depth is written instead. */
const MAX_INDENT_DEPTH = 14;
const LABEL_CHARACTERS = 300;

interface WaterfallRowProps {
  readonly tree: TraceTree;
  readonly node: number;
  readonly window: TimeWindow;
  readonly ticks: readonly WindowTick[];
  readonly isFolded: boolean;
  readonly canFold: boolean;
  /** The same function while the tree is the same. */
  readonly onToggle: (node: number, fold: boolean) => void;
}

/** One span, record or missing span: its name at its depth, its time beside it. Drawn anew only when something of it changes. */
export const WaterfallRow = memo(function WaterfallRow({ tree, node, window, ticks, isFolded, canFold, onToggle }: WaterfallRowProps) {
  const t = useTranslate();
  const format = useFormat();
  const entry = tree.entries[node];
  if (entry === undefined) return null;
  const depth = tree.depth[node] ?? 0;
  const below = (tree.subtreeEnd[node] ?? node + 1) - node - 1;
  return (
    <div className={styles.cells} role="presentation">
      <span role="gridcell" className={styles.name}>
        <span className={styles.indent} style={{ width: 20 + Math.min(depth, MAX_INDENT_DEPTH) * INDENT_PIXELS }}>
          {depth > MAX_INDENT_DEPTH && <span className={styles.deep}>{depth}</span>}
          {canFold && (
            <button
              type="button"
              tabIndex={-1}
              className={styles.toggle}
              aria-label={t(isFolded ? 'trace.unfold' : 'trace.fold')}
              onClick={(event) => {
                event.stopPropagation();
                onToggle(node, !isFolded);
              }}
            >
              <Icon name={isFolded ? 'right' : 'down'} />
            </button>
          )}
        </span>
        <EntryName entry={entry} />
        {isFolded && <span className={styles.folded}>+{format.number(below)}</span>}
      </span>
      <WaterfallTimeline tree={tree} node={node} window={window} ticks={ticks} />
    </div>
  );
});

function EntryName({ entry }: { readonly entry: TraceEntry }) {
  const t = useTranslate();
  if (entry.type === 'log') {
    const level = levelOf(entry.log);
    return (
      <>
        <span className={styles.sign} style={{ color: levelColor(level) }} role="img" aria-label={level} title={level}>
          {LEVEL_SIGNS[level]}
        </span>
        <span className={`${styles.label} ${styles.logLabel}`}>{showControls(valueText(entry.log.body).slice(0, LABEL_CHARACTERS))}</span>
      </>
    );
  }
  if (entry.type === 'missing') {
    return <span className={`${styles.label} ${styles.warn}`}>? {t('trace.missingSpan', { id: entry.spanId })}</span>;
  }
  return (
    <>
      <span className={styles.service}>
        <ServiceName name={entry.type === 'span' ? serviceOf(entry.span) : entry.span.service} />
      </span>
      {isErrorEntry(entry) && (
        <span className={`${styles.sign} ${styles.error}`} role="img" aria-label={t('span.error')} title={t('span.error')}>
          ✕
        </span>
      )}
      <span className={styles.label} title={showControls(entry.span.name)}>
        {showControls(entry.span.name)}
      </span>
      {entry.type === 'unfinished' && <span className={`${styles.sign} ${styles.warn}`}>… {t('span.unfinished')}</span>}
    </>
  );
}
