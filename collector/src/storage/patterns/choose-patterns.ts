import { LEVELS, type Level } from '@threadline/query-language';
import type { PatternOrder } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { NO_TEMPLATE, OTHER_TEMPLATE, type TemplateText } from './template-text.ts';

interface Counted {
  readonly template: TemplateText;
  readonly count: number;
  /** `severityOf` the most severe level of its records. */
  readonly severity: number;
}

const SEVERITIES: ReadonlyMap<Level, number> = new Map(
  LEVELS.filter((level) => level !== 'UNSET').map((level, place) => [level, place + 1]),
);

/** Greater for what is more severe; 0 for records that say nothing of it. */
export function severityOf(level: Level): number {
  return SEVERITIES.get(level) ?? 0;
}

/** The first patterns in the order asked for, and how many there are; see `PatternsResult`. */
export function choosePatterns<P extends Counted>(
  patterns: readonly P[],
  { order, limit }: { readonly order: PatternOrder; readonly limit: number },
): { readonly patternCount: number; readonly patterns: readonly P[] } {
  const sign = order === 'rare' ? 1 : -1;
  const isNone = ({ template }: Counted): number => (template === NO_TEMPLATE || template === OTHER_TEMPLATE ? 1 : 0);
  const sorted = patterns.toSorted(
    (left, right) =>
      (order === 'rare' ? isNone(left) - isNone(right) : 0) ||
      sign * (left.count - right.count) ||
      right.severity - left.severity ||
      ascending(left.template, right.template),
  );
  return { patternCount: patterns.filter((pattern) => isNone(pattern) === 0).length, patterns: sorted.slice(0, limit) };
}
