import { layoutMap, type MapDrawing } from '../../../logic/map-layout.ts';

/** Places boxes of a map beside the page's own thread: an answer for each task, with its number. */
self.addEventListener('message', ({ data }: MessageEvent<{ readonly id: number; readonly drawing: MapDrawing }>) => {
  self.postMessage({ id: data.id, layout: layoutMap(data.drawing) });
});
