import { canonicalNumber, doubleBounds, type Field, integerBounds, type Level, type QueryNode, tokenize } from '@threadline/query-language';
import type { KeyValue } from '../../../api/index.ts';
import { type AttributeLeaf, attributeLeaves, bodyLeaves, type LeafValue, leafText } from '../../../model/attribute-leaves.ts';
import { MAX_INDEX_TIME_NANOS } from '../../../model/indexed-record.ts';
import { compilePattern, compileRegex } from '../../../model/linear-regex.ts';
import type { IndexedLog } from '../../../model/record.ts';
import { ErrorNames } from '../../errors/error-names.ts';
import { exceptionsOf } from '../../errors/exceptions.ts';

/** Whether a log that is at hand fulfils a query. */
export type LogMatch = (log: IndexedLog) => boolean;

type Match = (log: LogView) => boolean;
type ValueMatch = (value: LeafValue) => boolean;

/**
 * A query on single logs in memory, with the meaning that it has on segments. `check` is called now and then while a pattern takes long; what it
 * throws ends the test. Throws `unsupported_query` for a pattern that is too large.
 */
export function compileLogMatch(query: QueryNode, check: () => void): LogMatch {
  const match = compile(query, check);
  return (log) => match(new LogView(log));
}

function compile(node: QueryNode, check: () => void): Match {
  switch (node.type) {
    case 'all':
      return () => true;
    case 'none':
      return () => false;
    case 'and': {
      const children = node.children.map((child) => compile(child, check));
      return (log) => children.every((child) => child(log));
    }
    case 'or': {
      const children = node.children.map((child) => compile(child, check));
      return (log) => children.some((child) => child(log));
    }
    case 'not': {
      const child = compile(node.child, check);
      return (log) => !child(log);
    }
    case 'phrase':
      return (log) => hasPhrase(log.words, node.words);
    case 'wordPattern': {
      const pattern = compilePattern(node.pattern, check);
      return (log) => log.words.some((word) => pattern.test(word));
    }
    case 'levels': {
      const levels: ReadonlySet<Level> = new Set(node.levels);
      return (log) => levels.has(log.indexed.level);
    }
    case 'equals':
      return hasValue(node.field, equalTo(node.value));
    case 'pattern': {
      const pattern = compilePattern(node.pattern, check);
      return hasValue(node.field, (value) => pattern.test(leafText(value)));
    }
    case 'regex': {
      const regex = compileRegex(node.regex, check);
      return hasValue(node.field, (value) => regex.test(leafText(value)));
    }
    case 'range':
      return hasValue(node.field, within(node));
    case 'exists':
      return hasValue(node.field, () => true);
  }
}

function hasValue(field: Field, test: ValueMatch): Match {
  return (log) => valuesOf(field, log).some(test);
}

function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.length > 0 && words.some((_, start) => phrase.every((word, offset) => words[start + offset] === word));
}

function equalTo(text: string): ValueMatch {
  const number = canonicalNumber(text);
  return (value) => {
    const own = leafText(value);
    if (own === text) return true;
    return number !== undefined && (value.type === 'int' || value.type === 'double') && canonicalNumber(own) === number;
  };
}

function within({ min, max }: Extract<QueryNode, { readonly type: 'range' }>): ValueMatch {
  const integers = integerBounds(min, max);
  const doubles = doubleBounds(min, max);
  return (value) => {
    if (value.type === 'int') return integers !== undefined && value.value >= integers.min && value.value <= integers.max;
    // NaN is in no range, and bounds are finite.
    return value.type === 'double' && doubles !== undefined && value.value >= doubles.min && value.value <= doubles.max;
  };
}

/** A log with what several parts of a query look at, made once. */
class LogView {
  readonly indexed: IndexedLog;
  #words: readonly string[] | undefined;
  readonly #leaves = new Map<readonly KeyValue[], readonly AttributeLeaf[]>();

  constructor(indexed: IndexedLog) {
    this.indexed = indexed;
  }

  get words(): readonly string[] {
    this.#words ??= tokenize(this.indexed.message ?? '').map(({ text }) => text);
    return this.#words;
  }

  leavesOf(attributes: readonly KeyValue[]): readonly AttributeLeaf[] {
    const known = this.#leaves.get(attributes);
    if (known) return known;
    const leaves = attributeLeaves(attributes);
    this.#leaves.set(attributes, leaves);
    return leaves;
  }
}

const ERROR_NAMES = new ErrorNames();

/** Every value that a field has in a log; none when the field is not there. Fields that only spans have are in no query on logs. */
function valuesOf(field: Field, log: LogView): readonly LeafValue[] {
  if (field.type === 'attribute') return withKey(leavesAt(field.place, log), field.key);
  const { record, service, correlationId, message, timeNanos } = log.indexed;
  switch (field.name) {
    case 'service':
      return textOrNone(service);
    case 'message':
      return message === undefined ? [] : [{ type: 'string', value: message }];
    case 'traceId':
      return textOrNone(record.traceId);
    case 'spanId':
      return textOrNone(record.spanId);
    case 'correlationId':
      return correlationId === undefined ? [] : [{ type: 'string', value: correlationId }];
    case 'scope':
      return textOrNone(record.scope.name);
    case 'time':
      return [{ type: 'int', value: timeNanos }];
    case 'observedTime':
      return record.observedTimeUnixNano === '0' ? [] : [{ type: 'int', value: clamped(BigInt(record.observedTimeUnixNano)) }];
    case 'eventName':
      return [...textOrNone(record.eventName), ...withKey(log.leavesOf(record.attributes), 'event.name')];
    case 'errorGroup':
      return ERROR_NAMES.fingerprintsOf(exceptionsOf(log.indexed)).map((value) => ({ type: 'string', value }));
    default:
      return [];
  }
}

function leavesAt(place: (Field & { readonly type: 'attribute' })['place'], log: LogView): readonly AttributeLeaf[] {
  const { attributes, scope, resource, body } = log.indexed.record;
  switch (place) {
    case 'attributes':
      return log.leavesOf(attributes);
    case 'scope':
      return log.leavesOf(scope.attributes);
    case 'resource':
      return log.leavesOf(resource.attributes);
    case 'any':
      return [attributes, scope.attributes, resource.attributes].flatMap((list) => log.leavesOf(list));
    case 'body':
      return bodyLeaves(body);
    case 'event':
    case 'link':
      return [];
  }
}

function withKey(leaves: readonly AttributeLeaf[], wanted: string): readonly LeafValue[] {
  return leaves.flatMap(({ key, value }) => (key === wanted ? [value] : []));
}

function textOrNone(text: string | undefined): readonly LeafValue[] {
  return text === undefined || text === '' ? [] : [{ type: 'string', value: text }];
}

function clamped(nanos: bigint): bigint {
  return nanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : nanos;
}
