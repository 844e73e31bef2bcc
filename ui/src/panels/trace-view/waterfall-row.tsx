import { memo } from 'react';
import { valueText } from '../../logic/any-value.ts';
import { messageLine, showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { errorsBelow, errorsOfRepeat } from '../../logic/folded-errors.ts';
import { LEVEL_SIGNS, levelColor } from '../../logic/level.ts';
import { messageWait } from '../../logic/message-wait.ts';
import { type LinkCounts, linksOf, linksOfRepeat } from '../../logic/span-links.ts';
import { isErrorNode, logLevel } from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { earlyNanosOf, NODE, nameOf, serviceNameOf, spanIdOf } from '../../logic/trace-tree.ts';
import type { UsualRange } from '../../logic/usual-range.ts';
import { earlyText } from '../../messages/early-text.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { FoldToggle } from './fold-toggle.tsx';
import {
  depthIndent,
  LABEL_CHARACTERS,
  LINK_WAYS,
  type LinkWay,
  linksText,
  MAX_INDENT_DEPTH,
  MAX_INDENT_PERCENT,
  SERVICE_CHARACTERS,
  shownTarget,
} from './row-name.ts';
import styles from './trace-view.module.css';
import { overText, usualText } from './usual-text.ts';

interface WaterfallRowProps {
  readonly snapshot: TraceSnapshot;
  readonly node: number;
  /** What the row's depth is counted from. */
  readonly topDepth: number;
  readonly isFolded: boolean;
  readonly canFold: boolean;
  /** The row stands for all calls of its repetition. */
  readonly isRepeat: boolean;
  readonly isFound: boolean;
  /** How long the span's operation usually takes, where that is known. */
  readonly usual: UsualRange | undefined;
  readonly onToggle: (node: number, fold: boolean) => void;
}

/**
 * One span, record or missing span, in as few boxes as show it: a scrolled frame lays out as many rows as have come. Its name at its depth. Its time is drawn beside it, and said here for those who do not see it. */
export const WaterfallRow = memo(
  function WaterfallRow({ snapshot, node, topDepth, isFolded, canFold, isRepeat, isFound, usual, onToggle }: WaterfallRowProps) {
    const t = useTranslate();
    const format = useFormat();
    const { tree, repeats } = snapshot;
    const depth = (tree.depth[node] ?? 0) - topDepth;
    const usualTitle = usual === undefined || isRepeat ? undefined : usualText(tree.duration[node] ?? 0, usual, { t, format });
    const over = usual === undefined || isRepeat ? '' : overText(tree.duration[node] ?? 0, usual, { t });
    const wait = isRepeat ? 0 : messageWait(tree, node);
    const waited = wait > 0 ? t('trace.waited', { duration: formatDuration(wait) }) : '';
    const time = [timeText(snapshot, { node, isRepeat, t }), waited, over].filter((text) => text !== '').join(' ');
    const hidden = isRepeat ? errorsOfRepeat(snapshot, node) : isFolded ? errorsBelow(snapshot, node) : 0;
    const links = isRepeat ? linksOfRepeat(snapshot, node) : linksOf(tree, node);
    const below = (tree.subtreeEnd[node] ?? node + 1) - node - 1;
    return (
      <>
        <span
          role="gridcell"
          className={`${styles.nameCell} ${isFound ? styles.found : ''}`}
          style={{ paddingLeft: `min(${depthIndent(depth)}px, ${MAX_INDENT_PERCENT}%)` }}
        >
          {depth > MAX_INDENT_DEPTH && (
            <span className={styles.deep} aria-hidden="true">
              {depth}
            </span>
          )}
          {canFold && <FoldToggle isFolded={isFolded} className={styles.toggle} onToggle={() => onToggle(node, !isFolded)} />}
          {isRepeat && (
            <span className={styles.repeat} title={t('trace.repeatTitle', { shown: format.number(repeats.count[node] ?? 0) })}>
              ×{format.number(repeats.count[node] ?? 0)}
            </span>
          )}
          {isFolded && !isRepeat && <span className={styles.folded}>+{format.number(below)}</span>}
          {hidden > 0 && <HiddenErrors count={hidden} />}
          {LINK_WAYS.map((way) => links[way] > 0 && <LinksMark key={way} way={way} links={links} />)}{' '}
          <NodeName snapshot={snapshot} node={node} isRepeat={isRepeat} />
        </span>
        <span role="gridcell" className={styles.timeCell} title={usualTitle} aria-label={time} />
      </>
    );
  },
  (before, after) =>
    before.snapshot === after.snapshot &&
    before.node === after.node &&
    before.topDepth === after.topDepth &&
    before.isFolded === after.isFolded &&
    before.canFold === after.canFold &&
    before.isRepeat === after.isRepeat &&
    before.isFound === after.isFound &&
    before.usual === after.usual &&
    before.onToggle === after.onToggle,
);

/** What the drawn bar says: when it began and how long it took. */
function timeText(
  { tree, repeats }: TraceSnapshot,
  { node, isRepeat, t }: { readonly node: number; readonly isRepeat: boolean; readonly t: Translate },
): string {
  const start = `+${formatDuration(tree.start[node] ?? 0)}`;
  if (tree.type[node] !== NODE.span) return start;
  const early = isRepeat ? undefined : earlyNanosOf(tree, node);
  if (early !== undefined) return `${earlyText(early, t)} ${start}`;
  return `${formatDuration((isRepeat ? repeats.total[node] : tree.duration[node]) ?? 0)} ${start}`;
}

/** Errors that have no row of their own while what is above them is folded. */
function HiddenErrors({ count }: { readonly count: number }) {
  const t = useTranslate();
  const format = useFormat();
  const shown = format.number(count);
  const text = t('trace.hiddenErrors', { count, shown });
  return (
    <span className={`${styles.folded} ${styles.error}`} role="img" aria-label={text} title={text}>
      ✕ {shown}
    </span>
  );
}

/** That the span links to others, or others to it, which its details show. */
function LinksMark({ way, links }: { readonly way: LinkWay; readonly links: LinkCounts }) {
  const t = useTranslate();
  const format = useFormat();
  const { [way]: count } = links;
  const text = t(way === 'to' ? 'trace.links' : 'trace.linkedFrom', { count, shown: format.number(count) });
  return (
    <span className={styles.folded} role="img" aria-label={text} title={text}>
      {linksText(way, links, format)}
    </span>
  );
}

interface NodeNameProps {
  readonly snapshot: TraceSnapshot;
  readonly node: number;
  /** Its row stands for all calls of its repetition, and says of itself how many of them failed. */
  readonly isRepeat: boolean;
}

function NodeName({ snapshot: { tree }, node, isRepeat }: NodeNameProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  if (tree.type[node] === NODE.log) {
    const level = logLevel(tree, node);
    const body = tree.logs.bodies[tree.source[node] ?? 0];
    return (
      <>
        <span className={styles.sign} style={{ color: levelColor(level) }} role="img" aria-label={level} title={level}>
          {LEVEL_SIGNS[level]}
        </span>{' '}
        <span className={`${styles.label} ${styles.logLabel}`}>{messageLine(valueText(body), LABEL_CHARACTERS)}</span>
      </>
    );
  }
  if (tree.type[node] === NODE.missing) {
    return <span className={`${styles.label} ${styles.warn}`}>? {t('trace.missingSpan', { id: spanIdOf(tree, node) })}</span>;
  }
  const service = serviceNameOf(tree, node);
  const name = spanName(nameOf(tree, node), t);
  const target = shownTarget(tree, node, isRepeat);
  return (
    <>
      <span className={styles.swatch} style={{ background: colorOf(service) }} />
      <span className={service.length > SERVICE_CHARACTERS ? styles.longService : styles.service}>{`${showControls(service)} `}</span>
      {isErrorNode(tree, node) && !isRepeat && (
        <span className={`${styles.sign} ${styles.error}`} role="img" aria-label={t('span.error')} title={t('span.error')}>
          ✕
        </span>
      )}{' '}
      <span className={styles.label} title={name}>
        {name}
      </span>
      {target !== undefined && (
        <span className={styles.target} title={target}>
          {` ${target}`}
        </span>
      )}
      {tree.type[node] === NODE.unfinished && <span className={`${styles.sign} ${styles.warn}`}>{` … ${t('span.unfinished')}`}</span>}
    </>
  );
}
