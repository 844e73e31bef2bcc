import { fieldName } from './field-name.ts';
import { formatDuration } from './format-duration.ts';
import { formatRegex } from './format-regex.ts';
import { escapeText, quoteValue } from './quote-value.ts';
import { type Field, LEVELS, type Level, type PatternPart, type QueryNode, type RangeEnd } from './syntax-tree.ts';

/** What the text of "no record" is: a phrase that has no word. */
const NO_RECORD = '""';
/** How the parser's time before all records is written, one nanosecond before 1970: a sign is not part of epoch nanoseconds. */
const BEFORE_ALL_TIMES = '1969-12-31T23:59:59.999999999Z';

/**
 * The text of a tree: `parseQuery` makes the same tree of it, but for the places in the text, whenever the parser can make the tree at all.
 * Of other trees (one child under `and`, an empty `or`, no level, a field that has no such name on the target) it is the nearest text.
 */
export function formatQuery(node: QueryNode): string {
  switch (node.type) {
    case 'all':
      return '*';
    case 'none':
      return NO_RECORD;
    case 'and':
      return joined(node.children, { separator: ' ', empty: '*', grouped: ['and', 'or'] });
    case 'or':
      return joined(node.children, { separator: ' OR ', empty: NO_RECORD, grouped: ['or'] });
    case 'not':
      return `NOT ${grouped(node.child, ['and', 'or'])}`;
    case 'phrase':
      return quoteValue(node.words.join(' '));
    case 'wordPattern':
      return formatPattern(node.pattern);
    case 'levels':
      return formatLevels(node.levels);
    case 'equals':
      return `${fieldName(node.field)}:${quoteValue(node.value)}`;
    case 'pattern':
      return `${fieldName(node.field)}:${formatPattern(node.pattern)}`;
    case 'regex':
      return `${fieldName(node.field)}:/${formatRegex(node.regex)}/`;
    case 'range':
      return `${fieldName(node.field)}:${formatRange(node)}`;
    case 'exists':
      return `${fieldName(node.field)}:*`;
  }
}

type Joining = { readonly separator: string; readonly empty: string; readonly grouped: readonly QueryNode['type'][] };

function joined(children: readonly QueryNode[], { separator, empty, grouped: types }: Joining): string {
  const [first] = children;
  if (first === undefined) return empty;
  if (children.length === 1) return formatQuery(first);
  return children.map((child) => grouped(child, types)).join(separator);
}

/** In parentheses where the types bind less tightly, or would fall together with the node around them. */
function grouped(node: QueryNode, types: readonly QueryNode['type'][]): string {
  return types.includes(node.type) ? `(${formatQuery(node)})` : formatQuery(node);
}

function formatPattern(pattern: readonly PatternPart[]): string {
  return pattern.map((part) => (part.type === 'literal' ? escapeText(part.text) : part.type === 'any' ? '*' : '?')).join('');
}

/** One name, a range of ranks, or else a group of names. */
function formatLevels(levels: readonly Level[]): string {
  const names = LEVELS.filter((level) => levels.includes(level)).map((level) => level.toLowerCase());
  const [first, last] = [names[0], names.at(-1)];
  if (first === undefined) return NO_RECORD;
  if (names.length === 1) return `level:${first}`;
  const start = LEVELS.findIndex((level) => levels.includes(level));
  const isRange = last !== 'unset' && LEVELS.slice(start, start + names.length).every((level) => levels.includes(level));
  if (!isRange) return `level:(${names.join(' OR ')})`;
  if (last === 'fatal') return first === 'trace' ? 'level:*' : `level:>=${first}`;
  return first === 'trace' ? `level:<=${last}` : `level:[${first} TO ${last}]`;
}

function formatRange({ field, min, max }: Extract<QueryNode, { type: 'range' }>): string {
  const from = min && formatRangeEnd(field, min);
  const to = max && formatRangeEnd(field, max);
  if (min === undefined && max !== undefined) return `<${max.inclusive ? '=' : ''}${to}`;
  if (min !== undefined && max === undefined) return `>${min.inclusive ? '=' : ''}${from}`;
  return `${min?.inclusive ? '[' : '{'}${from ?? '*'} TO ${to ?? '*'}${max?.inclusive ? ']' : '}'}`;
}

function formatRangeEnd(field: Field, end: RangeEnd): string {
  if (field.type === 'attribute') return end.value;
  if (field.name === 'duration') return formatDuration(BigInt(end.value));
  return end.value.startsWith('-') ? BEFORE_ALL_TIMES : end.value;
}
