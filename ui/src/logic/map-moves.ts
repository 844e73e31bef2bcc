import type { Rectangle } from './map-layout.ts';

export const MOVE_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as const;
export type MoveKey = keyof typeof MOVE_KEYS;

export function isMoveKey(key: string): key is MoveKey {
  return key in MOVE_KEYS;
}

/** Sideways a step counts so much more: a key goes along its own direction. */
const SIDE = 3;

/** The nearest in the key's direction; the same where there is none. */
export function nearestPlace(places: readonly Rectangle[], from: number, key: MoveKey): number {
  const [right, down] = MOVE_KEYS[key];
  const start = places[from];
  if (start === undefined) return from;
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, place] of places.entries()) {
    const [x, y] = [middle(place).x - middle(start).x, middle(place).y - middle(start).y];
    const ahead = x * right + y * down;
    if (at === from || ahead <= 0) continue;
    const distance = ahead + SIDE * Math.abs(x * down + y * right);
    if (distance >= least) continue;
    best = at;
    least = distance;
  }
  return best;
}

function middle({ x, y, width, height }: Rectangle): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
