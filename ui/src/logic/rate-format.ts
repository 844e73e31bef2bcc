/** Below this a rate has no digits left to read. */
export const LEAST_PER_MINUTE = 0.01;
const DIGITS = 3;
const SECONDS = 60;

/**
 * A rate as it is shown wherever one is, so that two that stand beside each other can be compared: a minute, as in charts, since few services are called often enough
 * for seconds. Undefined where it is less than `LEAST_PER_MINUTE`, and more than nothing.
 */
export function ratePerMinute(perSecond: number): number | undefined {
  const value = perSecond * SECONDS;
  return value > 0 && value < LEAST_PER_MINUTE ? undefined : Number(value.toPrecision(DIGITS));
}
