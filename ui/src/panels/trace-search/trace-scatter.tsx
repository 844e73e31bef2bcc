import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { TraceSummary } from '@threadline/collector/api';
import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useState } from 'react';
import { rootDurationsQuery } from '../../api/queries.ts';
import { useKeptRange } from '../../api/use-kept-range.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { type RootDurations, rootDurations, rootQuery } from '../../logic/root-durations.ts';
import { type ListTimeForm, listTimeForm } from '../../logic/time-format.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { bandAt, choiceOf, dotAt, layoutScatter, nextDot, type ScatterBand, type ScatterLayout } from '../../logic/trace-scatter.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { type CanvasArea, CanvasView } from '../../shared/CanvasView/canvas-view.tsx';
import { useServiceColor } from '../../shared/ServiceName/service-hues.tsx';
import { TimeAxis } from '../../shared/TimeAxis/time-axis.tsx';
import { useWidth } from '../../shared/use-width.ts';
import { drawScatter } from './draw-scatter.ts';
import { ScatterUnread } from './scatter-unread.tsx';
import styles from './trace-search.module.css';
import type { TraceAddress, Traces } from './use-trace-search.ts';

const HEIGHT = 128;
const AXIS_HEIGHT = 18;
/** Zooming by key keeps this share of the range, about the dot. */
const ZOOM_SHARE = 0.25;
const NO_RANGE: TimeRange = { fromMillis: 0, toMillis: 1 };

interface TraceScatterProps {
  readonly address: TraceAddress;
  readonly result: Traces;
  /** The place in the list that has the ring; -1 for none. */
  readonly active: number;
  readonly onActive: (index: number) => void;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * The traces that the list has, by start and duration. A click opens, a drag chooses a part of both; arrows go from dot to dot, and the list goes
 * with them: it is the same for whoever sees no canvas.
 */
export function TraceScatter({ address, result, active, onActive }: TraceScatterProps) {
  const t = useTranslate();
  const navigate = useNavigate();
  const colorOf = useServiceColor();
  const [box, width] = useWidth<HTMLDivElement>();
  const { traces, range, search } = result;
  const timeForm = listTimeForm(range === undefined ? 0 : range.toMillis - range.fromMillis);
  const [hovered, setHovered] = useState(-1);
  const [pointerX, setPointerX] = useState(-1);
  const [anchor, setAnchor] = useState<Place>();
  const [drag, setDrag] = useState<Place>();
  const { durations: whole, reason } = useBands(address, result);
  const layout = useMemo(
    () =>
      layoutScatter(traces, {
        range: range ?? NO_RANGE,
        width,
        height: HEIGHT,
        order: result.order,
        hasMore: search.hasNextPage,
        beginsInMiddle: result.start !== '',
        rootDurations: whole,
      }),
    [traces, range, width, result.order, result.start, search.hasNextPage, whole],
  );
  const current = hovered >= 0 ? hovered : active;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, area: CanvasArea) => drawScatter(context, { area, layout, traces, current, colorOf }),
    [layout, traces, current, colorOf],
  );
  const open = (dot: number) => {
    const trace = traces[dot];
    if (trace !== undefined) void navigate({ to: '/trace/$traceId', params: { traceId: trace.traceId } });
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    if (anchor === undefined) return;
    const place = placeOf(event);
    const choice = choiceOf(layout, anchor, place);
    setAnchor(undefined);
    setDrag(undefined);
    if (choice === undefined) open(dotAt(layout, place));
    else address.choose(choice);
  };
  const keys = (event: KeyboardEvent) => {
    const next = nextDot(layout, active, event.key);
    if (next !== undefined) onActive(next);
    else if (event.key === 'Enter' && active >= 0) open(active);
    else if ((event.key === '+' || event.key === '=') && active >= 0) address.choose({ range: zoomedRange(layout, active) });
    else if (event.key === 'Escape' && (active >= 0 || anchor !== undefined)) {
      setAnchor(undefined);
      setDrag(undefined);
      onActive(-1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = traces[current];
  const band = hovered === -1 && drag === undefined ? bandAt(layout, pointerX) : undefined;
  return (
    <>
      <div
        ref={box}
        className={styles.scatter}
        role="group"
        aria-label={t('traces.scatter')}
        tabIndex={0}
        data-over={hovered >= 0 && drag === undefined ? 'dot' : 'ground'}
        onKeyDown={keys}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setAnchor(placeOf(event));
        }}
        onPointerMove={(event) => {
          const place = placeOf(event);
          setPointerX(place.x);
          if (anchor === undefined) setHovered(dotAt(layout, place));
          else setDrag(place);
        }}
        onPointerUp={release}
        onPointerCancel={() => {
          setAnchor(undefined);
          setDrag(undefined);
        }}
        onPointerLeave={() => {
          setHovered(-1);
          setPointerX(-1);
        }}
      >
        <CanvasView height={HEIGHT} draw={draw} />
        {range && (
          <svg className={styles.axis} width={width} height={AXIS_HEIGHT} aria-hidden="true">
            <TimeAxis range={range} width={width} top={0} />
          </svg>
        )}
        {anchor && drag && <div className={styles.brush} style={brushStyle(anchor, drag)} />}
        {/* Always there: a screen reader says what changes in it, not what comes with it. */}
        <div role="status">
          {band && <BandTip band={band} width={width} timeForm={timeForm} isFiltered={address.query !== '' || address.isFiltered} />}
          {!band && shown && drag === undefined && (
            <ScatterTip trace={shown} timeForm={timeForm} x={layout.x[current] ?? 0} y={layout.y[current] ?? 0} width={width} />
          )}
        </div>
      </div>
      <ScatterUnread result={result} reason={reason} />
    </>
  );
}

interface ScatterTipProps {
  readonly trace: TraceSummary;
  readonly timeForm: ListTimeForm;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function ScatterTip({ trace, timeForm, x, y, width }: ScatterTipProps) {
  const t = useTranslate();
  const format = useFormat();
  const side = x > width / 2 ? { right: width - x + 12 } : { left: x + 12 };
  const errors = t('traces.scatterErrors', { count: trace.errorCount, shown: format.number(trace.errorCount) });
  return (
    <div className={styles.tip} style={{ ...side, top: Math.max(0, Math.min(HEIGHT - 24, y - 12)) }}>
      {`${format[timeForm](trace.startTimeUnixNano)} · ${trace.rootService} ${spanName(trace.rootOperation, t)} · ${formatDuration(Number(trace.durationNano))} · ${errors}`}
    </div>
  );
}

interface BandTipProps {
  readonly band: ScatterBand;
  readonly width: number;
  readonly timeForm: ListTimeForm;
  /** Requests that begin with something else are not among them. */
  readonly isFiltered: boolean;
}

/** How long all requests of a stretch took that has no dots yet. */
function BandTip({ band: { left, right, durations }, width, timeForm, isFiltered }: BandTipProps) {
  const t = useTranslate();
  const format = useFormat();
  // At the other end: it is as wide as half of a narrow page.
  const side = (left + right) / 2 > width / 2 ? { left: 4 } : { right: 4 };
  return (
    <div className={`${styles.tip} ${styles.bandTip}`} style={{ ...side, top: 4 }}>
      {t(isFiltered ? 'traces.scatterBandSuch' : 'traces.scatterBand', {
        from: format[timeForm](`${durations.fromMillis}000000`),
        count: durations.count,
        shown: format.number(durations.count),
        p50: formatDuration(durations.p50),
        p99: formatDuration(durations.p99),
        longest: formatDuration(durations.longest),
      })}
    </div>
  );
}

interface Bands {
  readonly durations: readonly RootDurations[];
  /** Why nothing is known of what was not read. */
  readonly reason?: MessageKey;
}

const NO_BANDS: readonly RootDurations[] = [];

/** Where the list has not read all: how long the requests took that begin with what is asked for. Of others it is not known what their spans say of them. */
function useBands(address: TraceAddress, { range, asked, search, order, start }: Traces): Bands {
  const query = rootQuery(asked);
  const isUnread = range !== undefined && order === 'newest' && (search.hasNextPage || start !== '');
  const isAsked = isUnread && query !== undefined;
  const counted = useKeptRange(isAsked ? range : undefined, {
    question: JSON.stringify([query, address.range]),
    keysOf: (part) => [rootDurationsQuery(query ?? '', part).queryKey],
    name: 'traces.scatterBands',
  });
  const { data, isError } = useQuery({ ...rootDurationsQuery(query ?? '', counted ?? NO_RANGE), enabled: isAsked });
  return useMemo(() => {
    if (!isUnread) return { durations: NO_BANDS };
    if (query === undefined) return { durations: NO_BANDS, reason: 'traces.noBandsWith' };
    if (isError) return { durations: NO_BANDS, reason: 'traces.noBandsFailed' };
    if (data === undefined) return { durations: NO_BANDS };
    const durations = rootDurations(data);
    return durations.length > 0 ? { durations } : { durations, reason: 'traces.noBandsRoot' };
  }, [isUnread, query, isError, data]);
}

/** Where the pointer is on the canvas. */
function placeOf(event: PointerEvent<HTMLDivElement>): Place {
  const frame = event.currentTarget.getBoundingClientRect();
  return {
    x: Math.min(frame.width, Math.max(0, event.clientX - frame.left)),
    y: Math.min(HEIGHT, Math.max(0, event.clientY - frame.top)),
  };
}

function brushStyle(from: Place, to: Place) {
  return {
    left: Math.min(from.x, to.x),
    top: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
  };
}

function zoomedRange({ range, x, width }: ScatterLayout, dot: number): TimeRange {
  const span = range.toMillis - range.fromMillis;
  const at = range.fromMillis + ((x[dot] ?? 0) / Math.max(1, width)) * span;
  const half = Math.max(1, (span * ZOOM_SHARE) / 2);
  const fromMillis = Math.max(0, Math.floor(at - half));
  return { fromMillis, toMillis: Math.max(fromMillis + 1, Math.ceil(at + half)) };
}
