import type { ServiceMapAnswer } from '@threadline/collector/api';
import { useMemo, useState } from 'react';
import { refreshedMap } from '../../../logic/map-changes.ts';
import type { MapDrawing } from '../../../logic/map-layout.ts';
import type { DrawnSize } from '../../../logic/map-zoom.ts';
import { planMap, type ShownMap, shownMap } from '../../../logic/service-map.ts';
import { useFormat } from '../../../messages/format.tsx';
import { useTranslate } from '../../../messages/translate.tsx';
import { Button } from '../../../shared/Button/button.tsx';
import { EmptyState } from '../../../shared/PageState/empty-state.tsx';
import type { ServicesAddress } from '../use-services-address.ts';
import { FocusStrip } from './focus-strip.tsx';
import { LineTable } from './line-table.tsx';
import { MapBar } from './map-bar.tsx';
import { MapDiagram } from './map-diagram.tsx';
import styles from './map-view.module.css';
import { useMapLayout } from './use-map-layout.ts';

interface MapViewProps {
  readonly answer: ServiceMapAnswer;
  readonly address: ServicesAddress;
  readonly isStale: boolean;
  /** When the answer came, Unix milliseconds, and that the last try to renew it failed. */
  readonly answeredAt: number;
  readonly hasFailed: boolean;
}

/** Who calls whom: services, what they keep their data in, queues between them, and hosts outside; all of it or what one of them is joined to. */
export function MapView({ answer, address, isStale, answeredAt, hasFailed }: MapViewProps) {
  const t = useTranslate();
  const format = useFormat();
  const { focus, steps, find, grouping, range } = address;
  const openText = JSON.stringify(address.openGroups);
  const wish = useMemo(() => ({ focus, steps, find, grouping, open: JSON.parse(openText) }), [focus, steps, find, grouping, openText]);
  const drawn = useDrawn(answer, JSON.stringify([wish, range]), address.isLive);
  const { map, newNodeCount, newEdgeCount } = useMemo(() => refreshedMap(drawn.map, answer), [drawn.map, answer]);
  // Of what is drawn, not of what it came to: figures do not move groups.
  const plan = useMemo(() => planMap(drawn.map, wish), [drawn.map, wish]);
  const shown = useMemo(() => shownMap(map, wish, plan), [map, wish, plan]);
  const placed = useMapLayout(shown, useDrawing(shown));
  const [size, setSize] = useState<DrawnSize>();
  const focused = map.nodes.find(({ id }) => id === focus);
  const toggle = (name: string): void =>
    address.setOpenGroups(
      address.openGroups.includes(name) ? address.openGroups.filter((other) => other !== name) : [...address.openGroups, name],
    );
  const newCount = newNodeCount + newEdgeCount;
  return (
    <div className={styles.map} data-stale={isStale}>
      <MapBar {...{ address, shown, size, answeredAt, hasFailed }} grouping={plan.grouping}>
        {newCount > 0 && (
          <Button size="small" onClick={drawn.renew}>
            {t('map.drawNew', { count: newCount, shown: format.number(newCount) })}
          </Button>
        )}
      </MapBar>
      {focused && <FocusStrip node={focused} address={address} answer={answer} />}
      {shown.boxes.length === 0 ? (
        <EmptyState title={t('map.noneTitle')} text={t('map.noneText')} />
      ) : (
        <>
          {placed ? (
            <MapDiagram
              shown={placed.shown}
              layout={placed.layout}
              zoom={address.zoom}
              focus={focus}
              onFocus={address.setFocus}
              onToggle={toggle}
              onZoom={address.setZoom}
              onDrawn={setSize}
            />
          ) : (
            <div className={styles.waiting} />
          )}
          <LineTable shown={shown} />
        </>
      )}
    </div>
  );
}

/** What is drawn until the reader wishes for something else: a live answer that has more does not move it. */
function useDrawn(answer: ServiceMapAnswer, key: string, isLive: boolean) {
  const [drawn, setDrawn] = useState({ key, map: answer });
  const isOther = drawn.key !== key || (!isLive && drawn.map !== answer);
  if (isOther) setDrawn({ key, map: answer });
  return { map: isOther ? answer : drawn.map, renew: () => setDrawn({ key, map: answer }) };
}

/** The same object while the same boxes are joined in the same way. */
function useDrawing({ boxes, lines, frames }: ShownMap): MapDrawing {
  const text = JSON.stringify({
    boxCount: boxes.length,
    frameOf: boxes.map((box) => ('group' in box ? -1 : (box.frame ?? -1))),
    frameCount: frames.length,
    from: lines.map(({ from }) => from),
    to: lines.map(({ to }) => to),
  } satisfies MapDrawing);
  return useMemo(() => JSON.parse(text), [text]);
}
