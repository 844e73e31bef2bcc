import type { PatternPart, QueryNode } from '@threadline/query-language';
import { compilePattern, compileRegex } from '../../../model/linear-regex.ts';
import { escapeText, LEAF_CLASSES, leafStart, RECORD_SEPARATOR, UNIT_SEPARATOR, unescapeText } from '../leaf-text.ts';
import { equalNumberTexts, type NumberRange, numberRange } from '../number-range.ts';
import type { TextColumn } from '../reading/column-values.ts';
import { needleOf, rowsWhereText, rowsWith, rowsWithPlace } from './match-columns.ts';
import { addRows, noneOf, noRows, type RowMask, without } from './row-mask.ts';

const UNIT_SEPARATOR_BYTE = UNIT_SEPARATOR.charCodeAt(0);
const RECORD_SEPARATOR_BYTE = RECORD_SEPARATOR.charCodeAt(0);

/** The rows of a mask that match, by a column of leaves; those whose values stand in columns of their own match only where the value is of no matter. */
export type LeafMatcher = (column: TextColumn, mask: RowMask) => RowMask;

/** The condition of a query's node on the leaves of one key. `check` as of `compileRegex`. */
export function leafMatcher(node: QueryNode, key: string, check: () => void): LeafMatcher {
  const start = leafStart(key);
  switch (node.type) {
    case 'exists':
      return containsAny([start]);
    case 'equals':
      return containsAny(equalLeaves(node.value).map((end) => start + end));
    case 'pattern': {
      const prefix = prefixOf(node.pattern);
      if (prefix === '') return containsAny([start]);
      if (prefix !== undefined) return valuesWhere(start, (text) => text.startsWith(prefix));
      const pattern = compilePattern(node.pattern, check);
      return valuesWhere(start, (text) => pattern.test(text));
    }
    case 'regex': {
      const regex = compileRegex(node.regex, check);
      return valuesWhere(start, (text) => regex.test(text));
    }
    case 'range': {
      const range = numberRange(node.min, node.max);
      return valuesWhere(start, (text, leafClass) => isInRange(text, leafClass, range));
    }
    default:
      return (_column, mask) => noneOf(mask.length);
  }
}

/** The same of the record's own text of the key: no number, nothing inside an array or a map. */
export function ownTextMatcher(node: QueryNode, key: string, check: () => void): LeafMatcher {
  const start = leafStart(key);
  const end = UNIT_SEPARATOR + LEAF_CLASSES.text;
  switch (node.type) {
    case 'exists':
      return valuesWhere(start, (_text, leafClass) => leafClass === LEAF_CLASSES.text);
    case 'equals':
      return containsAny([start + escapeText(node.value) + end]);
    case 'pattern': {
      const pattern = compilePattern(node.pattern, check);
      return valuesWhere(start, (text, leafClass) => leafClass === LEAF_CLASSES.text && pattern.test(text));
    }
    case 'regex': {
      const regex = compileRegex(node.regex, check);
      return valuesWhere(start, (text, leafClass) => leafClass === LEAF_CLASSES.text && regex.test(text));
    }
    default:
      return (_column, mask) => noneOf(mask.length);
  }
}

/** The text before the only wildcard, where that is a `*` at the end; the empty one of `*` alone. */
export function prefixOf(pattern: readonly PatternPart[]): string | undefined {
  const [first, second] = pattern;
  if (pattern.length === 1 && first?.type === 'any') return '';
  return pattern.length === 2 && first?.type === 'literal' && second?.type === 'any' ? first.text : undefined;
}

/** What follows a leaf's key when its value equals: the text of any kind, or another text of the same number. */
function equalLeaves(value: string): string[] {
  const { int, double } = equalNumberTexts(value);
  return [
    `${escapeText(value)}${UNIT_SEPARATOR}`,
    ...(int !== undefined && int !== value ? [`${int}${UNIT_SEPARATOR}${LEAF_CLASSES.int}`] : []),
    ...(double !== undefined && double !== value ? [`${double}${UNIT_SEPARATOR}${LEAF_CLASSES.double}`] : []),
  ];
}

function containsAny(texts: readonly string[]): LeafMatcher {
  const needles = texts.map(needleOf);
  const [only] = needles;
  if (only && needles.length === 1) return (column, mask) => rowsWith(column, only, mask);
  return (column, mask) => {
    const found = noRows(mask.length);
    for (const needle of needles) addRows(found, rowsWith(column, needle, without(mask, found)));
    return found;
  };
}

/** Any value of the key fulfils it. */
function valuesWhere(start: string, fulfils: (text: string, leafClass: string) => boolean): LeafMatcher {
  const needle = needleOf(start);
  const length = needle.bytes.length;
  const isAccepted = (bytes: Buffer, at: number): boolean => {
    if (bytes[at + length + 1] === RECORD_SEPARATOR_BYTE) return false;
    const end = bytes.indexOf(UNIT_SEPARATOR_BYTE, at + length);
    return fulfils(unescapeText(bytes.toString('utf8', at + length, end)), String.fromCharCode(bytes[end + 1] ?? 0));
  };
  return (column, mask) => {
    if (!column.entries) return rowsWithPlace(column, needle, mask, isAccepted);
    return rowsWhereText(column, (leaves) => anyValue(leaves, start, fulfils), mask);
  };
}

function anyValue(leaves: string, start: string, fulfils: (text: string, leafClass: string) => boolean): boolean {
  for (let at = leaves.indexOf(start); at !== -1; ) {
    const from = at + start.length;
    const isTyped = leaves[from + 1] === RECORD_SEPARATOR;
    const end = isTyped ? from : leaves.indexOf(UNIT_SEPARATOR, from);
    if (!isTyped && fulfils(unescapeText(leaves.slice(from, end)), leaves[end + 1] ?? '')) return true;
    at = leaves.indexOf(start, end + 1);
  }
  return false;
}

function isInRange(text: string, leafClass: string, { ints, doubles }: NumberRange): boolean {
  if (leafClass === LEAF_CLASSES.int) {
    if (!ints) return false;
    const value = BigInt(text);
    return value >= ints.min && value <= ints.max;
  }
  if (leafClass !== LEAF_CLASSES.double || !doubles) return false;
  const value = Number(text);
  return value >= doubles.min && value <= doubles.max;
}
