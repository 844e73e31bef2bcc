import type { KeyValue } from '@threadline/collector/api';
import { serviceOf, valueText } from './any-value.ts';

/** A process of a service, as far as its resource tells it apart. */
export interface ServiceInstance {
  readonly service: string;
  /** Its id, short; empty where the service has one alone. */
  readonly instance: string;
}

type WithResource = { readonly resource: { readonly attributes: readonly KeyValue[] } };

/** What tells processes apart, best first. */
const INSTANCE_KEYS = ['service.instance.id', 'k8s.pod.name', 'container.id', 'host.name'] as const;
/** A longer id is shown by its end: ids of one machine or day begin alike. */
const MAX_SHOWN_CHARACTERS = 14;
const SHOWN_END_CHARACTERS = 8;

/**
 * The instances that records are of, in the order in which they come, and for each record the place of its own. A record whose sender does not say
 * belongs to the first instance of its service.
 */
export function splitInstances(records: readonly WithResource[]): {
  readonly instances: readonly ServiceInstance[];
  readonly placeOf: readonly number[];
} {
  const ids = records.map(instanceId);
  const firstOf = new Map<string, string>();
  records.forEach((record, index) => {
    const id = ids[index] ?? '';
    const service = serviceOf(record);
    if (id !== '' && !firstOf.has(service)) firstOf.set(service, id);
  });
  const places = new Map<string, number>();
  const found: { readonly service: string; readonly id: string }[] = [];
  const placeOf = records.map((record, index) => {
    const service = serviceOf(record);
    const id = ids[index] || (firstOf.get(service) ?? '');
    const key = JSON.stringify([service, id]);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, found.length);
    return found.push({ service, id }) - 1;
  });
  const counts = new Map<string, number>();
  for (const { service } of found) counts.set(service, (counts.get(service) ?? 0) + 1);
  const instances = found.map(({ service, id }) => ({
    service,
    instance: (counts.get(service) ?? 0) > 1 ? shortId(id, service) : '',
  }));
  return { instances, placeOf };
}

/** Without the service's name, which pods begin with. */
function shortId(id: string, service: string): string {
  const own = id.startsWith(`${service}-`) ? id.slice(service.length + 1) : id;
  return own.length > MAX_SHOWN_CHARACTERS ? `…${own.slice(-SHOWN_END_CHARACTERS)}` : own;
}

function instanceId({ resource: { attributes } }: WithResource): string {
  for (const wanted of INSTANCE_KEYS) {
    const text = valueText(attributes.find(({ key }) => key === wanted)?.value);
    if (text !== '') return text;
  }
  return '';
}
