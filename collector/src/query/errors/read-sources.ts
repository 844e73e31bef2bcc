import type { ErrorSource } from '../../api/index.ts';
import type { ErrorGroup } from '../../storage/errors/errors.ts';
import { environmentQuery } from '../../storage/figures/resource-queries.ts';
import type { Reader } from '../api-route.ts';
import { and, equals } from '../query-nodes.ts';
import type { ErrorsRange } from './errors-range.ts';

/** The kinds of records that say an error in the range: a search of the other kind for it finds nothing. */
export async function readSources(
  { service, fingerprint }: ErrorGroup,
  { range, environment }: Pick<ErrorsRange, 'range' | 'environment'>,
  { storage, context }: Reader,
): Promise<ErrorSource[]> {
  const query = and(
    ...(service === '' ? [] : [equals('service', service)]),
    equals('errorGroup', fingerprint),
    ...(environment === undefined ? [] : [environmentQuery(environment)]),
  );
  const search = { query, range, order: 'desc', limit: 1 } as const;
  const [spans, logs] = await Promise.all([storage.searchSpans(search, context), storage.searchLogs(search, context)]);
  return [...(spans.rows.length > 0 ? (['span'] as const) : []), ...(logs.rows.length > 0 ? (['log'] as const) : [])];
}
