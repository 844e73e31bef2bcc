import type { ShapeText } from '../../patterns/shape-text.ts';
import { type ShapeTest, type ShapeWords, shapeWords } from '../../patterns/shape-words.ts';
import type { Page } from '../reading/page.ts';
import type { RowGroup } from '../segments/segment.ts';
import { addRows, isEmpty, noneOf, type RowMask, rowsOfCodes } from './row-mask.ts';

type Match = (page: Page, mask: RowMask) => RowMask;

/** Row groups have mostly the same shapes; others begin anew. */
const MAX_KNOWN = 20_000;
const known = new Map<ShapeText, ShapeWords>();

const NO = 0;
const YES = 1;
const LOOK = 2;

/** What the shapes of a row group say: of each, whether its rows pass, and whether that has to be looked at. */
interface Verdicts {
  readonly passes: Uint8Array;
  readonly isUnclear: Uint8Array;
  readonly hasUnclear: boolean;
  readonly hasNone: boolean;
}

function verdictsOf(entries: readonly ShapeText[], verdictOf: (shape: ShapeText) => number): Verdicts {
  const verdicts = Uint8Array.from(entries, verdictOf);
  const hasUnclear = verdicts.includes(LOOK);
  return {
    passes: verdicts.map((verdict) => (verdict === YES ? 1 : 0)),
    isUnclear: verdicts.map((verdict) => (verdict === LOOK ? 1 : 0)),
    hasUnclear,
    hasNone: !hasUnclear && !verdicts.includes(YES),
  };
}

/** Rows whose messages pass: of those whose shape already tells, no message is read. `ofMessage` looks at the others. */
export function shapeMatcher(test: ShapeTest, ofMessage: Match): Match {
  let group: RowGroup | undefined;
  let verdicts: Verdicts | undefined;
  const verdictOfShape = new Map<ShapeText, number>();
  const verdictOf = (shape: ShapeText): number => {
    let verdict = verdictOfShape.get(shape);
    if (verdict === undefined) {
      const passes = test(wordsOf(shape));
      verdict = passes === undefined ? LOOK : passes ? YES : NO;
      verdictOfShape.set(shape, verdict);
    }
    return verdict;
  };
  return (page, mask) => {
    if (page.group !== group || !verdicts) {
      group = page.group;
      const shapes = page.templates();
      verdicts = shapes && verdictsOf(shapes.entries, verdictOf);
      if (!verdicts) return ofMessage(page, mask);
    }
    if (verdicts.hasNone) return noneOf(mask.length);
    const indexes = page.templates()?.indexes ?? new Int32Array();
    const found = rowsOfCodes(indexes, verdicts.passes, mask);
    if (!verdicts.hasUnclear) return found;
    const unclear = rowsOfCodes(indexes, verdicts.isUnclear, mask);
    if (!isEmpty(unclear)) addRows(found, ofMessage(page, unclear));
    return found;
  };
}

function wordsOf(shape: ShapeText): ShapeWords {
  let words = known.get(shape);
  if (!words) {
    words = shapeWords(shape);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(shape, words);
  }
  return words;
}
