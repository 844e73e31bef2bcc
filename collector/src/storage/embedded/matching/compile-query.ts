import type { AttributePlace, Field, QueryNode } from '@threadline/query-language';
import { ThreadlineError } from '../../../errors.ts';
import { compilePattern, compileRegex } from '../../../model/linear-regex.ts';
import type { TemplateText } from '../../patterns/template-text.ts';
import type { ColumnName } from '../columns.ts';
import type { TableName } from '../layout.ts';
import { equalNumberTexts, numberRange } from '../number-range.ts';
import type { Page } from '../reading/page.ts';
import { type FieldColumn, fieldColumn, levelNumber } from '../record-fields.ts';
import { attributeColumnMatcher } from './match-attribute-columns.ts';
import { needleOf, rowsBetween, rowsEqual, rowsUnlike, rowsWhereText, rowsWithCode } from './match-columns.ts';
import { rowsOfErrors } from './match-errors.ts';
import { type LeafMatcher, leafMatcher, ownTextMatcher, prefixOf } from './match-leaves.ts';
import { rowsOfTemplates } from './match-templates.ts';
import { matchTexts } from './match-texts.ts';
import { hasMessage, phraseMatcher, wordPatternMatcher } from './match-words.ts';
import { either, isEmpty, noneOf, type RowMask, without } from './row-mask.ts';

/** The rows of the mask that match. */
export type Match = (page: Page, mask: RowMask) => RowMask;

/** A condition, and about what it costs: of several that all must hold the cheap ones are looked at first. */
interface Condition {
  readonly match: Match;
  readonly cost: number;
}

const COSTS = { none: 0, code: 1, number: 2, text: 4, leaves: 8, values: 32 } as const;

const NEVER: Condition = { match: (page) => noneOf(page.rows), cost: COSTS.none };
const ALWAYS: Condition = { match: (_page, mask) => mask, cost: COSTS.none };

/** What a query is compiled for. */
export interface MatchContext {
  readonly table: TableName;
  /** Called now and then during slow work; throws to end it. */
  readonly check: () => void;
  /** The templates whose records an id is about; called where a query names one. */
  readonly templatesOf: (id: string) => readonly TemplateText[];
}

/** What a query's tree means for a page of a table's rows. */
export function compileQuery(node: QueryNode, context: MatchContext): Match {
  return condition(node, context).match;
}

type FieldNode = QueryNode & { readonly field: Field };

function condition(node: QueryNode, context: MatchContext): Condition {
  switch (node.type) {
    case 'all':
      return ALWAYS;
    case 'none':
      return NEVER;
    case 'and':
      return allOf(node.children.map((child) => condition(child, context)));
    case 'or':
      return anyOf(node.children.map((child) => condition(child, context)));
    case 'not': {
      const child = condition(node.child, context);
      return {
        match: (page, mask) => {
          const found = child.match(page, mask);
          return isEmpty(found) ? mask : without(mask, found);
        },
        cost: child.cost,
      };
    }
    case 'phrase':
      return node.words.length === 0 ? NEVER : { match: phraseMatcher(node.words, context.table), cost: COSTS.text };
    case 'wordPattern':
      return { match: wordPatternMatcher(node.pattern, context.table, context.check), cost: COSTS.values };
    case 'levels': {
      const levels = new Set(node.levels.map(levelNumber));
      if (context.table !== 'logs' || levels.size === 0) return NEVER;
      return { match: (page, mask) => rowsWithCode(page.codes('level'), levels, mask), cost: COSTS.code };
    }
    case 'equals':
    case 'pattern':
    case 'regex':
    case 'range':
    case 'exists':
      return fieldCondition(node, context);
  }
}

function allOf(conditions: readonly Condition[]): Condition {
  const ordered = conditions.toSorted((left, right) => left.cost - right.cost);
  return {
    match: (page, mask) => {
      let left = mask;
      for (const { match } of ordered) {
        if (isEmpty(left)) break;
        left = match(page, left);
      }
      return left;
    },
    cost: ordered.reduce((sum, { cost }) => sum + cost, 0),
  };
}

function anyOf(conditions: readonly Condition[]): Condition {
  return {
    match: (page, mask) => {
      let found = noneOf(page.rows);
      let left = mask;
      for (const { match } of conditions) {
        if (isEmpty(left)) break;
        const more = match(page, left);
        if (isEmpty(more)) continue;
        found = either(found, more);
        left = without(left, more);
      }
      return found;
    },
    cost: conditions.reduce((sum, { cost }) => sum + cost, 0),
  };
}

function fieldCondition(node: FieldNode, context: MatchContext): Condition {
  const { field } = node;
  if (field.type === 'attribute') return attributeCondition(node, field.place, field.key, context);
  if (field.name === 'message') return messageCondition(node, context);
  if (field.name === 'pattern') return templateCondition(node, context);
  if (field.name === 'errorGroup') return errorCondition(node, context);
  const column = fieldColumn(context.table, field.name);
  return column ? columnCondition(node, column, context) : NEVER;
}

function messageCondition(node: FieldNode, { table }: MatchContext): Condition {
  if (node.type === 'exists') return { match: hasMessage(table), cost: COSTS.text };
  throw new ThreadlineError(
    'unsupported_query',
    `The message is searched by words, phrases and word patterns; ${node.type} is not one of them`,
  );
}

function templateCondition(node: FieldNode, { table, templatesOf }: MatchContext): Condition {
  if (node.type !== 'equals' || table !== 'logs') return NEVER;
  return { match: rowsOfTemplates(new Set(templatesOf(node.value))), cost: COSTS.code };
}

function errorCondition(node: FieldNode, { check }: MatchContext): Condition {
  if (node.type !== 'equals' && node.type !== 'exists') return NEVER;
  return { match: rowsOfErrors(node.type === 'equals' ? node.value : undefined, check), cost: COSTS.values };
}

const PLACE_COLUMNS: Readonly<Record<TableName, Partial<Record<AttributePlace, ColumnName>>>> = {
  logs: { attributes: 'attributes', resource: 'resource', scope: 'scope_attributes', body: 'body' },
  spans: { attributes: 'attributes', resource: 'resource', scope: 'scope_attributes', event: 'event_attributes', link: 'link_attributes' },
};

function attributeCondition(node: FieldNode, place: AttributePlace, key: string, { table, check }: MatchContext): Condition {
  const matcher = leafMatcher(node, key, check);
  const columns = Object.entries(PLACE_COLUMNS[table]).flatMap(([name, column]) =>
    name === place || (place === 'any' && name !== 'body') ? [column] : [],
  );
  if (columns.length === 0) return NEVER;
  const own = columns.includes('attributes') ? [ownAttributes(attributeColumnMatcher(node, key, check), node)] : [];
  return anyOf([...columns.map((column) => leaves(column, matcher, node)), ...own]);
}

/** Attributes that have columns of their own. */
function ownAttributes(match: Match, node: QueryNode): Condition {
  return { match, cost: node.type === 'equals' ? COSTS.text : COSTS.leaves };
}

function leaves(column: ColumnName, matcher: LeafMatcher, node: QueryNode): Condition {
  return { match: matchTexts(column, matcher), cost: node.type === 'equals' ? COSTS.leaves : COSTS.values };
}

function columnCondition(node: FieldNode, field: FieldColumn, context: MatchContext): Condition {
  switch (field.type) {
    case 'text':
      return textCondition(node, field.column, field.emptyIsAbsent, context);
    case 'texts':
      return leaves(field.column, leafMatcher(node, '', context.check), node);
    case 'textOrAttribute':
      return anyOf([
        textCondition(node, field.column, true, context),
        leaves('attributes', leafMatcher(node, field.key, context.check), node),
        ownAttributes(attributeColumnMatcher(node, field.key, context.check), node),
      ]);
    case 'ownText':
      return anyOf([
        leaves('attributes', ownTextMatcher(node, field.key, context.check), node),
        ownAttributes(attributeColumnMatcher(node, field.key, context.check, { onlyTexts: true }), node),
      ]);
    case 'number':
      return numberCondition(node, field.column, field.zeroIsAbsent);
    case 'names':
      return namesCondition(node, field.column, field.names, context);
  }
}

function textCondition(node: FieldNode, column: ColumnName, emptyIsAbsent: boolean, { check }: MatchContext): Condition {
  const where = (fulfils: (text: string) => boolean, cost: number): Condition => ({
    match: matchTexts(column, (texts, mask) => rowsWhereText(texts, (text) => !(emptyIsAbsent && text === '') && fulfils(text), mask)),
    cost,
  });
  switch (node.type) {
    case 'exists':
      return where(() => true, COSTS.text);
    case 'equals': {
      if (emptyIsAbsent && node.value === '') return NEVER;
      const needle = needleOf(node.value);
      return { match: matchTexts(column, (texts, mask) => rowsEqual(texts, needle, mask)), cost: COSTS.number };
    }
    case 'pattern': {
      const prefix = prefixOf(node.pattern);
      if (prefix !== undefined) return where((text) => text.startsWith(prefix), COSTS.text);
      const pattern = compilePattern(node.pattern, check);
      return where((text) => pattern.test(text), COSTS.values);
    }
    case 'regex': {
      const regex = compileRegex(node.regex, check);
      return where((text) => regex.test(text), COSTS.values);
    }
    default:
      return NEVER;
  }
}

function numberCondition(node: FieldNode, column: ColumnName, zeroIsAbsent: boolean): Condition {
  const bounds = numberBounds(node);
  if (!bounds) return NEVER;
  const { min, max } = bounds;
  return {
    match: (page, mask) => {
      const longs = page.longs(column);
      const found = rowsBetween(longs, min, max, mask);
      return zeroIsAbsent && min <= 0n && max >= 0n ? rowsUnlike(longs, 0n, found) : found;
    },
    cost: COSTS.number,
  };
}

function numberBounds(node: FieldNode): { readonly min: bigint; readonly max: bigint } | undefined {
  if (node.type === 'range') return numberRange(node.min, node.max).ints;
  if (node.type === 'exists') return numberRange(undefined, undefined).ints;
  const int = node.type === 'equals' ? equalNumberTexts(node.value).int : undefined;
  return int === undefined ? undefined : { min: BigInt(int), max: BigInt(int) };
}

/** Numbers that are names: what matches is decided here, once. */
function namesCondition(node: FieldNode, column: ColumnName, names: readonly string[], context: MatchContext): Condition {
  const matches = nameTest(node, context);
  const numbers = new Set(names.flatMap((name, number) => (matches(name) ? [number] : [])));
  if (numbers.size === 0) return NEVER;
  return { match: (page, mask) => rowsWithCode(page.codes(column), numbers, mask), cost: COSTS.code };
}

function nameTest(node: FieldNode, { check }: MatchContext): (name: string) => boolean {
  switch (node.type) {
    case 'exists':
      return () => true;
    case 'equals':
      return (name) => name === node.value;
    case 'pattern': {
      const pattern = compilePattern(node.pattern, check);
      return (name) => pattern.test(name);
    }
    case 'regex': {
      const regex = compileRegex(node.regex, check);
      return (name) => regex.test(name);
    }
    default:
      return () => false;
  }
}
