import {
  canonicalNumber,
  doubleBounds,
  type Field,
  integerBounds,
  type PatternPart,
  type QueryNode,
  type RangeEnd,
  type RegexNode,
  tokenize,
} from '@threadline/query-language';
import type { KeyValue } from '../../src/api/index.ts';
import { attributeLeaves, bodyLeaves, type LeafValue, leafText } from '../../src/model/attribute-leaves.ts';
import { MAX_INDEX_TIME_NANOS } from '../../src/model/indexed-record.ts';
import type { IndexedRecord } from '../../src/model/record.ts';
import { ErrorNames } from '../../src/storage/errors/error-names.ts';
import { exceptionsOf } from '../../src/storage/errors/exceptions.ts';

/**
 * What a query means, in plain TypeScript on one record: the oracle that every storage is compared with. It is as simple as it
 * can be and knows nothing of any index. What numbers are equal to and
 * which lie in a range is the language's own (`canonicalNumber`, `integerBounds`, `doubleBounds`).
 */
export function matchesRecord(node: QueryNode, record: IndexedRecord): boolean {
  switch (node.type) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return node.children.every((child) => matchesRecord(child, record));
    case 'or':
      return node.children.some((child) => matchesRecord(child, record));
    case 'not':
      return !matchesRecord(node.child, record);
    case 'phrase':
      return hasPhrase(wordsOf(record), node.words);
    case 'wordPattern':
      return wordsOf(record).some((word) => patternOf(node.pattern).test(word));
    case 'levels':
      return record.signal === 'logs' && node.levels.includes(record.level);
    case 'equals':
      return fieldValues(node.field, record).some((value) => equalsText(value, node.value));
    case 'pattern':
      return fieldValues(node.field, record).some((value) => patternOf(node.pattern).test(leafText(value)));
    case 'regex':
      return fieldValues(node.field, record).some((value) => new RegExp(`^(?:${regexSource(node.regex)})$`, 'su').test(leafText(value)));
    case 'range':
      return fieldValues(node.field, record).some((value) => inRange(value, node.min, node.max));
    case 'exists':
      return fieldValues(node.field, record).length > 0;
  }
}

const wordsOf = (record: IndexedRecord): string[] => tokenize(record.message ?? '').map((word) => word.text);

function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.length > 0 && words.some((_, start) => phrase.every((word, offset) => words[start + offset] === word));
}

function equalsText(leaf: LeafValue, value: string): boolean {
  if (leafText(leaf) === value) return true;
  if (leaf.type !== 'int' && leaf.type !== 'double') return false;
  const number = canonicalNumber(leafText(leaf));
  return number !== undefined && number === canonicalNumber(value);
}

function inRange(leaf: LeafValue, min: RangeEnd | undefined, max: RangeEnd | undefined): boolean {
  const bounds = leaf.type === 'int' ? integerBounds(min, max) : leaf.type === 'double' ? doubleBounds(min, max) : undefined;
  // NaN is in no range, and bounds are finite.
  return bounds !== undefined && (leaf.type === 'int' || leaf.type === 'double') && leaf.value >= bounds.min && leaf.value <= bounds.max;
}

function patternOf(parts: readonly PatternPart[]): RegExp {
  const source = parts.map((part) => (part.type === 'literal' ? quote(part.text) : part.type === 'any' ? '.*' : '.')).join('');
  return new RegExp(`^(?:${source})$`, 'su');
}

function regexSource(node: RegexNode): string {
  switch (node.type) {
    case 'literal':
      return quote(node.text);
    case 'anyCharacter':
      return '.';
    case 'set':
      return `[${node.negated ? '^' : ''}${node.ranges.map(({ from, to }) => `${quoteUnit(from)}-${quoteUnit(to)}`).join('')}]`;
    case 'sequence':
      return node.items.map((item) => regexSource(item)).join('');
    case 'choice':
      return `(?:${node.options.map((option) => regexSource(option)).join('|')})`;
    case 'repeat':
      return `(?:${regexSource(node.item)}){${node.min},${node.max ?? ''}}`;
  }
}

const quote = (literal: string): string => Array.from(literal, quoteUnit).join('');
const quoteUnit = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Every value that a field has in a record; none when the field is not there. */
function fieldValues(field: Field, indexed: IndexedRecord): LeafValue[] {
  if (field.type === 'attribute')
    return attributeLists(field.place, indexed).flatMap((leaves) =>
      leaves.filter((leaf) => leaf.key === field.key).map((leaf) => leaf.value),
    );
  const { record } = indexed;
  const span = indexed.signal === 'traces' ? indexed : undefined;
  const log = indexed.signal === 'logs' ? indexed : undefined;
  switch (field.name) {
    case 'service':
      return texts(indexed.service);
    case 'message':
      return indexed.message === undefined ? [] : [{ type: 'string', value: indexed.message }];
    case 'traceId':
      return texts(record.traceId);
    case 'spanId':
      return texts(record.spanId);
    case 'parentSpanId':
      return texts(span?.record.parentSpanId);
    case 'correlationId':
      return indexed.correlationId === undefined ? [] : [{ type: 'string', value: indexed.correlationId }];
    case 'scope':
      return texts(record.scope.name);
    case 'time':
      return [{ type: 'int', value: indexed.timeNanos }];
    case 'observedTime':
      return log && log.record.observedTimeUnixNano !== '0' ? [{ type: 'int', value: clamp(BigInt(log.record.observedTimeUnixNano)) }] : [];
    // What a template is depends on other records: patterns.ts has queries by them.
    case 'pattern':
      return [];
    case 'errorGroup':
      return new ErrorNames().fingerprintsOf(exceptionsOf(indexed)).map((value) => ({ type: 'string', value }));
    case 'eventName':
      return log
        ? [
            ...texts(log.record.eventName),
            ...attributeLeaves(log.record.attributes).flatMap(({ key, value }) => (key === 'event.name' ? [value] : [])),
          ]
        : [];
    case 'name':
      return span ? [{ type: 'string', value: span.record.name }] : [];
    case 'kind':
      return span ? texts(SPAN_KIND_NAMES[span.record.kind ?? 0]) : [];
    case 'status':
      return span ? texts(STATUS_NAMES[span.record.status?.code ?? 0]) : [];
    case 'duration':
      return span ? [{ type: 'int', value: span.durationNanos }] : [];
    case 'root':
      return span ? [{ type: 'bool', value: span.isRoot }] : [];
    case 'event':
      return (span?.record.events ?? []).flatMap((event) => texts(event.name));
    case 'link':
      return (span?.record.links ?? []).flatMap((link) => texts(link.traceId));
  }
}

/** OpenTelemetry's span kinds and status codes by number, as queries name them. */
const SPAN_KIND_NAMES = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_NAMES = ['unset', 'ok', 'error'] as const;

const texts = (value: string | undefined): LeafValue[] => (value === undefined || value === '' ? [] : [{ type: 'string', value }]);
const clamp = (nanos: bigint): bigint => (nanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : nanos);

function attributeLists(place: (Field & { type: 'attribute' })['place'], indexed: IndexedRecord) {
  const { record } = indexed;
  const span = indexed.signal === 'traces' ? indexed.record : undefined;
  const lists = {
    attributes: [record.attributes],
    resource: [record.resource.attributes],
    scope: [record.scope.attributes],
    event: (span?.events ?? []).map((event): KeyValue[] => event.attributes),
    link: (span?.links ?? []).map((link): KeyValue[] => link.attributes),
  };
  if (place === 'body') return indexed.signal === 'logs' ? [bodyLeaves(indexed.record.body)] : [];
  return (place === 'any' ? Object.values(lists).flat() : lists[place]).map((list) => attributeLeaves(list));
}
