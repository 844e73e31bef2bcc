import { escapeText } from './quote-value.ts';
import { isPlainAttributeName } from './resolve-field.ts';
import type { Field } from './syntax-tree.ts';

/**
 * A field's name as it stands before the colon of a query, escaped: `service`, `http.route`, `resource.service.name`.
 * An attribute of any place whose key is also a short name or begins with a place can only be named as the record's own: `attributes.status`.
 */
export function fieldName(field: Field): string {
  if (field.type === 'record') return field.name === 'eventName' ? 'event.name' : field.name;
  const key = escapeName(field.key);
  if (field.place !== 'any') return `${field.place}.${key}`;
  return isPlainAttributeName(field.key) ? key : `attributes.${key}`;
}

/** Slashes and dashes inside a name are part of it. */
function escapeName(key: string): string {
  return escapeText(key).replace(/(?<=.)\\(?=[/-])/g, '');
}
