import type { AttributePlace, Field, PatternPart, QueryNode, RegexNode } from '@threadline/query-language';
import { ThreadlineError } from '../../errors.ts';
import type { TableName } from './layout.ts';
import { escapeText, LEAF_CLASSES, leafStart, UNIT_SEPARATOR } from './leaf-text.ts';
import { equalNumberTexts, type NumberRange, numberRange } from './number-range.ts';
import { LEAF_TEXT, PLAIN_TEXT, patternSource, regexSource, WORD_TEXT } from './re2-source.ts';
import { type FieldColumn, fieldColumn, levelNumber } from './record-fields.ts';
import type { SqlParameters } from './sql-parameters.ts';
import { WORD_SEPARATOR } from './words.ts';

const NEVER = 'FALSE';
const ALWAYS = 'TRUE';

/**
 * The condition that a query's tree is on a table's row. Every value goes into `parameters`. A condition may be NULL where a column
 * is, which counts as not fulfilled: `not` takes care of it.
 */
export function sqlCondition(node: QueryNode, table: TableName, parameters: SqlParameters): string {
  switch (node.type) {
    case 'all':
      return ALWAYS;
    case 'none':
      return NEVER;
    case 'and':
      return joined(node.children, 'AND', ALWAYS, table, parameters);
    case 'or':
      return joined(node.children, 'OR', NEVER, table, parameters);
    case 'not':
      return `((${sqlCondition(node.child, table, parameters)}) IS NOT TRUE)`;
    case 'phrase':
      return node.words.length === 0
        ? NEVER
        : contains('words', WORD_SEPARATOR + node.words.join(WORD_SEPARATOR) + WORD_SEPARATOR, parameters);
    case 'wordPattern':
      return wordPattern(node.pattern, parameters);
    case 'levels':
      return table === 'logs' && node.levels.length > 0 ? `level IN (${node.levels.map(levelNumber).join(', ')})` : NEVER;
    case 'equals':
    case 'pattern':
    case 'regex':
    case 'range':
    case 'exists':
      return fieldCondition(node, table, parameters);
  }
}

type FieldNode = QueryNode & { readonly field: Field };

function joined(
  children: readonly QueryNode[],
  operator: 'AND' | 'OR',
  empty: string,
  table: TableName,
  parameters: SqlParameters,
): string {
  if (children.length === 0) return empty;
  return `(${children.map((child) => sqlCondition(child, table, parameters)).join(` ${operator} `)})`;
}

function fieldCondition(node: FieldNode, table: TableName, parameters: SqlParameters): string {
  const { field } = node;
  if (field.type === 'attribute') return attributeCondition(node, field.place, field.key, table, parameters);
  if (field.name === 'message') return messageCondition(node);
  const column = fieldColumn(table, field.name);
  return column ? columnCondition(node, column, parameters) : NEVER;
}

function messageCondition(node: FieldNode): string {
  if (node.type === 'exists') return 'words IS NOT NULL';
  throw new ThreadlineError(
    'unsupported_query',
    `The message is searched by words, phrases and word patterns; ${node.type} is not one of them`,
  );
}

const PLACE_COLUMNS: Readonly<Record<TableName, Partial<Record<AttributePlace, string>>>> = {
  logs: { attributes: 'attributes', resource: 'resource', scope: 'scope_attributes', body: 'body' },
  spans: { attributes: 'attributes', resource: 'resource', scope: 'scope_attributes', event: 'event_attributes', link: 'link_attributes' },
};

function attributeCondition(node: FieldNode, place: AttributePlace, key: string, table: TableName, parameters: SqlParameters): string {
  const columns = Object.entries(PLACE_COLUMNS[table]).flatMap(([name, column]) =>
    name === place || (place === 'any' && name !== 'body') ? [column] : [],
  );
  return columns.length === 0 ? NEVER : `(${columns.map((column) => leafCondition(node, column, key, parameters)).join(' OR ')})`;
}

/** The condition on a column of leaves, for the leaves of one key. */
function leafCondition(node: FieldNode, column: string, key: string, parameters: SqlParameters): string {
  const start = leafStart(key);
  switch (node.type) {
    case 'exists':
      return contains(column, start, parameters);
    case 'equals':
      return `(${equalLeaves(node.value)
        .map((end) => contains(column, start + end, parameters))
        .join(' OR ')})`;
    case 'pattern':
      return leafPattern(column, start, node.pattern, parameters);
    case 'regex':
      return leafMatch(column, start, regexSource(node.regex, LEAF_TEXT), parameters);
    case 'range':
      return leafRange(column, start, numberRange(node.min, node.max), parameters);
    default:
      return NEVER;
  }
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

function leafPattern(column: string, start: string, pattern: readonly PatternPart[], parameters: SqlParameters): string {
  const [first, second] = pattern;
  if (pattern.length === 1 && first?.type === 'any') return contains(column, start, parameters);
  if (pattern.length === 2 && first?.type === 'literal' && second?.type === 'any')
    return contains(column, start + escapeText(first.text), parameters);
  return leafMatch(column, start, patternSource(pattern, LEAF_TEXT), parameters);
}

function leafMatch(column: string, start: string, source: string, parameters: SqlParameters): string {
  const regex = `${PLAIN_TEXT.literal(start)}(?:${source})${PLAIN_TEXT.literal(UNIT_SEPARATOR)}`;
  return `(${contains(column, start, parameters)} AND ${matches(column, regex, parameters)})`;
}

/**
 * All numbers of the key are taken out as text, ints and doubles apart, and compared as what they are. The separator behind a leaf is
 * not taken: the next one starts with it.
 */
function leafRange(column: string, start: string, { ints, doubles }: NumberRange, parameters: SqlParameters): string {
  const numbers = (leafClass: string) => {
    const source = `${PLAIN_TEXT.literal(start)}([^${PLAIN_TEXT.literal(UNIT_SEPARATOR)}]*)${PLAIN_TEXT.literal(UNIT_SEPARATOR + leafClass)}`;
    return `regexp_extract_all(${column}, ${parameters.text(source)}, 1)`;
  };
  const conditions: string[] = [];
  if (ints) {
    const within = `TRY_CAST(x AS BIGINT) BETWEEN ${parameters.bigint(ints.min)} AND ${parameters.bigint(ints.max)}`;
    conditions.push(`len(list_filter(${numbers(LEAF_CLASSES.int)}, lambda x: ${within})) > 0`);
  }
  if (doubles) {
    const within = `TRY_CAST(x AS DOUBLE) BETWEEN ${parameters.double(doubles.min)} AND ${parameters.double(doubles.max)}`;
    conditions.push(`len(list_filter(${numbers(LEAF_CLASSES.double)}, lambda x: ${within})) > 0`);
  }
  return conditions.length === 0 ? NEVER : `(${contains(column, start, parameters)} AND (${conditions.join(' OR ')}))`;
}

function columnCondition(node: FieldNode, field: FieldColumn, parameters: SqlParameters): string {
  const { column } = field;
  switch (field.type) {
    case 'text':
      return textCondition(node, column, field.emptyIsAbsent, parameters);
    case 'texts':
      return leafCondition(node, column, '', parameters);
    case 'textOrAttribute':
      return `(${textCondition(node, column, true, parameters)} OR ${leafCondition(node, 'attributes', field.key, parameters)})`;
    case 'number':
      return numberCondition(node, column, parameters);
    case 'names':
      return namesCondition(node, column, field.names);
    case 'boolean':
      return namesCondition(node, `${column}::INTEGER`, ['false', 'true']);
  }
}

function textCondition(node: FieldNode, column: string, emptyIsAbsent: boolean, parameters: SqlParameters): string {
  const present = emptyIsAbsent ? `${column} <> ''` : `${column} IS NOT NULL`;
  switch (node.type) {
    case 'exists':
      return present;
    case 'equals':
      return emptyIsAbsent && node.value === '' ? NEVER : `${column} = ${parameters.text(node.value)}`;
    case 'pattern':
      return `(${present} AND ${textPattern(column, node.pattern, parameters)})`;
    case 'regex':
      return `(${present} AND ${matches(column, `^(?:${regexSource(node.regex, PLAIN_TEXT)})$`, parameters)})`;
    default:
      return NEVER;
  }
}

function textPattern(column: string, pattern: readonly PatternPart[], parameters: SqlParameters): string {
  const [first, second] = pattern;
  if (pattern.length === 2 && first?.type === 'literal' && second?.type === 'any')
    return `starts_with(${column}, ${parameters.text(first.text)})`;
  return matches(column, `^(?:${patternSource(pattern, PLAIN_TEXT)})$`, parameters);
}

function numberCondition(node: FieldNode, column: string, parameters: SqlParameters): string {
  if (node.type === 'exists') return `${column} IS NOT NULL`;
  if (node.type === 'equals') {
    const { int } = equalNumberTexts(node.value);
    return int === undefined ? NEVER : `${column} = ${parameters.bigint(BigInt(int))}`;
  }
  if (node.type !== 'range') return NEVER;
  const { ints } = numberRange(node.min, node.max);
  return ints ? `${column} BETWEEN ${parameters.bigint(ints.min)} AND ${parameters.bigint(ints.max)}` : NEVER;
}

/** Numbers that are names: what matches is decided here, the statement only lists the numbers. */
function namesCondition(node: FieldNode, column: string, names: readonly string[]): string {
  const numbers = names.flatMap((name, number) => (matchesName(node, name) ? [number] : []));
  return numbers.length === 0 ? NEVER : `${column} IN (${numbers.join(', ')})`;
}

function matchesName(node: FieldNode, name: string): boolean {
  switch (node.type) {
    case 'exists':
      return true;
    case 'equals':
      return node.value === name;
    case 'pattern':
      return new RegExp(`^(?:${jsPattern(node.pattern)})$`, 'su').test(name);
    case 'regex':
      return new RegExp(`^(?:${jsRegex(node.regex)})$`, 'su').test(name);
    default:
      return false;
  }
}

/** RE2's `\x{…}` is `\u{…}` in JavaScript; all else that is written is the same in both. */
const jsSource = (source: string): string => source.replaceAll('\\x{', '\\u{');
const jsPattern = (pattern: readonly PatternPart[]): string => jsSource(patternSource(pattern, PLAIN_TEXT));
const jsRegex = (regex: RegexNode): string => jsSource(regexSource(regex, PLAIN_TEXT));

function wordPattern(pattern: readonly PatternPart[], parameters: SqlParameters): string {
  // No word has a space in it, and a literal with one would run over two.
  if (pattern.some((part) => part.type === 'literal' && part.text.includes(WORD_SEPARATOR))) return NEVER;
  const [first, second, third] = pattern;
  if (pattern.length === 2 && first?.type === 'literal' && second?.type === 'any')
    return contains('words', WORD_SEPARATOR + first.text, parameters);
  if (pattern.length === 2 && first?.type === 'any' && second?.type === 'literal')
    return contains('words', second.text + WORD_SEPARATOR, parameters);
  if (pattern.length === 3 && first?.type === 'any' && second?.type === 'literal' && third?.type === 'any')
    return contains('words', second.text, parameters);
  return matches('words', `${WORD_SEPARATOR}${patternSource(pattern, WORD_TEXT)}${WORD_SEPARATOR}`, parameters);
}

function contains(column: string, text: string, parameters: SqlParameters): string {
  return `contains(${column}, ${parameters.text(text)})`;
}

/** `s`: `.` is a line break too. */
function matches(column: string, regex: string, parameters: SqlParameters): string {
  return `regexp_matches(${column}, ${parameters.text(regex)}, 's')`;
}
