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
import { formatMinute } from '../services/traffic-figures.ts';
import type { ErrorsRange } from './errors-range.ts';
import { readVersionsOfFirst } from './versions-of-first.ts';

/** Services whose first records are looked for at once. */
const SERVICES_AT_ONCE = 4;
const HAS_VERSION: QueryNode = { type: 'exists', field: { type: 'attribute', place: 'resource', key: VERSION_ATTRIBUTE } };

/**
 * The versions that services began with, by service: an error of one of these may be older than all that is kept. By figures of spans; of services that send none, and of
 * those with several versions in their first minute, by their first records.
 */
export async function readFirstVersions(services: readonly string[], reader: Reader): Promise<ReadonlyMap<string, KnownVersions>> {
  const names = [...new Set(services)];
  const found = new Map(names.map((service): [string, KnownVersions] => [service, { first: [], minutes: new Map() }]));
  if (names.length === 0) return found;
  const { figures } = await reader.storage.serviceFigures({ range: {}, types: ['instance'] }, reader.context);
  for (const [service, own] of Map.groupBy(figures, ({ key }) => key.service)) if (found.has(service)) found.set(service, versionsOf(own));
  const unclear = [...found].filter(([, { first }]) => first.length !== 1);
  for (const some of chunksOf(unclear, SERVICES_AT_ONCE)) {
    const firsts = await Promise.all(some.map(([service]) => readVersionsOfFirst(and(equals('service', service), HAS_VERSION), reader)));
    for (const [place, [service, { minutes }]] of some.entries()) found.set(service, { first: firsts[place] ?? [], minutes });
  }
  return found;
}

/** What is known of the versions of a service. */
export interface KnownVersions {
  /** Those that it began with. */
  readonly first: readonly string[];
  /** When each was first seen in a span, minutes since 1970; without those of which it is known less exactly. */
  readonly minutes: ReadonlyMap<string, number>;
}

function versionsOf(figures: readonly Figure[]): KnownVersions {
  const firstMinutes = new Map<string, number>();
  const inexact = new Set<string>();
  for (const { key, firstMinute, bucketMinutes } of figures) {
    if (key.type !== 'instance' || key.version === '') continue;
    firstMinutes.set(key.version, Math.min(firstMinute, firstMinutes.get(key.version) ?? firstMinute));
    if (bucketMinutes > 1) inexact.add(key.version);
  }
  const least = Math.min(...firstMinutes.values());
  return {
    first: [...firstMinutes].filter(([, minute]) => minute === least).map(([version]) => version),
    minutes: new Map([...firstMinutes].filter(([version]) => !inexact.has(version))),
  };
}

export function summarizeErrors(
  { service, fingerprint, type, template, count, buckets, firstNanos, lastNanos, versions }: ErrorGroup,
  { range, widthNanos }: ErrorsRange,
  known: KnownVersions | undefined,
): ErrorGroupSummary {
  const first = range.fromNanos / widthNanos;
  const trend = new Array<number>(Number(bucketCount(range, widthNanos))).fill(0);
  for (const { bucket, count: own } of buckets) trend[Number(bucket - first)] = own;
  const newSince = fingerprint === OTHER_ERRORS ? undefined : versionOfOrigin(versions[0]?.version ?? '', known?.first);
  const sinceMinute = newSince === undefined ? undefined : known?.minutes.get(newSince);
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
    ...(sinceMinute !== undefined && { newSinceSeen: formatMinute(sinceMinute) }),
  };
}

/**
 * The version that an error came with: the one that it was first seen in, if another one of the service was there before. What came with the first
 * version that is known may be older than all that is kept.
 */
function versionOfOrigin(version: string, firstVersions: readonly string[] = []): string | undefined {
  return version !== '' && firstVersions.length > 0 && !firstVersions.includes(version) ? version : undefined;
}
