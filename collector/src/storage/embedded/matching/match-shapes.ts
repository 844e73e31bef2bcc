import type { ShapeText } from '../../patterns/shape-text.ts';
import { type ShapeTest, type ShapeWords, shapeWords } from '../../patterns/shape-words.ts';
import type { Page } from '../reading/page.ts';
import type { RowGroup } from '../segments/segment.ts';
import { addRows, noRows, type RowMask } from './row-mask.ts';

type Match = (page: Page, mask: RowMask) => RowMask;

/** Row groups have mostly the same shapes; others begin anew. */
const MAX_KNOWN = 20_000;
const known = new Map<ShapeText, ShapeWords>();

const NO = 0;
const YES = 1;
const LOOK = 2;

/** Rows whose messages pass: of those whose shape already tells, no message is read. `ofMessage` looks at the others. */
export function shapeMatcher(test: ShapeTest, ofMessage: Match): Match {
  let group: RowGroup | undefined;
  let verdicts = new Uint8Array();
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
    const shapes = page.templates();
    if (!shapes) return ofMessage(page, mask);
    if (page.group !== group) {
      group = page.group;
      verdicts = Uint8Array.from(shapes.entries, verdictOf);
    }
    if (!verdicts.includes(YES) && !verdicts.includes(LOOK)) return noRows(mask.length);
    const found = noRows(mask.length);
    const unclear = noRows(mask.length);
    let isUnclear = 0;
    const { indexes } = shapes;
    for (let row = 0; row < mask.length; row += 1) {
      const verdict = verdicts[indexes[row] ?? 0] ?? LOOK;
      const wanted = mask[row] ?? 0;
      found[row] = wanted & verdict & YES;
      unclear[row] = (wanted & (verdict >> 1)) as 0 | 1;
      isUnclear |= unclear[row] ?? 0;
    }
    if (isUnclear !== 0) addRows(found, ofMessage(page, unclear));
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
