import { type KeyboardEvent, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { MapLayout, Rectangle } from '../../../logic/map-layout.ts';
import { BAR_HEIGHT, drawLines, overlaps } from '../../../logic/map-lines.ts';
import { isMoveKey, nearestPlace } from '../../../logic/map-moves.ts';
import { type DrawnSize, type MapZoom, ZOOM_STEP } from '../../../logic/map-zoom.ts';
import { gravestBox, groupId, largestGroup, type MapBox, type MapLine, type ShownMap } from '../../../logic/service-map.ts';
import { useFormat } from '../../../messages/format.tsx';
import { useTranslate } from '../../../messages/translate.tsx';
import { useFittedTexts } from '../../../shared/use-fitted-texts.ts';
import { useShortcuts } from '../../../state/shortcuts.ts';
import { Box, Frame, type MapButton } from './map-box.tsx';
import styles from './map-diagram.module.css';
import { percentileText, trafficText, wholeText } from './map-texts.ts';
import { MAX_TEXT_LINES, useLineTexts } from './use-line-texts.ts';
import { bringIntoSight, useViewport } from './use-viewport.ts';

/** From this share of failures on a line is marked; all of them are in its text. */
const BAD_SHARE = 0.01;

interface MapDiagramProps {
  readonly shown: ShownMap;
  readonly layout: MapLayout;
  readonly zoom: MapZoom;
  readonly focus: string | undefined;
  readonly onFocus: (id: string | undefined) => void;
  readonly onToggle: (group: string) => void;
  readonly onZoom: (zoom: MapZoom) => void;
  /** How large it came to be drawn, whenever that changes. */
  readonly onDrawn: (size: DrawnSize) => void;
}

/** The map as boxes and lines. Keys go from box to box: only what is in sight is drawn, however large it is. */
export function MapDiagram({ shown, layout, zoom, focus, onFocus, onToggle, onZoom, onDrawn }: MapDiagramProps) {
  const t = useTranslate();
  const format = useFormat();
  const fits = useFittedTexts();
  const texts = useMemo(() => ({ t, format, fits }), [t, format, fits]);
  const arrow = useId();
  const aim = useMemo(() => {
    const focused = shown.boxes.findIndex((box) => idOf(box) === focus);
    return layout.boxes[focused === -1 ? gravestBox(shown.boxes) : focused];
  }, [shown, layout, focus]);
  const { scroller, scale, isWhole, view, onScroll } = useViewport(layout, { zoom, aim });
  useLayoutEffect(() => onDrawn({ scale, isWhole }), [scale, isWhole, onDrawn]);
  const [active, setActive] = useState<string>();
  const [pointed, setPointed] = useState<string>();
  const wantsFocus = useRef(false);
  /** The pointer is down: what moved under it then would not be what is pressed. */
  const isPressing = useRef(false);
  const release = useCallback(() => {
    isPressing.current = false;
  }, []);
  const hold = (): void => {
    isPressing.current = true;
    // Wherever that is: it may be dragged out of the map.
    for (const end of ['pointerup', 'pointercancel']) window.addEventListener(end, release, { once: true, capture: true });
  };
  const stops = useMemo(() => stopsOf(shown, layout), [shown, layout]);
  const current = stops.find(({ id }) => id === active) ?? stops.find(({ id }) => id === focus) ?? stops[0];
  const lines = useMemo(() => linesOf(shown.lines, layout), [shown, layout]);
  const named = pointed ?? (wantsFocus.current || active !== undefined ? current?.id : undefined);
  const namedPlace = named === undefined ? -1 : shown.boxes.findIndex((box) => idOf(box) === named);
  const places = useLineTexts({ lines: shown.lines, drawn: lines, layout, namedPlace, texts });

  useEffect(() => {
    if (!wantsFocus.current || current === undefined) return;
    focusBox(scroller.current, current.id);
  });
  // What was pressed stays where it is when all is placed anew, and what keys go to comes into sight.
  const before = useRef<{ readonly id: string; readonly layout: MapLayout; readonly x: number; readonly y: number }>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || current === undefined) return;
    const { id } = current;
    const place = { id, layout, x: current.place.x * scale, y: current.place.y * scale };
    if (before.current?.id === id && before.current.layout !== layout) {
      element.scrollLeft += place.x - before.current.x;
      element.scrollTop += place.y - before.current.y;
    }
    before.current = place;
    if (wantsFocus.current && !isPressing.current) bringIntoSight(element, current.place, scale);
  }, [current, layout, scale, scroller]);

  const buttonOf = (id: string, onPress: () => void): MapButton => ({
    id,
    isActive: id === current?.id,
    onPress,
    onActive: () => {
      setActive(id);
      wantsFocus.current = true;
    },
    onPoint: (isOver) => setPointed(isOver ? id : undefined),
  });
  const press = (box: MapBox) => (): void => {
    if ('group' in box) onToggle(box.group.name);
    else onFocus(box.node.id === focus ? undefined : box.node.id);
  };
  /** The first time to the box that Tab leads to, then from one to the next. */
  const step = (by: number): void => {
    if (current === undefined) return;
    const at = stops.indexOf(current) + (wantsFocus.current ? by : 0);
    const next = stops[Math.min(stops.length - 1, Math.max(0, at))] ?? current;
    wantsFocus.current = true;
    setActive(next.id);
    focusBox(scroller.current, next.id);
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });
  const keys = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || current === undefined) return;
    const { key } = event;
    if (isMoveKey(key)) {
      const next =
        stops[
          nearestPlace(
            stops.map(({ place }) => place),
            stops.indexOf(current),
            key,
          )
        ];
      wantsFocus.current = true;
      setActive(next?.id);
    } else if (key === 'Home' || key === 'End') {
      wantsFocus.current = true;
      setActive(stops.at(key === 'Home' ? 0 : -1)?.id);
    } else if (key === 'Enter' || key === ' ') pressStop(current.press, { onFocus, onToggle, focus });
    else if (key === 'Escape' && focus !== undefined) onFocus(undefined);
    else if (key === 'Escape' && current.frame !== undefined) closeFrame(current.frame);
    else if (key === '+' || key === '-') onZoom(scale * (key === '+' ? ZOOM_STEP : 1 / ZOOM_STEP));
    else if (key === '0') onZoom(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const closeFrame = (name: string): void => {
    setActive(groupId(name));
    onToggle(name);
  };

  const most = useMemo(() => largestGroup(shown.boxes), [shown]);
  const isInView = (place: Rectangle | undefined): boolean => place !== undefined && overlaps(place, view);
  const joined = new Set(
    shown.lines.filter(({ from, to }) => from === namedPlace || to === namedPlace).flatMap(({ from, to }) => [from, to]),
  );
  const isNamed = (line: MapLine): boolean => line.from === namedPlace || line.to === namedPlace;
  return (
    <div
      ref={scroller}
      className={styles.diagram}
      role="group"
      aria-label={t('map.diagram')}
      aria-describedby={`${arrow}help`}
      onScroll={onScroll}
      onKeyDown={keys}
      onPointerDownCapture={hold}
      onBlur={({ relatedTarget, currentTarget }) => {
        // To nothing: what had the focus is drawn no more, and what stands for it gets it.
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) wantsFocus.current = false;
      }}
    >
      <span id={`${arrow}help`} hidden>
        {t('map.keys')}
      </span>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: its boxes are buttons with names, its group has the label */}
      <svg
        width={layout.width * scale}
        height={layout.height * scale}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        className={styles.svg}
        data-dense={shown.lines.length > MAX_TEXT_LINES}
      >
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
        {shown.frames.map((group, at) => {
          const place = layout.frames[at];
          if (!isInView(place) || place === undefined) return null;
          return <Frame key={group.id} {...{ group, place, texts }} button={buttonOf(group.id, () => closeFrame(group.name))} />;
        })}
        {shown.lines.map((line, at) => {
          const drawn = lines[at];
          if (drawn === undefined || !isInView(drawn.bounds)) return null;
          return (
            <g key={`${line.from} ${line.to}`} className={lineClass(line, { isNamed: isNamed(line), hasNamed: namedPlace !== -1 })}>
              <title>{wholeText(line.figures, texts)}</title>
              <path d={drawn.path} strokeWidth={1 + 3 * drawn.weight} markerEnd={`url(#${arrow})`} />
            </g>
          );
        })}
        {shown.boxes.map((box, at) => {
          const place = layout.boxes[at];
          const id = idOf(box);
          // What has the focus stays: keys would be lost with it.
          if (place === undefined || (!isInView(place) && id !== current?.id)) return null;
          const isFaded = namedPlace !== -1 && pointed !== undefined && at !== namedPlace && !joined.has(at);
          return <Box key={id} {...{ box, place, texts, isFaded, most }} isSelected={id === focus} button={buttonOf(id, press(box))} />;
        })}
        {shown.lines.map((line, at) => {
          const drawn = lines[at];
          const place = places[at];
          const isWanted = isNamed(line) || (place !== undefined && namedPlace === -1);
          if (!isWanted || drawn === undefined || !isInView(drawn.bounds)) return null;
          const { x, y } = place ?? { x: drawn.text.x, y: drawn.text.y - 5 };
          const anchor = place === undefined ? drawn.text.anchor : 'end';
          return (
            <text key={`${line.from} ${line.to}`} textAnchor={anchor} className={styles.text} data-failed={isBad(line.figures)}>
              <tspan x={x} y={y - 13}>
                {trafficText(line.figures, texts)}
              </tspan>
              <tspan x={x} y={y}>
                {percentileText(line.figures)}
              </tspan>
            </text>
          );
        })}
      </svg>
    </div>
  );
}

/** Where keys go: boxes, and the titles of frames. */
interface Stop {
  readonly id: string;
  readonly place: Rectangle;
  readonly press: { readonly node: string } | { readonly group: string };
  /** The open group that it is in, or that it is the title of. */
  readonly frame: string | undefined;
}

function stopsOf(shown: ShownMap, layout: MapLayout): Stop[] {
  const frames = shown.frames.map(({ id, name }, at): Stop => {
    const { x, y, width } = layout.frames[at] ?? { x: 0, y: 0, width: 0 };
    return { id, place: { x, y, width, height: BAR_HEIGHT }, press: { group: name }, frame: name };
  });
  const boxes = shown.boxes.flatMap((box, at): Stop[] => {
    const place = layout.boxes[at];
    if (place === undefined) return [];
    if ('group' in box) return [{ id: box.group.id, place, press: { group: box.group.name }, frame: undefined }];
    return [{ id: box.node.id, place, press: { node: box.node.id }, frame: shown.frames[box.frame ?? -1]?.name }];
  });
  return [...frames, ...boxes].sort((left, right) => left.place.x - right.place.x || left.place.y - right.place.y);
}

function pressStop(press: Stop['press'], { onFocus, onToggle, focus }: Pick<MapDiagramProps, 'onFocus' | 'onToggle' | 'focus'>): void {
  if ('group' in press) onToggle(press.group);
  else onFocus(press.node === focus ? undefined : press.node);
}

function idOf(box: MapBox): string {
  return 'group' in box ? box.group.id : box.node.id;
}

function linesOf(lines: readonly MapLine[], layout: MapLayout) {
  const most = lines.reduce((greatest, { figures }) => Math.max(greatest, figures.count), 1);
  return drawLines(
    lines.map(({ from, to, figures }) => ({ from, to, weight: figures.count / most })),
    layout,
  );
}

function isBad({ count, errors }: MapLine['figures']): boolean {
  return errors > 0 && errors >= count * BAD_SHARE;
}

function lineClass({ figures }: MapLine, { isNamed, hasNamed }: { readonly isNamed: boolean; readonly hasNamed: boolean }): string {
  return [
    styles.edge,
    isBad(figures) && styles.failedEdge,
    figures.count === 0 && styles.goneEdge,
    isNamed && styles.namedEdge,
    hasNamed && !isNamed && styles.fadedEdge,
  ]
    .filter(Boolean)
    .join(' ');
}

function focusBox(diagram: HTMLElement | null, id: string): void {
  const element = diagram?.querySelector<SVGElement>(`[data-box="${CSS.escape(id)}"]`);
  if (element && document.activeElement !== element) element.focus({ preventScroll: true });
}
