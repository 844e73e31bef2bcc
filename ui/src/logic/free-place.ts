interface PlaceWish {
  readonly from: number;
  readonly to: number;
  /** Points that something stands on, rising, each with so much room to both sides. */
  readonly taken: readonly number[];
  readonly reach: number;
  readonly width: number;
}

/** Where something so wide begins in the middle of the widest room that points leave it; undefined where none is wide enough. */
export function freePlace({ from, to, taken, reach, width }: PlaceWish): number | undefined {
  let [left, widest, place] = [from, 0, from];
  for (const point of [...taken.filter((one) => one + reach > from && one - reach < to), to + reach]) {
    const room = point - reach - left;
    if (room > widest) [widest, place] = [room, left + (room - width) / 2];
    left = Math.max(left, point + reach);
  }
  return widest >= width ? place : undefined;
}
