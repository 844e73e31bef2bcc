import { textOf } from '../logs/thrown-value.ts';
import type { Scope } from './span-types.ts';

/** A scope of texts, whatever untyped code asks a tracer or a logger for. */
export function scopeOf(name: string, version: unknown, schemaUrl: unknown): Scope {
  return {
    name,
    version: version === undefined ? undefined : textOf(version),
    schemaUrl: schemaUrl === undefined ? undefined : textOf(schemaUrl),
  };
}
