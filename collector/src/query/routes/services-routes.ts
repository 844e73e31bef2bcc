import type { OperationsAnswer, ServicesAnswer } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { defineRoute, type RouteInput } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { checkRange, parseTimeParameter, type ResolvedRange, toStorageRange } from '../parameters/time-range.ts';

const names = { single: ['from', 'to'] };

/** Every service that a record of the range came from; without `from` and `to` of all time. */
export const servicesRoute = defineRoute({
  path: '/api/v1/services',
  names,
  parse: (input) => parseOpenRange(input),
  async answer(range, { storage, context }): Promise<ServicesAnswer> {
    const services = await storage.services(toStorageRange(range), context);
    return {
      services: services
        .map(({ lastSeenNanos, ...counts }) => ({ ...counts, lastSeen: formatRfc3339(lastSeenNanos) }))
        .sort((a, b) => ascending(a.name, b.name)),
    };
  },
});

/** What a service's spans are called, most frequent first; a service without spans has none. */
export const operationsRoute = defineRoute({
  path: '/api/v1/services/:service/operations',
  names,
  parse: (input) => ({ service: input.path.service ?? '', range: parseOpenRange(input) }),
  async answer({ service, range }, { storage, context }): Promise<OperationsAnswer> {
    return { operations: [...(await storage.operations(service, toStorageRange(range), context))] };
  },
});

function parseOpenRange({ parameters, nowNanos }: RouteInput): ResolvedRange {
  const from = parameters.get('from');
  const to = parameters.get('to');
  return checkRange({
    fromNanos: from === undefined ? null : parseTimeParameter(from, 'from', nowNanos),
    toNanos: to === undefined ? null : parseTimeParameter(to, 'to', nowNanos),
  });
}
