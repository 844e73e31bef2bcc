import type { ErrorGroupSummary } from '../../api/index.ts';
import { type Deployment, type ErrorGroup, OTHER_ERRORS } from '../../storage/errors/errors.ts';
import { templateParts } from '../../storage/patterns/template-text.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { bucketCount } from '../histogram-buckets.ts';
import type { ErrorsRange } from './errors-range.ts';

/** Services whose deployments are read at once. */
const SERVICES_AT_ONCE = 4;

/** What the deployments of the services say of their versions, by service. */
export async function readVersions(
  services: readonly string[],
  { storage, context }: Reader,
): Promise<ReadonlyMap<string, readonly Deployment[]>> {
  const found = new Map<string, readonly Deployment[]>();
  const names = [...new Set(services)];
  for (let start = 0; start < names.length; start += SERVICES_AT_ONCE) {
    const some = names.slice(start, start + SERVICES_AT_ONCE);
    const answers = await Promise.all(some.map((service) => storage.deployments(service, context)));
    for (const [number, { deployments }] of answers.entries()) found.set(some[number] ?? '', deployments);
  }
  return found;
}

export function summarizeErrors(
  { service, fingerprint, type, template, count, buckets, firstNanos, lastNanos, versions }: ErrorGroup,
  { range, widthNanos }: ErrorsRange,
  deployments: readonly Deployment[],
): ErrorGroupSummary {
  const first = range.fromNanos / widthNanos;
  const trend = new Array<number>(Number(bucketCount(range, widthNanos))).fill(0);
  for (const { bucket, count: own } of buckets) trend[Number(bucket - first)] = own;
  const newSince = fingerprint === OTHER_ERRORS ? undefined : versionOfOrigin(versions[0]?.version ?? '', deployments);
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
function versionOfOrigin(firstVersion: string, deployments: readonly Deployment[]): string | undefined {
  if (firstVersion === '') return undefined;
  const firstMinuteOf = (version: string): number =>
    deployments.reduce(
      (first, deployment) => (deployment.version === version ? Math.min(first, deployment.firstMinute) : first),
      Number.POSITIVE_INFINITY,
    );
  const own = firstMinuteOf(firstVersion);
  return own < Number.POSITIVE_INFINITY && deployments.some(({ version, firstMinute }) => version !== firstVersion && firstMinute < own)
    ? firstVersion
    : undefined;
}
