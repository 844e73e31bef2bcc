import type { Field, QueryNode, RecordField } from '@threadline/query-language';
import { CORRELATION_ID_ATTRIBUTE } from '../../../model/indexed-record.ts';
import type { TableName } from '../layout.ts';
import { LEAF_CLASSES } from '../leaf-text.ts';
import { equalNumberTexts } from '../number-range.ts';
import type { TypedClass } from '../rows/attribute-columns.ts';
import { EXCEPTION_TOKENS } from './exception-tokens.ts';
import { fieldToken, keyToken, leafToken, type TokenHash, wordToken } from './token-hash.ts';
import { isUnfilteredWord } from './unfiltered-word.ts';

/** What a page's tokens must be for a row of it to match: `any` is no condition, `never` fits no row. */
export type Probe =
  | { readonly type: 'any' }
  | { readonly type: 'never' }
  | { readonly type: 'token'; readonly token: TokenHash }
  /** Rows whose attribute of the key is of the kind. */
  | { readonly type: 'column'; readonly key: string; readonly leafClass: TypedClass }
  | { readonly type: 'all'; readonly probes: readonly Probe[] }
  | { readonly type: 'some'; readonly probes: readonly Probe[] };

const ANY: Probe = { type: 'any' };
const NEVER: Probe = { type: 'never' };

/** Fields that each row's tokens have, by the table that has them. */
const TOKEN_FIELDS: Readonly<Record<TableName, ReadonlySet<RecordField>>> = {
  logs: new Set(['service', 'traceId', 'spanId', 'scope', 'eventName']),
  spans: new Set(['service', 'traceId', 'spanId', 'scope', 'parentSpanId', 'name', 'event', 'link', 'status']),
};

/** A necessary condition of the query: a page that does not fulfil it has no row that matches. */
export function probeOf(node: QueryNode, table: TableName): Probe {
  switch (node.type) {
    case 'none':
      return NEVER;
    case 'and':
      return all(node.children.map((child) => probeOf(child, table)));
    case 'or':
      return some(node.children.map((child) => probeOf(child, table)));
    case 'phrase':
      return node.words.length === 0 ? NEVER : all([...new Set(node.words)].map(wordProbe));
    case 'levels':
      return table === 'logs' ? some(node.levels.map((level) => token(fieldToken('level', level)))) : NEVER;
    case 'equals':
      return equalsProbe(node.field, node.value, table);
    case 'pattern':
    case 'regex':
    case 'range':
    case 'exists':
      // A leaf with the key must be there, whatever its value.
      if (node.field.type === 'attribute') return token(keyToken(node.field.key));
      return node.field.name === 'errorGroup' ? exceptionProbe(table) : ANY;
    case 'all':
    case 'not':
    case 'wordPattern':
      return ANY;
  }
}

function equalsProbe(field: Field, value: string, table: TableName): Probe {
  if (field.type === 'attribute') return leafProbe(field.key, value);
  if (field.name === 'correlationId') return token(leafToken(CORRELATION_ID_ATTRIBUTE, value));
  if (field.name === 'errorGroup') return exceptionProbe(table);
  if (!TOKEN_FIELDS[table].has(field.name)) return ANY;
  const own = token(fieldToken(field.name, value));
  return field.name === 'eventName' ? some([own, leafProbe('event.name', value)]) : own;
}

function wordProbe(word: string): Probe {
  return isUnfilteredWord(word) ? ANY : token(wordToken(word));
}

function exceptionProbe(table: TableName): Probe {
  return some(EXCEPTION_TOKENS[table].map(token));
}

/** A number equals in each of its texts. */
function leafProbe(key: string, value: string): Probe {
  const { int, double } = equalNumberTexts(value);
  const texts = new Set([value, ...(int === undefined ? [] : [int]), ...(double === undefined ? [] : [double])]);
  const tokens = [...texts].map((text) => token(leafToken(key, text)));
  // Doubles of columns have no tokens of their own.
  return some(double === undefined ? tokens : [...tokens, { type: 'column', key, leafClass: LEAF_CLASSES.double }]);
}

function token(hash: TokenHash): Probe {
  return { type: 'token', token: hash };
}

function all(probes: readonly Probe[]): Probe {
  if (probes.some((probe) => probe.type === 'never')) return NEVER;
  const conditions = probes.filter((probe) => probe.type !== 'any');
  const [only] = conditions;
  return conditions.length === 0 ? ANY : conditions.length === 1 && only ? only : { type: 'all', probes: conditions };
}

function some(probes: readonly Probe[]): Probe {
  if (probes.some((probe) => probe.type === 'any')) return ANY;
  const conditions = probes.filter((probe) => probe.type !== 'never');
  const [only] = conditions;
  return conditions.length === 0 ? NEVER : conditions.length === 1 && only ? only : { type: 'some', probes: conditions };
}
