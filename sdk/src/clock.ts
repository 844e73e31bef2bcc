/** A time as OpenTelemetry's API takes it: whole seconds since the epoch, and nanoseconds below them. */
export type HrTime = [seconds: number, nanoseconds: number];

export interface Clock {
  /** The time now. Each answer is later than the one before, by a nanosecond at least, whatever the system's clock does. */
  now(): HrTime;
}

export interface ClockSources {
  /** Milliseconds since the epoch; may jump. */
  wallMillis(): number;
  /** Milliseconds, to a nanosecond, since any moment; never goes back. */
  monotonicMillis(): number;
}

const NANOS_PER_MILLI = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
/** Further ahead of the system's clock than its millisecond's rounding: that was slowed down, or set back. Behind it is never right: it is no earlier than it says. */
const MAX_AHEAD_MILLIS = 2;
/** Within this time nanoseconds since the last look at the system's clock are whole numbers for certain. */
const MAX_AGE_MILLIS = 24 * 3600 * 1000;

/**
 * Nanoseconds that follow the system's clock, so that a record is not before its span, whose start is of that. They never go back with it: after a step back they creep
 * until it catches up.
 */
export function createClock(sources: ClockSources = { wallMillis: Date.now, monotonicMillis: () => performance.now() }): Clock {
  let lastSeconds = 0;
  let lastNanos = 0;
  let wallAt = Math.floor(sources.wallMillis());
  let monotonicAt = sources.monotonicMillis();

  return {
    now() {
      const monotonic = sources.monotonicMillis();
      const wall = Math.floor(sources.wallMillis());
      let elapsed = monotonic - monotonicAt;
      const drift = wall - wallAt - elapsed;
      if (drift > 0 || drift < -MAX_AHEAD_MILLIS || elapsed > MAX_AGE_MILLIS) {
        wallAt = wall;
        monotonicAt = monotonic;
        elapsed = 0;
      }
      const belowSecond = (wallAt % 1000) * NANOS_PER_MILLI + Math.round(elapsed * NANOS_PER_MILLI);
      let seconds = Math.floor(wallAt / 1000) + Math.floor(belowSecond / NANOS_PER_SECOND);
      let nanos = belowSecond % NANOS_PER_SECOND;
      if (seconds < lastSeconds || (seconds === lastSeconds && nanos <= lastNanos)) {
        seconds = lastNanos + 1 === NANOS_PER_SECOND ? lastSeconds + 1 : lastSeconds;
        nanos = lastNanos + 1 === NANOS_PER_SECOND ? 0 : lastNanos + 1;
      }
      lastSeconds = seconds;
      lastNanos = nanos;
      return [seconds, nanos];
    },
  };
}

/** The one clock of all log records of this process, so that none is older than the one before, whoever wrote it. */
export const recordClock: Clock = createClock();
