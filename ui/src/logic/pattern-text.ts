import type { LogPattern, PatternPart } from '@threadline/collector/api';
import { type Level, STACK_ORDER } from './level.ts';

/** The filter that a pattern's records fulfil. */
export function patternFilter(id: string): string {
  return `pattern:${id}`;
}

/** A pattern as plain text, for a name: `order num was paid`, as it is seen. */
export function patternName(
  parts: readonly PatternPart[],
  nameOf: (wildcard: Extract<PatternPart, { wildcard: unknown }>['wildcard']) => string,
): string {
  return parts.map((part) => ('text' in part ? part.text : nameOf(part.wildcard))).join('');
}

/** The levels of a pattern's records, the most severe first. */
export function patternLevels(levels: LogPattern['levels']): { readonly level: Level; readonly count: number }[] {
  return STACK_ORDER.flatMap((level) => {
    const count = levels[level] ?? 0;
    return count === 0 ? [] : [{ level, count }];
  });
}

/** A bar of a trend: its number, and its height from 0 to 1. */
export interface TrendBar {
  readonly bucket: number;
  readonly height: number;
}

/** Below this part of the height nobody sees that there is something. */
const LEAST_HEIGHT = 0.14;

/** The bars of a trend that are not empty, the greatest of full height. */
export function trendBars(trend: readonly number[]): TrendBar[] {
  const most = Math.max(0, ...trend);
  return trend.flatMap((count, bucket) => (count === 0 ? [] : [{ bucket, height: Math.max(LEAST_HEIGHT, count / most) }]));
}
