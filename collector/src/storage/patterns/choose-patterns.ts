import type { PatternOrder } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { NO_TEMPLATE, OTHER_TEMPLATE, type TemplateText } from './template-text.ts';

interface Counted {
  readonly template: TemplateText;
  readonly count: number;
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
      ascending(left.template, right.template),
  );
  return { patternCount: patterns.filter((pattern) => isNone(pattern) === 0).length, patterns: sorted.slice(0, limit) };
}
