import type { Field, QueryNode, RecordField } from '@threadline/query-language';
import { DROP_EVENT, SPAN_START_EVENT, UNSEEN_EVENT } from '../api/index.ts';

/** Queries that the API composes itself: built as trees, never as text, so that no value of a parameter is read as a query. */

export function recordField(name: RecordField): Field {
  return { type: 'record', name };
}

export function equals(field: Field | RecordField, value: string): QueryNode {
  return { type: 'equals', field: typeof field === 'string' ? recordField(field) : field, value };
}

export function exists(name: RecordField): QueryNode {
  return { type: 'exists', field: recordField(name) };
}

export function not(child: QueryNode): QueryNode {
  return { type: 'not', child };
}

/** All of them: `all` of none, the child itself of one; nested conjunctions and `all` are dissolved. */
export function and(...children: readonly QueryNode[]): QueryNode {
  const parts = children.flatMap((child) => (child.type === 'and' ? child.children : child.type === 'all' ? [] : [child]));
  const [first] = parts;
  if (first === undefined) return { type: 'all' };
  return parts.length === 1 ? first : { type: 'and', children: parts };
}

/** One of them at least: `none` of none. */
export function or(...children: readonly QueryNode[]): QueryNode {
  const parts = children.flatMap((child) => (child.type === 'or' ? child.children : child.type === 'none' ? [] : [child]));
  const [first] = parts;
  if (first === undefined) return { type: 'none' };
  return parts.length === 1 ? first : { type: 'or', children: parts };
}

export function anyOf(field: Field | RecordField, values: readonly string[]): QueryNode {
  return or(...values.map((value) => equals(field, value)));
}

/** Without what senders say about themselves, unless the query asks for events by name itself. */
export function withoutOwnEvents(query: QueryNode): QueryNode {
  const isAsked = asksForField(query, 'eventName') || asksForAttribute(query, 'event.name');
  return isAsked ? query : and(query, not(anyOf('eventName', [SPAN_START_EVENT, DROP_EVENT, UNSEEN_EVENT])));
}

/** Whether any part of the query is about this field of the record. */
export function asksForField(query: QueryNode, name: RecordField): boolean {
  return fieldsOf(query).some((field) => field.type === 'record' && field.name === name);
}

function asksForAttribute(query: QueryNode, key: string): boolean {
  return fieldsOf(query).some((field) => field.type === 'attribute' && field.key === key);
}

function fieldsOf(query: QueryNode): readonly Field[] {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.children.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(query.child);
    case 'equals':
    case 'pattern':
    case 'regex':
    case 'range':
    case 'exists':
      return [query.field];
    default:
      return [];
  }
}
