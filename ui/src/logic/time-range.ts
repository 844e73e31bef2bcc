/** A range as the URL and the reader write it: `now-15m`, RFC 3339, or epoch milliseconds. */
export interface TimeRangeText {
  readonly from: string;
  readonly to: string;
}

/** The same range as two instants, `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly fromMillis: number;
  readonly toMillis: number;
}

export const DEFAULT_RANGE: TimeRangeText = { from: 'now-15m', to: 'now' };

/** What the time picker offers, shortest first. */
export const RANGE_PRESETS = ['5m', '15m', '1h', '3h', '6h', '12h', '1d', '3d', '7d', '30d'] as const;

const MILLIS_BY_UNIT: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 };
const RELATIVE = /^now(?:-(\d+)([smhdw]))?$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** The instant that the text means when it is now `nowMillis`, none before 1970; undefined for text that means none. */
export function resolveTime(text: string, nowMillis: number): number | undefined {
  const relative = RELATIVE.exec(text);
  if (relative) {
    const [, amount, unit] = relative;
    return amount === undefined || unit === undefined ? nowMillis : Math.max(0, nowMillis - Number(amount) * (MILLIS_BY_UNIT[unit] ?? 0));
  }
  if (/^\d{1,16}$/.test(text)) return Number(text);
  if (!RFC_3339.test(text)) return undefined;
  const millis = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(millis) ? undefined : Math.max(0, millis);
}

/** Undefined where an end means nothing, or the range is empty or turned round. */
export function resolveRange(range: TimeRangeText, nowMillis: number): TimeRange | undefined {
  const fromMillis = resolveTime(range.from, nowMillis);
  const toMillis = resolveTime(range.to, nowMillis);
  if (fromMillis === undefined || toMillis === undefined || fromMillis >= toMillis) return undefined;
  return { fromMillis, toMillis };
}

/** The preset that the range is (`now-15m` to `now` is `15m`); undefined for any other range. */
export function presetOf(range: TimeRangeText): string | undefined {
  if (range.to !== 'now') return undefined;
  const [, amount, unit] = RELATIVE.exec(range.from) ?? [];
  return amount === undefined || unit === undefined ? undefined : `${amount}${unit}`;
}

/** As the URL writes an absolute range. */
export function absoluteRange({ fromMillis, toMillis }: TimeRange): TimeRangeText {
  return { from: new Date(fromMillis).toISOString(), to: new Date(toMillis).toISOString() };
}

/** The range with so much before and behind it, as an address has it. */
export function rangeAround({ fromMillis, toMillis }: TimeRange, aroundMillis: number): TimeRangeText {
  return absoluteRange({ fromMillis: Math.max(0, fromMillis - aroundMillis), toMillis: toMillis + aroundMillis });
}

/** The range moved by half its width: `-1` earlier, as far as there is time since 1970, `1` later. */
export function shiftRange({ fromMillis, toMillis }: TimeRange, direction: -1 | 1): TimeRange {
  const step = Math.max(-fromMillis, Math.max(1, Math.round((toMillis - fromMillis) / 2)) * direction);
  return { fromMillis: fromMillis + step, toMillis: toMillis + step };
}

/** Twice as wide about the same middle, never beyond `nowMillis` unless it was. */
export function widenRange({ fromMillis, toMillis }: TimeRange, nowMillis: number): TimeRange {
  const margin = Math.max(1, Math.round((toMillis - fromMillis) / 2));
  return { fromMillis: Math.max(0, fromMillis - margin), toMillis: Math.max(toMillis, Math.min(toMillis + margin, nowMillis)) };
}

/** `YYYY-MM-DDTHH:MM:SS`, what a `datetime-local` field holds, in the zone that the reader has chosen. */
export function toLocalField(millis: number, zone: 'local' | 'utc'): string {
  const shifted = zone === 'utc' ? millis : millis - new Date(millis).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 19);
}

/** The instant of a `datetime-local` field; undefined when it is empty or not a time. */
export function fromLocalField(text: string, zone: 'local' | 'utc'): number | undefined {
  const millis = Date.parse(zone === 'utc' ? `${text}Z` : text);
  return Number.isNaN(millis) ? undefined : millis;
}
