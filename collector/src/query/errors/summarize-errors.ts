import type { ErrorGroupSummary } from '../../api/index.ts';
import { type Deployment, type DeploymentsResult, type ErrorGroup, OTHER_ERRORS } from '../../storage/errors/errors.ts';
import { templateParts } from '../../storage/patterns/template-text.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';
import { bucketCount } from '../histogram-buckets.ts';
import { and, equals } from '../query-nodes.ts';
import { readLogs, readSpans } from '../read-rows.ts';
import type { ErrorsRange } from './errors-range.ts';

/** Services whose first records are looked for at once. */
const SERVICES_AT_ONCE = 4;
/** Versions that began in one minute and are told apart by their records. */
const MAX_TIED = 10;
const NANOS_A_MINUTE = 60_000_000_000n;
const NOTHING: DeploymentsResult = { deployments: new Map() };

/** The versions of a service, and those that it began with: an error of one of these may be older than all that is kept. */
export interface KnownVersions {
  readonly all: ReadonlySet<string>;
  readonly first: ReadonlySet<string>;
}

/** What the deployments of the services say of their versions, by service. */
export async function readVersions(services: readonly string[], reader: Reader): Promise<ReadonlyMap<string, KnownVersions>> {
  const names = [...new Set(services)];
  const { deployments } = names.length === 0 ? NOTHING : await reader.storage.deployments(names, reader.context);
  const found = new Map<string, KnownVersions>();
  for (let start = 0; start < names.length; start += SERVICES_AT_ONCE) {
    const some = names.slice(start, start + SERVICES_AT_ONCE);
    const known = await Promise.all(some.map((service) => readKnownVersions(service, deployments.get(service) ?? [], reader)));
    for (const [number, versions] of known.entries()) found.set(some[number] ?? '', versions);
  }
  return found;
}

async function readKnownVersions(service: string, deployments: readonly Deployment[], reader: Reader): Promise<KnownVersions> {
  const start = deployments.reduce((least, { firstMinute }) => Math.min(least, firstMinute), Number.POSITIVE_INFINITY);
  const first = new Set(deployments.filter(({ firstMinute }) => firstMinute === start).map(({ version }) => version));
  return {
    all: new Set(deployments.map(({ version }) => version)),
    first: first.size < 2 ? first : await readFirst(service, first, start, reader),
  };
}

/** Of versions that began in the same minute, as deployments are known by, the one whose records are there first; all where one does not say what it is. */
async function readFirst(service: string, versions: ReadonlySet<string>, minute: number, reader: Reader): Promise<ReadonlySet<string>> {
  if (versions.has('') || versions.size > MAX_TIED) return versions;
  const range = { fromNanos: BigInt(minute) * NANOS_A_MINUTE };
  const starts = await Promise.all(
    Array.from(versions, async (version) => {
      const query = and(equals('service', service), equals({ type: 'attribute', place: 'resource', key: 'service.version' }, version));
      const search = { query, range, maxRows: 1 };
      const [logs, spans] = await Promise.all([readLogs(search, reader), readSpans(search, reader)]);
      return { version, times: [...logs.rows, ...spans.rows].map(({ key }) => key.timeNanos) };
    }),
  );
  const least = starts
    .flatMap(({ times }) => times)
    .reduce<bigint | undefined>((one, time) => (one === undefined || time < one ? time : one), undefined);
  return new Set(starts.filter(({ times }) => least === undefined || times.includes(least)).map(({ version }) => version));
}

export function summarizeErrors(
  { service, fingerprint, type, template, count, buckets, firstNanos, lastNanos, versions }: ErrorGroup,
  { range, widthNanos }: ErrorsRange,
  known: KnownVersions | undefined,
): ErrorGroupSummary {
  const first = range.fromNanos / widthNanos;
  const trend = new Array<number>(Number(bucketCount(range, widthNanos))).fill(0);
  for (const { bucket, count: own } of buckets) trend[Number(bucket - first)] = own;
  const newSince = fingerprint === OTHER_ERRORS ? undefined : versionOfOrigin(versions[0]?.version ?? '', known);
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
function versionOfOrigin(firstVersion: string, known: KnownVersions | undefined): string | undefined {
  return firstVersion !== '' && known?.all.has(firstVersion) && !known.first.has(firstVersion) ? firstVersion : undefined;
}
