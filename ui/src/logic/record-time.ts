import type { LogRecord } from '@threadline/collector/api';

type Times = Pick<LogRecord, 'timeUnixNano' | 'observedTimeUnixNano' | 'arrivalTimeUnixNano'>;

/** The time that a record is ordered by, decimal Unix nanoseconds: its own, else when it was observed, else when it arrived. */
export function recordTime({ timeUnixNano, observedTimeUnixNano, arrivalTimeUnixNano }: Times): string {
  return [timeUnixNano, observedTimeUnixNano].find((nanos) => nanos !== '0') ?? arrivalTimeUnixNano;
}
