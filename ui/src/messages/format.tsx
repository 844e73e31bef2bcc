import { createContext, type ReactNode, useContext, useMemo } from 'react';
import {
  formatClock,
  formatDayClock,
  formatExact,
  formatInRange,
  formatMillis,
  formatYearClock,
  type TimeZone,
} from '../logic/time-format.ts';
import type { TimeRange } from '../logic/time-range.ts';
import { type Language, useLanguage } from './translate.tsx';

/** Numbers and times as the reader has chosen to see them. */
export interface Format {
  readonly zone: TimeZone;
  /** With thousands separators. */
  number(value: number): string;
  percent(share: number): string;
  /** `14:03:07.512`. */
  clock(nanos: string): string;
  /** `11-23 14:03:07.512`. */
  dayClock(nanos: string): string;
  /** `2016-11-23 14:03:07`. */
  yearClock(nanos: string): string;
  /** All digits, date and zone. */
  exact(nanos: string): string;
  /** The same in the zone that is not chosen, for hovering. */
  otherZone(nanos: string): string;
  millis(millis: number): string;
  /** As much as tells it from other instants of the range: `14:03:07`, `11-23 14:03`, `2016-11-23 14:03`. */
  inRange(millis: number, range: TimeRange): string;
  /** `3 minutes ago`. */
  fromNow(millis: number, nowMillis: number): string;
}

const ZoneContext = createContext<TimeZone>('local');

export function FormatProvider({ zone, children }: { readonly zone: TimeZone; readonly children: ReactNode }) {
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

export function useFormat(): Format {
  const zone = useContext(ZoneContext);
  const language = useLanguage();
  return useMemo(() => createFormat(language, zone), [language, zone]);
}

const STEPS = [
  ['day', 86_400e3],
  ['hour', 3600e3],
  ['minute', 60e3],
  ['second', 1e3],
] as const;

function createFormat(language: Language, zone: TimeZone): Format {
  const numbers = new Intl.NumberFormat(language);
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  return {
    zone,
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(share),
    clock: (nanos) => formatClock(nanos, zone),
    dayClock: (nanos) => formatDayClock(nanos, zone),
    yearClock: (nanos) => formatYearClock(nanos, zone),
    exact: (nanos) => formatExact(nanos, zone),
    otherZone: (nanos) => formatExact(nanos, zone === 'utc' ? 'local' : 'utc'),
    millis: (millis) => formatMillis(millis, zone),
    inRange: (millis, { fromMillis, toMillis }) => formatInRange(millis, toMillis - fromMillis, zone),
    fromNow: (millis, nowMillis) => {
      const away = millis - nowMillis;
      const [unit, size] = STEPS.find(([, step]) => Math.abs(away) >= step) ?? ['second', 1e3];
      return relative.format(Math.round(away / size), unit);
    },
  };
}
