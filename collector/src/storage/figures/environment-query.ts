import type { QueryNode } from '@threadline/query-language';
import { ENVIRONMENT_ATTRIBUTES } from './countable-span.ts';

/** Records that figures with this `environment` are of: the first attribute that is there and not empty says it; an empty one finds those of which none does. */
export function environmentQuery(environment: string): QueryNode {
  const fields = ENVIRONMENT_ATTRIBUTES.map((key) => ({ type: 'attribute', place: 'resource', key }) as const);
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
  if (environment === '') return { type: 'and', children: isUnset };
  const says = fields.map(
    (field, place): QueryNode => ({
      type: 'and',
      children: [...isUnset.slice(0, place), { type: 'equals', field, value: environment }],
    }),
  );
  return { type: 'or', children: says };
}
