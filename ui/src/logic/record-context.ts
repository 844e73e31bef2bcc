import type { ContextKind, LogRecord } from '@threadline/collector/api';
import { correlationIdOf } from './any-value.ts';

export type { ContextKind };

/** What a record can have neighbours of, as the collector names it. */
export const CONTEXT_KINDS: readonly ContextKind[] = ['service', 'instance', 'flow'];
/** What tells one process of a service from another. */
const INSTANCE_KEYS: ReadonlySet<string> = new Set(['service.instance.id', 'host.name', 'host.id']);

/** Those that this record says enough for. */
export function contextKindsOf(record: LogRecord): readonly ContextKind[] {
  const hasInstance = record.resource.attributes.some(({ key }) => INSTANCE_KEYS.has(key));
  const hasFlow = correlationIdOf(record) !== '';
  return CONTEXT_KINDS.filter((kind) => kind === 'service' || (kind === 'instance' ? hasInstance : hasFlow));
}
