import { isObject } from '../instrument/wrap-method.ts';
import type { Carrier } from './carrier.ts';

/** Headers as librdkafka's clients take and give them, a list with an object of one header each, by their names; undefined for anything else. */
export function readHeaders(headers: unknown): Carrier | undefined {
  if (!Array.isArray(headers)) return undefined;
  const carrier: Record<string, unknown> = {};
  for (const header of headers) if (isObject(header)) Object.assign(carrier, header);
  return carrier;
}

/** A list of its own with these fields, in the place of those that are there by the same names; all others as they were. */
export function addHeaders(headers: readonly unknown[], fields: Readonly<Record<string, string>>): unknown[] {
  const others = headers.filter((header) => !isObject(header) || !Object.keys(header).some((name) => name in fields));
  return [...others, ...Object.entries(fields).map(([name, value]) => ({ [name]: value }))];
}
