import { type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatDuration } from '../../logic/duration-format.ts';
import type { FlameGraph } from '../../logic/flame-graph.ts';
import { boxAt, neighbourBox, rowOfBox, windowOfBox, zoomForBox } from '../../logic/flame-view.ts';
import { FLAME_WAYS, type FlameWay } from '../../logic/flame-ways.ts';
import { matchesSpan } from '../../logic/span-find.ts';
import { type TimeWindow, WHOLE } from '../../logic/time-window.ts';
import { nodeKey, nodeOfKey } from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { nodeOfSpan, spanKeyOf, type TraceTree } from '../../logic/trace-tree.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { shortcutKey } from '../../state/shortcut-key.ts';
import { useShortcuts } from '../../state/shortcuts.ts';
import { drawFlame, FLAME_ROW } from './draw-flame.ts';
import styles from './flame.module.css';
import { type RowsInView, useRowWindow } from './use-row-window.ts';
import { type ShownView, type TraceViews, useView } from './use-view.ts';
import { ViewFrame } from './view-frame.tsx';
import viewStyles from './views.module.css';
import type { FlameAddress } from './views-address.ts';

const WAYS: Readonly<Record<FlameWay, MessageKey>> = { merged: 'flame.merged', critical: 'flame.critical', time: 'flame.time' };
const WAY_HELP: Readonly<Record<FlameWay, MessageKey>> = {
  merged: 'flame.mergedHelp',
  critical: 'flame.criticalHelp',
  time: 'flame.timeHelp',
};

/** A box narrower than this, in pixels, is not seen among others: what is opened from elsewhere is zoomed to until it is as wide. */
const MIN_SEEN = 8;
/** So far from the edges, in pixels, what is opened from elsewhere stays where it is. */
const MARGIN = 3 * FLAME_ROW;

interface FlameViewProps {
  readonly views: TraceViews;
  readonly address: FlameAddress;
  /** Another number each time that the reader goes to a span, also to the one that is open already. */
  readonly visits: number;
  /** The field that spans are looked for with. */
  readonly find: ReactNode;
}

/** The calls of a trace above one another, as wide as they are long: equal ones together, or each in its time. */
export function FlameView({ views, address, visits, find }: FlameViewProps) {
  const t = useTranslate();
  const { flameWay } = address;
  const request = useMemo(() => ({ type: 'flame', way: flameWay }) as const, [flameWay]);
  const state = useView(views, request);
  return (
    <ViewFrame
      state={state}
      isEmpty={({ answer }) => answer.rows === 0}
      tools={
        <>
          <Choice
            legend={t('flame.ways')}
            isLegendHidden
            options={FLAME_WAYS.map((value) => ({ value, label: t(WAYS[value]) }))}
            value={flameWay}
            onChange={address.setFlameWay}
          />
          {find}
          <span className={viewStyles.hint}>{t(WAY_HELP[flameWay])}</span>
        </>
      }
    >
      {(shown) => <Flame key={shown.answer.way} shown={shown} address={address} visits={visits} />}
    </ViewFrame>
  );
}

type ArrowKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';
const ARROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
function isArrow(key: string): key is ArrowKey {
  return ARROWS.includes(key);
}

interface FlameProps extends Pick<FlameViewProps, 'address' | 'visits'> {
  readonly shown: ShownView<'flame'>;
}

function Flame({ shown, address, visits }: FlameProps) {
  const t = useTranslate();
  const { answer: graph, snapshot } = shown;
  const { tree } = snapshot;
  const zoomed = boxOfSpan(graph, snapshot, address.frameId);
  const [selected, setSelected] = useBox(shown, zoomed);
  const [hovered, setHovered] = useBox(shown, -1);
  const { scroller, view, space, reveal, scrollTo } = useRowWindow({ rowCount: graph.rows, rowHeight: FLAME_ROW });
  const window = zoomed === -1 ? WHOLE : windowOfBox(graph, zoomed);
  const isFound = useFound(shown, address);
  const isMeasured = view.height > 0;
  const opened = boxOfSpan(graph, snapshot, address.spanId);
  const visit = `${visits} ${address.spanId}`;
  const visited = useRef('');
  useEffect(() => {
    // What is open may come later than the first of its trace.
    if (opened === -1 || !isMeasured || visited.current === visit) return;
    visited.current = visit;
    setSelected(opened);
    // With what calls it and what it calls around it, and room for the tools and the strip to take a line more.
    const [top, above] = [rowOfBox(graph, opened) * FLAME_ROW, view.first * FLAME_ROW - view.top];
    const isInside = top >= above + MARGIN && top + FLAME_ROW <= above + view.height - MARGIN;
    if (!isInside) scrollTo(Math.max(0, top + (FLAME_ROW - view.height) / 2));
    const minShare = MIN_SEEN / Math.max(MIN_SEEN, scroller.current?.clientWidth ?? 0);
    const frame = zoomForBox(graph, opened, { zoomed, minShare });
    if (frame !== zoomed) address.moveFrame(frame === -1 ? undefined : spanKeyOf(tree, graph.longest[frame] ?? 0));
  });
  useEffect(() => {
    if (selected !== -1 && isMeasured) reveal(rowOfBox(graph, selected));
  }, [graph, selected, isMeasured, reveal]);
  const zoomTo = (box: number): void => {
    setSelected(box);
    const next = box === -1 || (graph.parent[box] === -1 && (graph.to[box] ?? 0) - (graph.from[box] ?? 0) >= graph.whole) ? -1 : box;
    if (next !== zoomed) address.setFrame(next === -1 ? undefined : spanKeyOf(tree, graph.longest[next] ?? 0));
  };
  const boxUnder = (event: MouseEvent<HTMLDivElement>): number => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const row = view.first + Math.floor((event.clientY - bounds.top - view.top) / FLAME_ROW);
    const place = window.from + ((event.clientX - bounds.left) / Math.max(1, event.currentTarget.clientWidth)) * (window.to - window.from);
    return row < 0 || row >= graph.rows ? -1 : boxAt(graph, row, place * graph.whole);
  };
  /** The drawing has its own keys: those of rows lead to it, one level down or up. */
  const moveTo = (key: ArrowKey): void => {
    setSelected(selected === -1 ? 0 : neighbourBox(graph, selected, key));
    scroller.current?.focus();
  };
  useShortcuts({ j: () => moveTo('ArrowDown'), k: () => moveTo('ArrowUp') });
  const keys = (event: KeyboardEvent): void => {
    if (isArrow(event.key)) setSelected(selected === -1 ? 0 : neighbourBox(graph, selected, event.key));
    else if (event.key === 'Enter' && selected !== -1) zoomTo(selected);
    else if ((event.key === 'Backspace' || event.key === 'Escape') && zoomed !== -1) zoomTo(graph.parent[zoomed] ?? -1);
    else if (event.key === 'Home') zoomTo(-1);
    else if (shortcutKey(event.nativeEvent) === 'o' && selected !== -1) address.openSpan(spanKeyOf(tree, graph.longest[selected] ?? 0));
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        role="application"
        aria-label={t('flame.label')}
        aria-describedby="flame-help"
        tabIndex={0}
        onKeyDown={keys}
        onPointerMove={(event) => setHovered(boxUnder(event))}
        onPointerLeave={() => setHovered(-1)}
        onClick={(event) => {
          const box = boxUnder(event);
          if (box !== -1) zoomTo(box);
        }}
      >
        <div style={{ height: Math.max(space, view.height) }}>
          <div className={styles.boxes} style={{ height: view.height }}>
            <FlameCanvas shown={shown} view={view} window={window} selected={selected} hovered={hovered} isFound={isFound} />
          </div>
        </div>
      </div>
      <p id="flame-help" className={styles.unseen}>
        {t('flame.help')}
      </p>
      <FlameStrip
        shown={shown}
        address={address}
        box={hovered === -1 ? selected : hovered}
        isBoxless={opened === -1 && address.spanId !== undefined && nodeOfSpan(tree, address.spanId) !== -1}
        onWhole={zoomed === -1 ? undefined : () => zoomTo(-1)}
      />
      <p className={styles.unseen} role="status">
        {selected === -1 ? '' : boxText(shown, selected, t)}
      </p>
    </>
  );
}

/** A box, kept by a span of it: while a trace loads its graph is made anew again and again, and what the reader is at stays. */
function useBox({ answer: graph, snapshot: { tree } }: ShownView<'flame'>, initial: number): readonly [number, (box: number) => void] {
  const nodeOf = (box: number): number => (box === -1 ? -1 : (graph.longest[box] ?? -1));
  const [stored, setStored] = useState({ tree, node: nodeOf(initial) });
  const place = stored.tree === tree ? stored : { tree, node: carriedNode(stored, tree) };
  if (place !== stored) setStored(place);
  const box = place.node === -1 ? -1 : (graph.boxOf[place.node] ?? -1);
  return [box, (next) => setStored({ tree, node: nodeOf(next) })];
}

function carriedNode(before: { readonly tree: TraceTree; readonly node: number }, tree: TraceTree): number {
  return before.node === -1 ? -1 : nodeOfKey(tree, nodeKey(before.tree, before.node));
}

function boxOfSpan(graph: FlameGraph, { tree }: TraceSnapshot, spanId: string | undefined): number {
  const node = spanId === undefined ? -1 : nodeOfSpan(tree, spanId);
  return node === -1 ? -1 : (graph.boxOf[node] ?? -1);
}

/** All spans of a box have one service and name: any of them tells. */
function useFound(
  { answer: graph, snapshot: { tree } }: ShownView<'flame'>,
  { find, group }: FlameAddress,
): ((box: number) => boolean) | undefined {
  const { service, operation } = group ?? {};
  return useMemo(() => {
    if (find === '' && service === undefined) return undefined;
    const is = matchesSpan(tree, { text: find, service, operation });
    return (box: number) => is(graph.longest[box] ?? 0);
  }, [graph, tree, find, service, operation]);
}

interface FlameCanvasProps {
  readonly shown: ShownView<'flame'>;
  readonly view: RowsInView;
  readonly window: TimeWindow;
  readonly selected: number;
  readonly hovered: number;
  readonly isFound: ((box: number) => boolean) | undefined;
}

function FlameCanvas({ shown: { answer: graph, snapshot }, view, window, selected, hovered, isFound }: FlameCanvasProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const { services } = snapshot.tree;
  const names = useMemo(() => snapshot.tree.names.map((name) => spanName(name, t)), [snapshot.tree, t]);
  const missing = t('flame.missing');
  const { first, count, top, height } = view;
  const { from, to } = window;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) =>
      drawFlame(context, {
        area,
        graph,
        names,
        services,
        view: { first, count, top, height },
        window: { from, to },
        selected,
        hovered,
        isFound,
        colorOf,
        missing,
      }),
    [graph, names, services, first, count, top, height, from, to, selected, hovered, isFound, colorOf, missing],
  );
  return <CanvasView height={height} draw={draw} />;
}

interface FlameStripProps {
  readonly shown: ShownView<'flame'>;
  readonly address: FlameAddress;
  /** What is pointed at, else what is selected; -1 for none. */
  readonly box: number;
  /** The open span is none of what is drawn. */
  readonly isBoxless: boolean;
  readonly onWhole: (() => void) | undefined;
}

/** What a box stands for, in words; its place is kept where there is none. */
function FlameStrip({ shown, address, box, isBoxless, onWhole }: FlameStripProps) {
  const t = useTranslate();
  const format = useFormat();
  const { answer: graph, snapshot } = shown;
  const { tree } = snapshot;
  const errors = graph.errors[box] ?? 0;
  const service = tree.services[graph.service[box] ?? 0];
  return (
    <div className={viewStyles.strip}>
      {box === -1 ? (
        <span className={viewStyles.muted}>
          {t(!isBoxless ? 'flame.none' : graph.way === 'critical' ? 'flame.offPath' : 'flame.noTime')}
        </span>
      ) : (
        <>
          {service !== undefined && <ServiceName name={service} />}
          <span className={viewStyles.stripName}>{nameOfBox(shown, box, t)}</span>
          <span>{t('flame.calls', { count: graph.count[box] ?? 0, shown: format.number(graph.count[box] ?? 0) })}</span>
          <span>{t('flame.width', { shown: formatDuration((graph.to[box] ?? 0) - (graph.from[box] ?? 0)) })}</span>
          {graph.way !== 'time' && <span>{t('flame.total', { shown: formatDuration(graph.total[box] ?? 0) })}</span>}
          <span>{t('flame.self', { shown: formatDuration(graph.self[box] ?? 0) })}</span>
          {graph.way !== 'time' && graph.whole > 0 && (
            <span>{format.percent(((graph.to[box] ?? 0) - (graph.from[box] ?? 0)) / graph.whole)}</span>
          )}
          {errors > 0 && <span className={viewStyles.error}>✕ {t('trace.errors', { count: errors, shown: format.number(errors) })}</span>}
        </>
      )}
      <span className={viewStyles.stripEnd}>
        {onWhole !== undefined && (
          <Button size="small" onClick={onWhole}>
            {t('trace.unfocus')}
          </Button>
        )}
        {box !== -1 && service !== undefined && (
          <>
            <Button size="small" onClick={() => address.openSpan(spanKeyOf(tree, graph.longest[box] ?? 0))}>
              {t((graph.count[box] ?? 0) > 1 ? 'flame.openLongest' : 'flame.openSpan')}
            </Button>
            <Button size="small" onClick={() => address.showGroup({ service, operation: tree.names[graph.name[box] ?? 0] })}>
              {t('view.inWaterfall')}
            </Button>
          </>
        )}
      </span>
    </div>
  );
}

function nameOfBox({ answer: graph, snapshot: { tree } }: ShownView<'flame'>, box: number, t: Translate): string {
  return graph.service[box] === undefined || tree.services[graph.service[box] ?? 0] === undefined
    ? t('flame.missing')
    : spanName(tree.names[graph.name[box] ?? 0] ?? '', t);
}

/** A box as it is read out. */
function boxText(shown: ShownView<'flame'>, box: number, t: Translate): string {
  const { answer: graph, snapshot } = shown;
  return t('flame.boxText', {
    service: snapshot.tree.services[graph.service[box] ?? 0] ?? '',
    name: nameOfBox(shown, box, t),
    level: rowOfBox(graph, box) + 1,
    count: graph.count[box] ?? 0,
    width: formatDuration((graph.to[box] ?? 0) - (graph.from[box] ?? 0)),
    self: formatDuration(graph.self[box] ?? 0),
    errors: graph.errors[box] ?? 0,
  });
}
