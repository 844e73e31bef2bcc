import type { TimeRange } from '../../storage/storage.ts';
import type { RouteInput } from '../api-route.ts';
import { checkRange, DEFAULT_FIGURES_FROM, DEFAULT_TO, parseTimeParameter, toStorageRange } from '../parameters/time-range.ts';

const NANOS_A_SECOND = 1_000_000_000n;
const NANOS_A_MINUTE = 60n * NANOS_A_SECOND;
/** What a service is judged by: its last minutes. */
export const RECENT_MINUTES = 5;
const RECENT_NANOS = BigInt(RECENT_MINUTES) * NANOS_A_MINUTE;
/** A chart of more is read no better. */
const MAX_POINTS = 60;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440, 10_080];

/** A range in whole minutes, as figures are counted. */
export interface FiguresRange {
  readonly fromNanos: bigint;
  readonly toNanos: bigint;
  readonly range: TimeRange;
  /** Where its last minutes begin, since 1970; of one that is not over those up to now. */
  readonly recentFromMinute: number;
  /** How much of it has passed; all of one that has not begun. */
  readonly seconds: number;
  readonly stepMinutes: number;
  /** Only what says that it is from there, where it is empty what does not say. */
  readonly environment?: string | undefined;
}

/** The last hour where nothing else is asked for. A minute that has begun is in it. */
export function parseFiguresRange({ parameters, nowNanos }: RouteInput): FiguresRange {
  const from = parseTimeParameter(parameters.get('from') ?? DEFAULT_FIGURES_FROM, 'from', nowNanos);
  const to = parseTimeParameter(parameters.get('to') ?? DEFAULT_TO, 'to', nowNanos);
  checkRange({ fromNanos: from, toNanos: to });
  const fromNanos = from - (from % NANOS_A_MINUTE);
  const toNanos = from === to ? fromNanos : wholeMinutes(to);
  const isUnderWay = from < nowNanos && nowNanos < to;
  // Of a range that begins later, as one of a sender whose clock is ahead, all is as if it had passed.
  const end = to < nowNanos || from >= nowNanos ? toNanos : nowNanos;
  const minutes = Number((toNanos - fromNanos) / NANOS_A_MINUTE);
  return {
    fromNanos,
    toNanos,
    range: toStorageRange({ fromNanos, toNanos }),
    recentFromMinute: Number(((isUnderWay ? wholeMinutes(nowNanos) : toNanos) - RECENT_NANOS) / NANOS_A_MINUTE),
    seconds: Math.max(Number((end - fromNanos) / NANOS_A_SECOND), 1),
    stepMinutes: STEPS_MINUTES.find((step) => minutes / step <= MAX_POINTS) ?? Math.ceil(minutes / MAX_POINTS),
    environment: parameters.get('environment'),
  };
}

/** The end of the minute. */
function wholeMinutes(nanos: bigint): bigint {
  return ((nanos + NANOS_A_MINUTE - 1n) / NANOS_A_MINUTE) * NANOS_A_MINUTE;
}
