import { type KeyboardEvent, useLayoutEffect, useMemo, useRef } from 'react';
import type { CallGraph } from '../../logic/call-graph.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { layeredLayout } from '../../logic/layered-layout.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import styles from './calls.module.css';

const BOX = { width: 190, height: 46 };
/** From the start of one layer to that of the next: what the calls are counted with stands between. */
const LAYER = 330;
const ROW = 66;
const MARGIN = 16;
/** Characters that a box has room for. */
const NAME_CHARACTERS = 27;

interface CallDiagramProps {
  readonly graph: CallGraph;
  /** Places in the graph's statistics. */
  readonly nodes: readonly number[];
  readonly tree: Pick<TraceTree, 'services' | 'names'>;
  readonly selected: number;
  readonly onSelect: (place: number) => void;
}

interface PlacedEdge {
  readonly edge: number;
  readonly from: number;
  readonly to: number;
}

/** Boxes from left to right in the order of the calls. What is chosen keeps its calls in sight, all else steps back. */
export function CallDiagram({ graph, nodes, tree, selected, onSelect }: CallDiagramProps) {
  const t = useTranslate();
  const { layout, edges } = useMemo(() => placeNodes(graph, nodes), [graph, nodes]);
  const scroller = useRef<HTMLDivElement>(null);
  // Layers stand in the middle: what calls first is there.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && layout.rows > 0) element.scrollTop = (element.scrollHeight - element.clientHeight) / 2;
  }, [layout]);
  const place = (at: number) => ({ x: MARGIN + (layout.layer[at] ?? 0) * LAYER, y: MARGIN + (layout.row[at] ?? 0) * ROW });
  const width = MARGIN * 2 + Math.max(0, layout.layers - 1) * LAYER + BOX.width;
  const height = MARGIN * 2 + Math.max(0, layout.rows - 1) * ROW + BOX.height;
  const chosen = nodes.indexOf(selected);
  const joined = new Set(edges.filter(({ from, to }) => from === chosen || to === chosen).flatMap(({ from, to }) => [from, to]));
  const most = edges.reduce((sum, { edge }) => Math.max(sum, graph.edges.total[edge] ?? 0), 1);
  return (
    <div ref={scroller} className={styles.diagram} role="group" aria-label={t('calls.diagram')}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: its boxes are buttons with names, its group has the label */}
      <svg width={width} height={height} className={styles.svg}>
        <defs>
          <marker
            id="call-end"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerUnits="userSpaceOnUse"
            markerWidth="9"
            markerHeight="9"
            orient="auto"
          >
            <path d="M0 0.5 L8 4 L0 7.5 Z" className={styles.arrow} />
          </marker>
        </defs>
        {edges.map((placed) => (
          <CallLine
            key={placed.edge}
            graph={graph}
            edge={placed.edge}
            start={place(placed.from)}
            end={place(placed.to)}
            weight={(graph.edges.total[placed.edge] ?? 0) / most}
            isFaded={chosen !== -1 && placed.from !== chosen && placed.to !== chosen}
          />
        ))}
        {nodes.map((node, at) => (
          <CallBox
            key={node}
            graph={graph}
            node={node}
            tree={tree}
            place={place(at)}
            isSelected={node === selected}
            isFaded={chosen !== -1 && at !== chosen && !joined.has(at)}
            onSelect={onSelect}
          />
        ))}
      </svg>
    </div>
  );
}

function placeNodes({ edges }: CallGraph, nodes: readonly number[]) {
  const at = new Map(nodes.map((node, index) => [node, index]));
  const placed: PlacedEdge[] = [];
  for (let edge = 0; edge < edges.size; edge += 1) {
    const [from, to] = [at.get(edges.from[edge] ?? -1), at.get(edges.to[edge] ?? -1)];
    if (from !== undefined && to !== undefined) placed.push({ edge, from, to });
  }
  return { edges: placed, layout: layeredLayout(nodes.length, { from: placed.map(({ from }) => from), to: placed.map(({ to }) => to) }) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface CallLineProps {
  readonly graph: CallGraph;
  readonly edge: number;
  readonly start: Point;
  readonly end: Point;
  /** Of the time of the longest edge, 0 to 1. */
  readonly weight: number;
  readonly isFaded: boolean;
}

/** A call that leads back goes round below. */
function CallLine({ graph: { edges }, edge, start, end, weight, isFaded }: CallLineProps) {
  const format = useFormat();
  const isBack = end.x <= start.x;
  const from = { x: start.x + BOX.width, y: start.y + BOX.height / 2 };
  const to = { x: end.x, y: end.y + BOX.height / 2 };
  const bend = isBack ? 70 : (to.x - from.x) / 2;
  const sink = isBack ? Math.abs(start.y - end.y) / 2 + ROW * 0.8 : 0;
  const path = `M${from.x} ${from.y} C${from.x + bend} ${from.y + sink} ${to.x - bend} ${to.y + sink} ${to.x} ${to.y}`;
  // On the side that the line does not come from.
  const labelY = to.y > from.y ? to.y + 15 : to.y - 7;
  const failed = edges.errors[edge] ?? 0;
  return (
    <g className={`${styles.edge} ${failed > 0 ? styles.failedEdge : ''} ${isFaded ? styles.faded : ''}`}>
      <path d={path} strokeWidth={1 + 3 * weight} markerEnd="url(#call-end)" />
      <text x={to.x - 14} y={labelY} textAnchor="end">
        {`${format.number(edges.count[edge] ?? 0)}×  ${formatDuration(edges.total[edge] ?? 0)}`}
        {failed > 0 && `  ✕${format.number(failed)}`}
      </text>
    </g>
  );
}

interface CallBoxProps {
  readonly graph: CallGraph;
  readonly node: number;
  readonly tree: CallDiagramProps['tree'];
  readonly place: Point;
  readonly isSelected: boolean;
  readonly isFaded: boolean;
  readonly onSelect: (place: number) => void;
}

function CallBox({ graph: { statistics }, node, tree, place, isSelected, isFaded, onSelect }: CallBoxProps) {
  const t = useTranslate();
  const format = useFormat();
  const colorOf = useServiceColor();
  const service = tree.services[statistics.service[node] ?? 0] ?? '';
  const operation = tree.names[statistics.name[node] ?? 0];
  const failed = statistics.errors[node] ?? 0;
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onSelect(node);
  };
  const count = statistics.count[node] ?? 0;
  const facts = `${format.number(count)}×  ${formatDuration(statistics.total[node] ?? 0)}  ${t('flame.self', { shown: formatDuration(statistics.self[node] ?? 0) })}`;
  return (
    <g
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      className={`${styles.box} ${isSelected ? styles.selected : ''} ${isFaded ? styles.faded : ''}`}
      transform={`translate(${place.x} ${place.y})`}
      onClick={() => onSelect(node)}
      onKeyDown={keys}
    >
      <rect width={BOX.width} height={BOX.height} rx={4} className={styles.ground} />
      <rect width={4} height={BOX.height} rx={2} style={{ fill: colorOf(service) }} />
      <text x={14} y={18} className={styles.title}>
        {cut(showControls(operation === undefined ? service : operation))}
      </text>
      <text x={14} y={36} className={styles.facts}>
        {facts}
      </text>
      {failed > 0 && (
        <text x={BOX.width - 8} y={18} textAnchor="end" className={styles.failed}>
          ✕ {format.number(failed)}
        </text>
      )}
    </g>
  );
}

function cut(text: string): string {
  return text.length <= NAME_CHARACTERS ? text : `${text.slice(0, NAME_CHARACTERS - 1)}…`;
}
