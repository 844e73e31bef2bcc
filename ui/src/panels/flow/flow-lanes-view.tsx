import type { FlowBreak } from '@threadline/collector/api';
import { type PointerEvent, useCallback, useMemo, useRef, useState } from 'react';
import { valueText } from '../../logic/any-value.ts';
import type { FlowItem } from '../../logic/causal-order.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { type FlowMark, layoutFlow } from '../../logic/flow-lanes.ts';
import { spanName } from '../../messages/span-name.ts';
import { type Translate, useTranslate } from '../../messages/translate.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { drawFlowLanes, hitFlowMark, laneHeights } from './draw-flow-lanes.ts';
import styles from './flow.module.css';

interface FlowLanesViewProps {
  readonly items: readonly FlowItem[];
  /** By item. */
  readonly breaks: ReadonlyMap<number, FlowBreak>;
  /** Index of the item that is open or that the keys are on; -1 for none. */
  readonly current: number;
  readonly onOpen: (item: number) => void;
}

const TIP_CHARACTERS = 120;

/** A lane for each instance of a service on one time axis. The list below it says the same in words and is what the keyboard moves in. */
export function FlowLanesView({ items, breaks, current, onOpen }: FlowLanesViewProps) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const box = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<{ readonly mark: FlowMark; readonly x: number; readonly y: number }>();
  const layout = useMemo(() => layoutFlow(items), [items]);
  const heights = useMemo(() => laneHeights(layout), [layout]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => drawFlowLanes(context, { area, layout, items, breaks, current, colorOf }),
    [layout, items, breaks, current, colorOf],
  );
  const markAt = (event: PointerEvent<HTMLDivElement>): FlowMark | undefined => {
    const place = box.current?.getBoundingClientRect();
    if (place === undefined) return undefined;
    return hitFlowMark(layout, { x: event.clientX - place.left, y: event.clientY - place.top, width: place.width });
  };
  return (
    <div className={styles.lanes} tabIndex={0}>
      <div className={styles.laneNames}>
        <div className={styles.axisName} />
        {layout.lanes.map((lane, index) => (
          <div key={`${lane.service} ${lane.instance}`} className={styles.laneName} style={{ height: heights[index]?.height }}>
            <ServiceName name={lane.service} />
            {lane.instance !== '' && <span className={styles.instance}>{lane.instance}</span>}
          </div>
        ))}
      </div>
      <div
        ref={box}
        className={styles.canvas}
        onPointerMove={(event) => {
          const mark = markAt(event);
          const place = event.currentTarget.getBoundingClientRect();
          setHover(mark && { mark, x: event.clientX - place.left, y: event.clientY - place.top });
        }}
        onPointerLeave={() => setHover(undefined)}
        onPointerUp={(event) => {
          const mark = markAt(event);
          if (mark !== undefined) onOpen(mark.item);
        }}
      >
        <CanvasView height={(heights.at(-1)?.top ?? 0) + (heights.at(-1)?.height ?? 0)} draw={draw} />
        {hover && (
          <div className={styles.tip} style={{ left: Math.max(0, hover.x - 120), top: hover.y + 14 }}>
            {tipText(items[hover.mark.item], hover.mark, t)}
          </div>
        )}
      </div>
    </div>
  );
}

function tipText(item: FlowItem | undefined, mark: FlowMark, t: Translate): string {
  if (item === undefined) return '';
  const text =
    item.type === 'span'
      ? spanName(item.span.name.slice(0, TIP_CHARACTERS), t)
      : showControls(valueText(item.log.body).slice(0, TIP_CHARACTERS));
  if (item.type === 'log') return text;
  const again = mark.attempt > 1 ? ` · ↻ ${t('flow.attempt', { count: mark.attempt })}` : '';
  return `${text} · ${formatDuration(mark.duration)}${again}`;
}
