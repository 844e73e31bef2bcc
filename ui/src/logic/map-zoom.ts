/** How small and how large a map is drawn, percent. */
export const MIN_ZOOM = 10;
export const MAX_ZOOM = 200;
/** By one press. */
export const ZOOM_STEP = 1.25;
/** Below this only who asks for all of it at once has it so small: its figures, of 11 pixels, are then of 10, and less is not read. */
const MIN_READ_SCALE = 0.92;
/** Between what is drawn and each edge of what is in sight, pixels. */
const EDGE = 8;
const PERCENT = 100;

/** 1: a unit of the drawing is a pixel; `fit`: all of it at once; undefined: the same, but large enough to read. */
export type MapZoom = number | 'fit' | undefined;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How large a map is drawn, pixels a unit, and whether all of it is in sight then. */
export interface DrawnSize {
  readonly scale: number;
  readonly isWhole: boolean;
}

export function drawnSize(map: Size, { room, zoom }: { readonly room: Size; readonly zoom?: MapZoom }): DrawnSize {
  const fitting = Math.min(1, (room.width - EDGE * 2) / map.width, (room.height - EDGE * 2) / map.height);
  const wished = typeof zoom === 'number' ? zoom : zoom === 'fit' ? fitting : Math.max(MIN_READ_SCALE, fitting);
  const scale = Math.min(MAX_ZOOM / PERCENT, Math.max(MIN_ZOOM / PERCENT, wished));
  return { scale, isWhole: map.width * scale <= room.width && map.height * scale <= room.height };
}
