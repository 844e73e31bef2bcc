import type { QueryNode } from '@threadline/query-language';
import { ENVIRONMENT_ATTRIBUTES, VERSION_ATTRIBUTE } from './countable-span.ts';

/** Records that figures with this `environment` are of: the first attribute that is there and not empty says it; an empty one finds those of which none does. */
export function environmentQuery(environment: string): QueryNode {
  return resourceQuery(ENVIRONMENT_ATTRIBUTES, environment);
}

/** As that, of a version. */
export function versionQuery(version: string): QueryNode {
  return resourceQuery([VERSION_ATTRIBUTE], version);
}

function resourceQuery(keys: readonly string[], value: string): QueryNode {
  const fields = keys.map((key) => ({ type: 'attribute', place: 'resource', key }) as const);
  const isUnset = fields.map((field): QueryNode => {
    const isThere: QueryNode = { type: 'exists', field };
    return {
      type: 'or',
      children: [
        { type: 'not', child: isThere },
        { type: 'equals', field, value: '' },
      ],
    };
  });
  if (value === '') return { type: 'and', children: isUnset };
  const says = fields.map(
    (field, place): QueryNode => ({
      type: 'and',
      children: [...isUnset.slice(0, place), { type: 'equals', field, value }],
    }),
  );
  return { type: 'or', children: says };
}
