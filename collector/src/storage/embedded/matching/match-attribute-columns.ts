import type { QueryNode } from '@threadline/query-language';
import { compilePattern, compileRegex } from '../../../model/linear-regex.ts';
import { LEAF_CLASSES } from '../leaf-text.ts';
import { equalNumberTexts, numberRange } from '../number-range.ts';
import { type AttributeValues, valueReader } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';
import { needleOf, rowsBetween, rowsEqual, rowsWhereText } from './match-columns.ts';
import { both, either, isEmpty, noneOf, noRows, type RowMask, without } from './row-mask.ts';

/** The rows of a mask whose value matches; each of them has a value. */
type ValueMatcher = (values: AttributeValues, mask: RowMask) => RowMask;

/** Only texts, not numbers and booleans. */
interface Options {
  readonly onlyTexts: boolean;
}

/** The condition of a query's node on those attributes of one key that have columns of their own. `check` as of `compileRegex`. */
export function attributeColumnMatcher(
  node: QueryNode,
  key: string,
  check: () => void,
  { onlyTexts }: Options = { onlyTexts: false },
): (page: Page, mask: RowMask) => RowMask {
  const matcher = valueMatcher(node, check);
  return (page, mask) => {
    let found = noneOf(mask.length);
    if (!matcher) return found;
    for (const column of page.attributes(key)) {
      if (onlyTexts && column.leafClass !== LEAF_CLASSES.text) continue;
      const rows = both(page.attributeRows(column), without(mask, found));
      if (!isEmpty(rows)) found = either(found, matcher(page.attributeValuesByRow(column), rows));
    }
    return found;
  };
}

/** Undefined for a node that no value fulfils. */
function valueMatcher(node: QueryNode, check: () => void): ValueMatcher | undefined {
  switch (node.type) {
    case 'exists':
      return (_values, mask) => mask;
    case 'equals':
      return equalTo(node.value);
    case 'pattern': {
      const pattern = compilePattern(node.pattern, check);
      return textsWhere((text) => pattern.test(text));
    }
    case 'regex': {
      const regex = compileRegex(node.regex, check);
      return textsWhere((text) => regex.test(text));
    }
    case 'range': {
      const { ints, doubles } = numberRange(node.min, node.max);
      return (values, mask) => {
        if (values.kind === 'longs' && ints) return rowsBetween(values.longs, ints.min, ints.max, mask);
        if (values.kind === 'doubles' && doubles) return doublesBetween(values.doubles, doubles.min, doubles.max, mask);
        return noneOf(mask.length);
      };
    }
    default:
      return undefined;
  }
}

/** The text itself, or the same number. */
function equalTo(value: string): ValueMatcher {
  const needle = needleOf(value);
  const { int, double } = equalNumberTexts(value);
  return (values, mask) => {
    switch (values.kind) {
      case 'texts':
        return rowsEqual(values.texts, needle, mask);
      case 'longs':
        return int === undefined ? noneOf(mask.length) : rowsBetween(values.longs, BigInt(int), BigInt(int), mask);
      case 'doubles':
        return double === undefined ? noneOf(mask.length) : doublesBetween(values.doubles, Number(double), Number(double), mask);
    }
  };
}

function textsWhere(fulfils: (text: string) => boolean): ValueMatcher {
  return (values, mask) => {
    if (values.kind === 'texts') return rowsWhereText(values.texts, fulfils, mask);
    const textOf = valueReader(values);
    const found = noRows(mask.length);
    for (let row = mask.indexOf(1); row !== -1; row = mask.indexOf(1, row + 1)) if (fulfils(textOf(row))) found[row] = 1;
    return found;
  };
}

function doublesBetween(values: Float64Array, min: number, max: number, mask: RowMask): RowMask {
  const found = noRows(mask.length);
  for (let row = 0; row < mask.length; row += 1) {
    const value = values[row] ?? 0;
    if (mask[row] === 1 && value >= min && value <= max) found[row] = 1;
  }
  return found;
}
