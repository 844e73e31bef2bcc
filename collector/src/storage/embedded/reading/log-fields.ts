import { compareFields } from '../../facet-order.ts';
import { FACET_PLACES, type FacetField, type FieldsRequest, type FieldsResult, MAX_FACET_KEY_LENGTH } from '../../storage.ts';
import { countRows } from '../matching/row-mask.ts';
import { PLACE_COLUMNS, visitTexts } from './field-columns.ts';
import { LeafKeys } from './leaf-keys.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { OUT_OF_TIME } from './stop.ts';
import { windowOfRange } from './time-window.ts';

/** The fields that matching logs have, in one pass over them. */
export function logFields(scope: ReadScope, { query, range, limit }: FieldsRequest): FieldsResult {
  const places = FACET_PLACES.map((place) => ({ place, column: PLACE_COLUMNS[place], keys: new LeafKeys() }));
  const texts: { readonly name: 'service' | 'scope'; count: number }[] = [
    { name: 'service', count: 0 },
    { name: 'scope', count: 0 },
  ];
  let total = 0;
  const reached = new Scan(scope, { table: 'logs', query, window: windowOfRange(range) }).visitWithinTime((page, rows) => {
    total += countRows(rows);
    for (const facet of texts) {
      visitTexts(page, facet.name, rows, (_bytes, { start, end, count }) => {
        if (end > start) facet.count += count;
      });
    }
    for (const { column, keys } of places) visitTexts(page, column, rows, (bytes, text) => keys.add(bytes, text));
  });
  const own = [{ name: 'level' as const, count: total }, ...texts]
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => ({ field: { type: 'record', name } satisfies FacetField, count }));
  const attributes = places.flatMap(({ place, keys }) =>
    keys.counts().map(({ key, count, hasNumbers }) => ({
      field: { type: 'attribute', place, key } satisfies FacetField,
      count,
      ...(hasNumbers && { hasNumbers }),
    })),
  );
  const named = attributes.filter(({ field: { key } }) => key !== '' && key.length <= MAX_FACET_KEY_LENGTH);
  const fields = [...own, ...named].sort(compareFields);
  return {
    total,
    fields: fields.slice(0, limit),
    hasMore: fields.length > limit || named.length < attributes.length || places.some(({ keys }) => keys.isFull),
    ...(reached !== undefined && { partial: { searchedFromNanos: reached + 1n, reason: OUT_OF_TIME } }),
  };
}
