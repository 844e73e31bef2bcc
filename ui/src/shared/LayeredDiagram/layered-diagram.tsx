import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { routedLayout } from '../../logic/layered-layout.ts';
import { type FittedTexts, useFittedTexts } from '../use-fitted-texts.ts';
import styles from './layered-diagram.module.css';

const BOX = { width: 212, height: 46 };
const ROW = 66;
/** Between two layers, for the texts of lines. */
const GAP = 140;
const MARGIN = 16;
/** Texts of lines that end at one box stand under each other; more of them find no room. */
const TEXT_STEP = 13;
const MAX_TEXTS = 4;
/** Pixels beside the texts of a box. */
const TEXT_START = 14;
const EDGE = 8;
/** How much wider a bold text is at most. */
const BOLD = 1.2;

export interface DiagramBox {
  readonly key: string | number;
  readonly title: string;
  readonly facts: string;
  /** What stands at the title's end as a failure; empty for nothing. */
  readonly failed: string;
  /** Of the bar at the start; undefined: none. */
  readonly color: string | undefined;
}

export interface DiagramLine {
  readonly key: string | number;
  /** Places of boxes. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** What of it failed, told as on a box; empty for nothing. */
  readonly failed: string;
  /** 0 to 1, of the heaviest. */
  readonly weight: number;
}

interface LayeredDiagramProps {
  readonly label: string;
  readonly boxes: readonly DiagramBox[];
  readonly lines: readonly DiagramLine[];
  /** A place of a box; -1: none. What is chosen keeps its neighbours in sight, all else steps back. */
  readonly selected: number;
  readonly onSelect: (place: number) => void;
}

/** Boxes from left to right in the order of the calls. The same boxes and lines are always in the same places. */
export function LayeredDiagram({ label, boxes, lines, selected, onSelect }: LayeredDiagramProps) {
  const arrow = useId();
  const fits = useFittedTexts();
  const count = boxes.length;
  const layout = useMemo(() => routedLayout(count, { from: lines.map(({ from }) => from), to: lines.map(({ to }) => to) }), [count, lines]);
  const scroller = useRef<HTMLDivElement>(null);
  // Layers stand in the middle: what calls first is there.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && layout.rows > 0) element.scrollTop = (element.scrollHeight - element.clientHeight) / 2;
  }, [layout]);
  const layer = BOX.width + GAP;
  const place = (at: number) => ({ x: MARGIN + (layout.layer[at] ?? 0) * layer, y: MARGIN + (layout.row[at] ?? 0) * ROW });
  const width = MARGIN * 2 + Math.max(0, layout.layers - 1) * layer + BOX.width;
  const height = MARGIN * 2 + Math.max(0, layout.rows - 1) * ROW + BOX.height;
  const ends = useMemo(() => endsOf(lines, layout.row), [lines, layout]);
  const joined = new Set(lines.filter(({ from, to }) => from === selected || to === selected).flatMap(({ from, to }) => [from, to]));
  return (
    <div ref={scroller} className={styles.diagram} role="group" aria-label={label}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: its boxes are buttons with names, its group has the label */}
      <svg width={width} height={height} className={styles.svg}>
        <defs>
          <marker
            id={arrow}
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
        {lines.map((line, at) => (
          <Line
            key={line.key}
            line={line}
            stops={[line.from, ...(layout.routes[at] ?? []), line.to].map(place)}
            end={ends[at] ?? { shift: 0, hasText: true }}
            arrow={arrow}
            isFaded={selected !== -1 && line.from !== selected && line.to !== selected}
          />
        ))}
        {boxes.map((box, at) => (
          <Box
            key={box.key}
            box={box}
            place={place(at)}
            isSelected={at === selected}
            isFaded={selected !== -1 && at !== selected && !joined.has(at)}
            onSelect={() => onSelect(at)}
            fits={fits}
          />
        ))}
      </svg>
    </div>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where at its box a line ends, from the middle of its side, and whether there is room for its text. */
interface LineEnd {
  readonly shift: number;
  readonly hasText: boolean;
}

/** Lines that end at one box do so under each other, in the order in which they come from; the heaviest have their texts. */
function endsOf(lines: readonly DiagramLine[], row: Float64Array): LineEnd[] {
  const ends: LineEnd[] = [];
  for (const group of Map.groupBy(lines.keys(), (at) => lines[at]?.to).values()) {
    const order = group.toSorted((left, right) => (row[lines[left]?.from ?? 0] ?? 0) - (row[lines[right]?.from ?? 0] ?? 0) || left - right);
    const heaviest = group.toSorted((left, right) => (lines[right]?.weight ?? 0) - (lines[left]?.weight ?? 0)).slice(0, MAX_TEXTS);
    const step = Math.min(TEXT_STEP, (BOX.height - 8) / Math.max(1, order.length - 1));
    for (const [number, at] of order.entries())
      ends[at] = { shift: (number - (order.length - 1) / 2) * step, hasText: heaviest.includes(at) };
  }
  return ends;
}

interface LineProps {
  readonly line: DiagramLine;
  /** The corners of both boxes, and between them of the places that it goes through. */
  readonly stops: readonly Point[];
  readonly end: LineEnd;
  readonly arrow: string;
  readonly isFaded: boolean;
}

/** A call that leads back goes round below. */
function Line({ line, stops, end, arrow, isFaded }: LineProps) {
  const [start, last] = [stops[0] ?? { x: 0, y: 0 }, stops.at(-1) ?? { x: 0, y: 0 }];
  const isBack = last.x <= start.x;
  const middle = BOX.height / 2;
  const to = { x: last.x, y: last.y + middle + end.shift };
  const sink = isBack ? Math.abs(start.y - last.y) / 2 + ROW * 0.8 : 0;
  let path = `M${start.x + BOX.width} ${start.y + middle}`;
  let before = { x: start.x + BOX.width, y: start.y + middle };
  for (const stop of [...stops.slice(1, -1).map(({ x, y }) => ({ x, y: y + middle })), to]) {
    const bend = isBack ? 70 : (stop.x - before.x) / 2;
    path += ` C${before.x + bend} ${before.y + sink} ${stop.x - bend} ${stop.y + sink} ${stop.x} ${stop.y}`;
    if (stop === to) break;
    before = { x: stop.x + BOX.width, y: stop.y };
    path += ` L${before.x} ${before.y}`;
  }
  return (
    <g className={`${styles.edge} ${line.failed !== '' ? styles.failedEdge : ''} ${isFaded ? styles.faded : ''}`}>
      <path d={path} strokeWidth={1 + 3 * line.weight} markerEnd={`url(#${arrow})`} />
      {end.hasText && (
        <text x={to.x - 14} y={to.y - 7} textAnchor="end">
          {line.text}
          {line.failed !== '' && <tspan className={styles.failed}>{`  ${line.failed}`}</tspan>}
        </text>
      )}
    </g>
  );
}

interface BoxProps {
  readonly box: DiagramBox;
  readonly place: Point;
  readonly isSelected: boolean;
  readonly isFaded: boolean;
  readonly onSelect: () => void;
  readonly fits: FittedTexts;
}

function Box({ box: { title, facts, failed, color }, place, isSelected, isFaded, onSelect, fits }: BoxProps) {
  const room = BOX.width - TEXT_START - EDGE;
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onSelect();
  };
  return (
    <g
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      className={`${styles.box} ${isSelected ? styles.selected : ''} ${isFaded ? styles.faded : ''}`}
      transform={`translate(${place.x} ${place.y})`}
      onClick={onSelect}
      onKeyDown={keys}
    >
      <title>{`${title}  ${facts}`}</title>
      <rect width={BOX.width} height={BOX.height} rx={4} className={styles.ground} />
      {color !== undefined && <rect width={4} height={BOX.height} rx={2} style={{ fill: color }} />}
      <text x={TEXT_START} y={18} className={styles.title}>
        {fits.title(showControls(title), failed === '' ? room : room - EDGE - fits.factsWidth(failed) * BOLD)}
      </text>
      <text x={TEXT_START} y={36} className={styles.facts}>
        {fits.facts(facts, room)}
      </text>
      {failed !== '' && (
        <text x={BOX.width - 8} y={18} textAnchor="end" className={styles.failed}>
          {failed}
        </text>
      )}
    </g>
  );
}
