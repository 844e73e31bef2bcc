/** A time as OpenTelemetry's API takes it: whole seconds since the epoch, and nanoseconds below them. */
export type HrTime = [seconds: number, nanoseconds: number];

export interface Clock {
  /** The time now. Each answer is later than the one before, by a nanosecond at least, whatever the system's clock does. */
  now(): HrTime;
}

export interface ClockSources {
  /** Milliseconds since the epoch; may jump. */
  wallMillis(): number;
  /** Nanoseconds since any moment; never goes back. */
  monotonicNanos(): bigint;
}

const NANOS_PER_MILLI = 1_000_000n;
const NANOS_PER_SECOND = 1_000_000_000n;
/** Beyond this the two clocks disagree by more than a millisecond's rounding and slewing: the machine slept or its clock was set. */
const MAX_DRIFT_NANOS = 50n * NANOS_PER_MILLI;

/** Nanoseconds that follow the system's clock but never go back with it: after a step back they creep until it catches up. */
export function createClock(sources: ClockSources = { wallMillis: Date.now, monotonicNanos: () => process.hrtime.bigint() }): Clock {
  let last = 0n;
  let offset = wallNanos() - sources.monotonicNanos();

  function wallNanos(): bigint {
    return BigInt(Math.floor(sources.wallMillis())) * NANOS_PER_MILLI;
  }

  return {
    now() {
      const monotonic = sources.monotonicNanos();
      const wall = wallNanos();
      const drift = wall - (monotonic + offset);
      if (drift > MAX_DRIFT_NANOS || drift < -MAX_DRIFT_NANOS) offset = wall - monotonic;
      const time = monotonic + offset;
      last = time > last ? time : last + 1n;
      return [Number(last / NANOS_PER_SECOND), Number(last % NANOS_PER_SECOND)];
    },
  };
}

/** The one clock of all log records of this process, so that none is older than the one before, whoever wrote it. */
export const recordClock: Clock = createClock();
