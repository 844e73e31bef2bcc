import type { QueryNode } from '@threadline/query-language';
import type { ErrorGroupSummary } from '../../api/index.ts';
import { type ErrorGroup, OTHER_ERRORS } from '../../storage/errors/errors.ts';
import { VERSION_ATTRIBUTE } from '../../storage/figures/countable-span.ts';
import type { Figure } from '../../storage/figures/figures.ts';
import { templateParts } from '../../storage/patterns/template-text.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { bucketCount } from '../histogram-buckets.ts';
import { and, equals } from '../query-nodes.ts';
import { chunksOf } from '../read-rows.ts';
import type { ErrorsRange } from './errors-range.ts';
import { readVersionsOfFirst } from './versions-of-first.ts';

/** Services whose first records are looked for at once. */
const SERVICES_AT_ONCE = 4;
const HAS_VERSION: QueryNode = { type: 'exists', field: { type: 'attribute', place: 'resource', key: VERSION_ATTRIBUTE } };

/**
 * The versions that services began with, by service: an error of one of these may be older than all that is kept. By figures of spans; of services that send none, and of
 * those with several versions in their first minute, by their first records.
 */
export async function readFirstVersions(services: readonly string[], reader: Reader): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = [...new Set(services)];
  const found = new Map(names.map((service): [string, readonly string[]] => [service, []]));
  if (names.length === 0) return found;
  const { figures } = await reader.storage.serviceFigures({ range: {}, types: ['instance'] }, reader.context);
  for (const [service, own] of Map.groupBy(figures, ({ key }) => key.service))
    if (found.has(service)) found.set(service, firstVersions(own));
  const unclear = names.filter((service) => found.get(service)?.length !== 1);
  for (const some of chunksOf(unclear, SERVICES_AT_ONCE)) {
    const first = await Promise.all(some.map((service) => readVersionsOfFirst(and(equals('service', service), HAS_VERSION), reader)));
    for (const [place, service] of some.entries()) found.set(service, first[place] ?? []);
  }
  return found;
}

function firstVersions(figures: readonly Figure[]): string[] {
  const named = figures.flatMap(({ key, firstMinute }) =>
    key.type === 'instance' && key.version !== '' ? [{ version: key.version, firstMinute }] : [],
  );
  const first = named.reduce((least, { firstMinute }) => Math.min(least, firstMinute), Number.POSITIVE_INFINITY);
  return [...new Set(named.filter(({ firstMinute }) => firstMinute === first).map(({ version }) => version))];
}

export function summarizeErrors(
  { service, fingerprint, type, template, count, buckets, firstNanos, lastNanos, versions }: ErrorGroup,
  { range, widthNanos }: ErrorsRange,
  firstVersions: readonly string[] | undefined,
): ErrorGroupSummary {
  const first = range.fromNanos / widthNanos;
  const trend = new Array<number>(Number(bucketCount(range, widthNanos))).fill(0);
  for (const { bucket, count: own } of buckets) trend[Number(bucket - first)] = own;
  const newSince = fingerprint === OTHER_ERRORS ? undefined : versionOfOrigin(versions[0]?.version ?? '', firstVersions);
  return {
    fingerprint,
    service,
    type,
    message: templateParts(template),
    count,
    trend,
    firstSeen: formatRfc3339(firstNanos),
    lastSeen: formatRfc3339(lastNanos),
    versions: versions.map((version) => ({
      version: version.version,
      firstSeen: formatRfc3339(version.firstNanos),
      lastSeen: formatRfc3339(version.lastNanos),
    })),
    ...(newSince !== undefined && { newSince }),
  };
}

/**
 * The version that an error came with: the one that it was first seen in, if another one of the service was there before. What came with the first
 * version that is known may be older than all that is kept.
 */
function versionOfOrigin(version: string, firstVersions: readonly string[] = []): string | undefined {
  return version !== '' && firstVersions.length > 0 && !firstVersions.includes(version) ? version : undefined;
}
