import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useCallback, useMemo } from 'react';
import { nodesOf } from '../../logic/align-traces.ts';
import { differencesOf, mainNode } from '../../logic/comparison-rows.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { TraceComparison } from '../../logic/trace-comparison.ts';
import { rowOf, siblingPlaces } from '../../logic/trace-rows.ts';
import { idOf } from '../../logic/trace-store.ts';
import { NODE, nodeOfSpan, spanKeyOf, type TraceTree } from '../../logic/trace-tree.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { useWidth } from '../../shared/use-width.ts';
import { useRowHeight } from '../../state/preferences.ts';
import { useRowKeys } from '../../state/row-keys.ts';
import { useMedia } from '../../state/use-media.ts';
import styles from './compare.module.css';
import { callHost, callName, DIFFERENCE_SIGNS, differenceName, signed, timesHere, usualText, usualTimes } from './compare-findings.tsx';
import { drawComparison } from './draw-comparison.ts';
import { FoldToggle } from './fold-toggle.tsx';
import { TreeRows } from './tree-rows.tsx';
import type { RowsInView } from './use-row-window.ts';
import type { ShownView } from './use-view.ts';

const INDENT_PIXELS = 12;
const MAX_INDENT_DEPTH = 14;
/** As compare.module.css has it: a row has two lines. */
const NARROW = '(max-width: 560px)';

interface CompareTreeProps {
  readonly shown: ShownView<'comparison'>;
  /** Calls that have a row. */
  readonly rows: Int32Array;
  /** The call that the keys are on; -1 for none. */
  readonly active: number;
  readonly folded: ReadonlySet<number>;
  readonly otherIds: readonly string[];
  readonly selectedId: string | undefined;
  readonly onActive: (call: number) => void;
  readonly onFold: (call: number, isFolded: boolean) => void;
  readonly onOpen: (spanId: string) => void;
}

/** Both as one tree: each call with how long it took here and there, and on one axis when it ran in each. */
export function CompareTree(props: CompareTreeProps) {
  const { shown, rows, active, folded, otherIds, onFold } = props;
  const t = useTranslate();
  const rowHeight = useRowHeight() * (useMedia(NARROW) ? 2 : 1);
  const [box, width] = useWidth<HTMLSpanElement>();
  const { answer, snapshot } = shown;
  const { aligned } = answer;
  const canFold = (call: number): boolean => (aligned.subtreeEnd[call] ?? 0) > call + 1;
  const siblings = useMemo(() => siblingPlaces(aligned.parent, rows), [aligned, rows]);
  const keys = (event: KeyboardEvent): void => {
    if (active === -1 || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    const isLeft = event.key === 'ArrowLeft';
    if (canFold(active) && folded.has(active) !== isLeft) onFold(active, isLeft);
    else if (isLeft && aligned.parent[active] !== -1) props.onActive(aligned.parent[active] ?? -1);
    else if (!isLeft && canFold(active)) props.onActive(rows[rowOf(rows, active) + 1] ?? active);
  };
  const selectedNode = props.selectedId === undefined ? -1 : nodeOfSpan(snapshot.tree, props.selectedId);
  const selectedRow = selectedNode === -1 ? -1 : rows.findIndex((call) => nodesOf(aligned, call).includes(selectedNode));
  const activeRow = rowOf(rows, active);
  const activate = (row: number): void => props.onActive(rows[row] ?? -1);
  const open = (row: number): void => {
    const node = mainNode(answer, snapshot.tree, rows[row] ?? -1);
    if (node !== -1 && snapshot.tree.type[node] !== NODE.missing) props.onOpen(spanKeyOf(snapshot.tree, node));
  };
  useRowKeys({ rowCount: rows.length, active: activeRow, onActive: activate, onOpen: open });
  return (
    <TreeRows
      label={t('compare.tree')}
      rowCount={rows.length}
      rowHeight={rowHeight}
      columnCount={5}
      active={activeRow}
      selected={selectedRow}
      onActive={activate}
      onOpen={open}
      onKey={keys}
      rowAria={(row) => {
        const call = rows[row] ?? -1;
        return {
          'aria-level': (aligned.depth[call] ?? 0) + 1,
          'aria-posinset': siblings.place[row],
          'aria-setsize': siblings.of[row],
          ...(canFold(call) ? { 'aria-expanded': !folded.has(call) } : {}),
        };
      }}
      header={
        <div className={styles.cells} role="presentation">
          <span role="columnheader" className={styles.nameHead}>
            {t('trace.serviceAndOperation')}
          </span>
          <span role="columnheader" className={styles.number}>
            {t('compare.here')}
          </span>
          <span role="columnheader" className={styles.number}>
            {t(otherIds.length === 1 ? 'compare.there' : 'compare.usual')}
          </span>
          <span role="columnheader" className={styles.number}>
            {t('compare.difference')}
          </span>
          <span role="columnheader" ref={box} className={styles.axis} aria-label={t('compare.bars')} title={t('compare.bars')}>
            <span className={styles.axisSentence}>{t('compare.bars')}</span>
            <span className={styles.axisWords} aria-hidden="true">
              <span>{t('compare.here')}</span>
              <span>{t('compare.there')}</span>
            </span>
          </span>
        </div>
      }
      renderRow={(row) => (
        <CompareRow
          shown={shown}
          call={rows[row] ?? 0}
          otherIds={otherIds}
          isFolded={folded.has(rows[row] ?? -1)}
          canFold={canFold(rows[row] ?? 0)}
          onFold={onFold}
        />
      )}
      renderOver={(view) => <CompareBars shown={shown} rows={rows} view={view} rowHeight={rowHeight} width={width} />}
    />
  );
}

interface CompareBarsProps {
  readonly shown: ShownView<'comparison'>;
  readonly rows: Int32Array;
  readonly view: RowsInView;
  readonly rowHeight: number;
  readonly width: number;
}

function CompareBars({ shown: { answer, snapshot }, rows, view, rowHeight, width }: CompareBarsProps) {
  const colorOf = useServiceColor();
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) =>
      drawComparison(context, { area, answer, tree: snapshot.tree, rows, view, rowHeight, colorOf }),
    [answer, snapshot, rows, view, rowHeight, colorOf],
  );
  return (
    <div className={styles.bars} style={{ width }}>
      <CanvasView height={view.height} draw={draw} />
    </div>
  );
}

interface CompareRowProps {
  readonly shown: ShownView<'comparison'>;
  readonly call: number;
  readonly otherIds: readonly string[];
  readonly isFolded: boolean;
  readonly canFold: boolean;
  readonly onFold: (call: number, isFolded: boolean) => void;
}

function CompareRow({ shown, call, otherIds, isFolded, canFold, onFold }: CompareRowProps) {
  const t = useTranslate();
  const format = useFormat();
  const colorOf = useServiceColor();
  const { answer, snapshot } = shown;
  const { aligned } = answer;
  const depth = aligned.depth[call] ?? 0;
  const node = nodesOf(aligned, call)[0] ?? -1;
  const service = aligned.services[aligned.service[call] ?? 0] ?? '';
  const differences = differencesOf(answer, call);
  const [name, host] = [callName(answer, call, t), callHost(answer, call)];
  const presence = answer.presence[call] ?? 0;
  const [times, usual] = [timesHere(answer, call, format), usualTimes(answer, call, format)];
  return (
    <div className={styles.cells} role="presentation">
      <span role="gridcell" className={`${styles.name} ${node === -1 ? styles.absent : ''}`}>
        <span className={styles.indent} style={{ width: 20 + Math.min(depth, MAX_INDENT_DEPTH) * INDENT_PIXELS }}>
          {canFold && <FoldToggle isFolded={isFolded} className={styles.toggle} onToggle={() => onFold(call, !isFolded)} />}
        </span>
        <span className={styles.swatch} style={{ background: colorOf(service) }} />
        <span className={styles.service}>{service}</span>
        <span className={styles.operation} title={host === '' ? name : `${name} ${host}`}>
          {name}
          {host !== '' && <span className={styles.host}> {host}</span>}
        </span>
        {differences.map((type) => (
          <span key={type} className={`${styles.kind} ${styles[type]}`} title={t(differenceName(answer, { call, type }))}>
            <span aria-hidden="true">{DIFFERENCE_SIGNS[type]}</span>
            <span className={styles.kindName}> {t(differenceName(answer, { call, type }))}</span>
          </span>
        ))}
        {node === -1 && <ExampleLink answer={answer} call={call} otherIds={otherIds} />}
      </span>
      <span role="gridcell" className={styles.number}>
        {times !== '' && <span className={styles.times}>{times} </span>}
        {hereText(answer, snapshot.tree, { call, noEnd: t('span.noEnd') })}
      </span>
      <span
        role="gridcell"
        className={styles.number}
        title={otherIds.length > 1 ? t('compare.presence', { presence, total: otherIds.length }) : undefined}
      >
        {usual !== '' && <span className={styles.times}>{usual} </span>}
        {presence === 0 ? '–' : usualText(answer, call)}
        {otherIds.length > 1 && presence > 0 && presence < otherIds.length && (
          <span className={styles.presence}>
            {' '}
            {format.number(presence)}/{format.number(otherIds.length)}
          </span>
        )}
      </span>
      <span role="gridcell" className={styles.number}>
        {node === -1 || presence === 0 || snapshot.tree.type[node] !== NODE.span
          ? ''
          : signed((answer.duration[call] ?? 0) - (answer.usualMedian[call] ?? 0))}
      </span>
      <span role="gridcell" />
    </div>
  );
}

function hereText(
  answer: TraceComparison,
  { type }: TraceTree,
  { call, noEnd }: { readonly call: number; readonly noEnd: string },
): string {
  const nodes = nodesOf(answer.aligned, call);
  if (nodes.length === 0) return '–';
  if (nodes.some((node) => type[node] === NODE.span)) return formatDuration(answer.duration[call] ?? 0);
  return nodes.some((node) => type[node] === NODE.unfinished) ? noEnd : '';
}

/** To where a call is that is not here. */
function ExampleLink({
  answer,
  call,
  otherIds,
}: {
  readonly answer: TraceComparison;
  readonly call: number;
  readonly otherIds: readonly string[];
}) {
  const t = useTranslate();
  const traceId = otherIds[answer.example[call] ?? -1];
  if (traceId === undefined) return null;
  const span = idOf(answer.exampleHigh[call] ?? 0, answer.exampleLow[call] ?? 0);
  return (
    <Link
      to="/trace/$traceId"
      params={{ traceId }}
      search={{ span }}
      tabIndex={-1}
      className={styles.example}
      onClick={(event) => event.stopPropagation()}
    >
      {t('compare.example')}
    </Link>
  );
}
