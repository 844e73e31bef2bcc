import type { ContextKind, LogRecord } from '@threadline/collector/api';
import { correlationIdOf, findAttribute, scalarText, serviceOf } from './any-value.ts';
import { attributeFilter, recordFilter } from './query-filter.ts';

export type { ContextKind };

/** What a record can have neighbours of, as the collector names it. */
export const CONTEXT_KINDS: readonly ContextKind[] = ['service', 'instance', 'flow'];
/** What tells one process of a service from another, the most exact first, as the collector has it. */
const INSTANCE_KEYS = ['service.instance.id', 'host.name', 'host.id'];

/** Those that this record says enough for. */
export function contextKindsOf(record: LogRecord): readonly ContextKind[] {
  const hasInstance = record.resource.attributes.some(({ key }) => INSTANCE_KEYS.includes(key));
  const hasFlow = correlationIdOf(record) !== '';
  return CONTEXT_KINDS.filter((kind) => kind === 'service' || (kind === 'instance' ? hasInstance : hasFlow));
}

/** The query that finds a record and its neighbours, all of them. */
export function contextQueryOf(record: LogRecord, kind: ContextKind): string {
  if (kind === 'flow') return recordFilter('correlationId', correlationIdOf(record));
  const service = serviceOf(record);
  const ofService = service === '' ? '-service:*' : recordFilter('service', service);
  const instance = kind === 'instance' ? instanceFilter(record) : undefined;
  return instance === undefined ? ofService : `${ofService} ${instance}`;
}

function instanceFilter({ resource }: LogRecord): string | undefined {
  for (const key of INSTANCE_KEYS) {
    const value = findAttribute(resource.attributes, key);
    if (value !== undefined && (scalarText(value) ?? '') !== '') return attributeFilter({ place: 'resource', key }, value);
  }
  return undefined;
}
