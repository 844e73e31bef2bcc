import { resolveField } from '@threadline/query-language';
import type { FieldPlace, LogFieldsAnswer, LogFieldValuesAnswer } from '../../api/index.ts';
import { FACET_PLACES, type FacetField, type FieldValuesRequest, RECORD_FACETS } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import { defineRoute, type Reader, type RouteInput } from '../api-route.ts';
import { invalidValue, parseWholeNumber } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { checkRange, DEFAULT_FROM, DEFAULT_TO, parseTimeParameter, toStorageRange } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';

/** A panel beside a list: a person waits no longer for it, and a part of the counts is of use. */
const MAX_COUNTING_MILLIS = 10_000;
const DEFAULT_FIELDS = 200;
const DEFAULT_VALUES = 10;
const MAX_FIELDS = 1_000;
const MAX_VALUES = 1_000;
/** What starts with more was typed by nobody. */
const MAX_PREFIX_LENGTH = 100;

/** The fields that matching logs have, with the number of records of each. */
export const logFieldsRoute = defineRoute({
  path: '/api/v1/logs/fields',
  names: { single: ['query', 'from', 'to', 'limit'] },
  parse: (input, { capabilities }) => ({
    ...parseSearch(input, capabilities),
    limit: parseWholeNumber(input.parameters, 'limit', { min: 1, max: MAX_FIELDS, fallback: DEFAULT_FIELDS }),
  }),
  async answer({ query, warnings, range, limit }, { storage, context }): Promise<LogFieldsAnswer> {
    const { total, fields, hasMore, partial } = await storage.logFields({ query, range, limit }, withinCountingTime(context));
    return {
      total,
      fields: fields.map(({ field, count, hasNumbers }) => ({ ...nameOf(field), count, ...(hasNumbers && { hasNumbers }) })),
      ...(hasMore ? { more: true } : {}),
      ...answerNotes({ partial, warnings }),
    };
  },
});

/** The most frequent values of one field, of those that start with a prefix. */
export const logFieldValuesRoute = defineRoute({
  path: '/api/v1/logs/fields/:field/values',
  names: { single: ['query', 'from', 'to', 'prefix', 'limit'] },
  parse(input, { capabilities }) {
    const prefix = input.parameters.get('prefix') ?? '';
    if (prefix.length > MAX_PREFIX_LENGTH) throw invalidValue('prefix', `a text of at most ${MAX_PREFIX_LENGTH} characters`);
    return {
      ...parseSearch(input, capabilities),
      field: parseField(input.path.field ?? ''),
      prefix,
      limit: parseWholeNumber(input.parameters, 'limit', { min: 1, max: MAX_VALUES, fallback: DEFAULT_VALUES }),
    };
  },
  async answer({ warnings, ...request }, { storage, context }): Promise<LogFieldValuesAnswer> {
    const { total, count, values, otherCount, isCapped, partial } = await storage.logFieldValues(request, withinCountingTime(context));
    return {
      total,
      count,
      values: [...values],
      otherCount,
      ...(isCapped ? { capped: true } : {}),
      ...answerNotes({ partial, warnings }),
    };
  },
});

function parseSearch({ parameters, nowNanos }: RouteInput, capabilities: Reader['storage']['capabilities']) {
  const { query, warnings } = parseQueryParameter(parameters, 'logs', capabilities);
  const range = checkRange({
    fromNanos: parseTimeParameter(parameters.get('from') ?? DEFAULT_FROM, 'from', nowNanos),
    toNanos: parseTimeParameter(parameters.get('to') ?? DEFAULT_TO, 'to', nowNanos),
  });
  return { query: withoutOwnEvents(query), warnings, range: toStorageRange(range) };
}

/** A name as `nameOf` gives it, or an attribute's key without its place: then it is looked for in all of them. */
function parseField(name: string): FieldValuesRequest['field'] {
  const own = RECORD_FACETS.find((facet) => facet === name);
  if (own !== undefined) return { type: 'record', name: own };
  const resolved = resolveField(name, 'logs');
  if (resolved.kind === 'attribute' && resolved.field.type === 'attribute') {
    const { place, key } = resolved.field;
    const facetPlace = FACET_PLACES.find((candidate) => candidate === place);
    if (key !== '' && (facetPlace !== undefined || place === 'any')) return { type: 'attribute', place: facetPlace ?? 'any', key };
  }
  throw invalidValue('field', `one of ${RECORD_FACETS.join(', ')}, or an attribute as http.route or resource.host.name`);
}

function nameOf(field: FacetField): { field: string; place: FieldPlace; key: string } {
  if (field.type === 'record') return { field: field.name, place: 'record', key: field.name };
  return { field: `${field.place}.${field.key}`, place: field.place, key: field.key };
}

function withinCountingTime(context: Reader['context']): Reader['context'] {
  return { ...context, deadline: Math.min(context.deadline, performance.now() + MAX_COUNTING_MILLIS) };
}
