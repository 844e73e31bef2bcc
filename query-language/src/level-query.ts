import { QuerySyntaxError } from './errors.ts';
import { levelOfText } from './levels.ts';
import { firstWildcard, type Term, termText } from './query-scanner.ts';
import { LEVELS, type Level, type QueryNode, type TextSpan } from './syntax-tree.ts';

/** The levels that have a rank, from the least to the most severe. */
const RANKED_LEVELS: readonly Level[] = LEVELS.filter((level) => level !== 'UNSET');

/** One end of a range in the text. */
export interface RangeTerm {
  readonly term: Term;
  readonly inclusive: boolean;
}

export const EXPECTED_LEVELS: readonly string[] = LEVELS.map((level) => level.toLowerCase());

/** `level:error` and `level:*`, which is every level that is not unset. */
export function levelNode(term: Term, span: TextSpan): QueryNode {
  if (isAnyTerm(term)) return { type: 'levels', levels: RANKED_LEVELS, span };
  return { type: 'levels', levels: [readLevel(term, 'UNSET')], span };
}

/** `level:>=warn`, `level:[info TO error]`. A range of no level is `none`. `unset` has no rank and is no end of a range. */
export function levelRangeNode(range: { readonly min?: RangeTerm; readonly max?: RangeTerm }, span: TextSpan): QueryNode {
  const min = range.min && { rank: RANKED_LEVELS.indexOf(readLevel(range.min.term)), inclusive: range.min.inclusive };
  const max = range.max && { rank: RANKED_LEVELS.indexOf(readLevel(range.max.term)), inclusive: range.max.inclusive };
  const levels = RANKED_LEVELS.filter(
    (_, rank) =>
      (min === undefined || rank > min.rank || (min.inclusive && rank === min.rank)) &&
      (max === undefined || rank < max.rank || (max.inclusive && rank === max.rank)),
  );
  return levels.length === 0 ? { type: 'none', span } : { type: 'levels', levels, span };
}

/** The levels of any of these, when they all are levels: `level:(warn OR error)` is one node. */
export function mergeLevels(children: readonly QueryNode[], span: TextSpan): QueryNode | undefined {
  const merged = new Set<Level>();
  for (const child of children) {
    if (child.type !== 'levels') return undefined;
    for (const level of child.levels) merged.add(level);
  }
  return { type: 'levels', levels: LEVELS.filter((level) => merged.has(level)), span };
}

function isAnyTerm(term: Term): boolean {
  return term.parts.length === 1 && term.parts[0]?.type === 'any';
}

function readLevel(term: Term, also?: 'UNSET'): Level {
  const wildcard = firstWildcard(term);
  if (wildcard !== undefined) {
    const place = { position: wildcard.position, expected: EXPECTED_LEVELS };
    throw new QuerySyntaxError('not_supported_on_field', 'A level is a name and has no patterns', place);
  }
  const text = termText(term);
  if (also !== undefined && text.trim().toUpperCase() === also) return also;
  const level = levelOfText(text);
  if (level !== undefined) return level;
  const expected = also === undefined ? RANKED_LEVELS.map((name) => name.toLowerCase()) : EXPECTED_LEVELS;
  throw new QuerySyntaxError('invalid_level', 'This is not the name of a level', { position: term.start, expected });
}
