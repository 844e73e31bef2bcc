import { useEffect, useRef, useState } from 'react';
import type { MapDrawing, MapLayout } from '../../../logic/map-layout.ts';

interface Reply {
  readonly id: number;
  readonly layout: MapLayout;
}

/** What was placed together with where: places of a layout are good for the drawing that it is of. */
export interface PlacedMap<Shown> {
  readonly shown: Shown;
  readonly layout: MapLayout;
}

/**
 * Where the boxes of a drawing are, worked out in a worker; until it is known, what was shown before. `drawing` keeps its identity while nothing has
 * to move: then what is newly shown stands where it stood.
 */
export function useMapLayout<Shown>(shown: Shown, drawing: MapDrawing): PlacedMap<Shown> | undefined {
  const worker = useRef<Worker | undefined>(undefined);
  const asked = useRef(0);
  const [placed, setPlaced] = useState<{ readonly drawing: MapDrawing; readonly shown: Shown; readonly layout: MapLayout }>();
  const latest = useRef(shown);
  latest.current = shown;
  useEffect(() => {
    const started = new Worker(new URL('./map-layout-worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    return () => started.terminate();
  }, []);
  useEffect(() => {
    asked.current += 1;
    const id = asked.current;
    const of = worker.current;
    const take = ({ data }: MessageEvent<Reply>): void => {
      if (data.id === id) setPlaced({ drawing, shown: latest.current, layout: data.layout });
    };
    of?.addEventListener('message', take);
    of?.postMessage({ id, drawing });
    return () => of?.removeEventListener('message', take);
  }, [drawing]);
  if (placed === undefined) return undefined;
  return placed.drawing === drawing ? { shown, layout: placed.layout } : placed;
}
