import type { QueryNode } from '@threadline/query-language';
import type { DeploymentsAnswer } from '../../api/index.ts';
import { environmentQuery, versionQuery } from '../../storage/figures/resource-queries.ts';
import type { TimeRange } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import type { Reader } from '../api-route.ts';
import { and, equals } from '../query-nodes.ts';
import { chunksOf } from '../read-rows.ts';
import { formatMinute } from './traffic-figures.ts';

/** Looked for at once. */
const VERSIONS_AT_ONCE = 4;
/** Of so many, the newest, it is looked whether they were there before the range; of others that is not told. */
const MAX_VERSIONS = 100;

/**
 * The versions of a service in a range, the newest first. They are counted in the range alone, as all figures are; whether one was there before is asked for by its newest
 * record before the range, which a storage finds without going through the others.
 */
export async function readDeployments(
  { service, range }: { readonly service: string; readonly range: TimeRange },
  reader: Reader,
): Promise<DeploymentsAnswer> {
  const { deployments, partial } = await reader.storage.deployments(service, range, reader.context);
  const before = { toNanos: range.fromNanos ?? 0n };
  const ofService = equals('service', service);
  const wasThere = deployments.length > 0 && (await hasRecord(ofService, before, reader));
  const came: boolean[] = [];
  for (const some of wasThere ? chunksOf(deployments.slice(0, MAX_VERSIONS), VERSIONS_AT_ONCE) : []) {
    const known = some.map(({ version, environment }) =>
      hasRecord(and(ofService, versionQuery(version), environmentQuery(environment)), before, reader),
    );
    came.push(...(await Promise.all(known)).map((isKnown) => !isKnown));
  }
  const oldest = deployments.at(-1)?.firstMinute ?? 0;
  return {
    deployments: deployments.map(({ version, environment, firstMinute, lastMinute, instances }, place) => ({
      version,
      environment,
      ...seen({ firstMinute, lastMinute }),
      isNew: wasThere ? (came[place] ?? false) : firstMinute > oldest,
      instances: instances.map(({ instance, ...times }) => ({ instance, ...seen(times) })),
    })),
    ...answerNotes({ partial }),
  };
}

async function hasRecord(query: QueryNode, range: TimeRange, { storage, context }: Reader): Promise<boolean> {
  const search = { query, range, order: 'desc', limit: 1 } as const;
  const [logs, spans] = await Promise.all([storage.searchLogs(search, context), storage.searchSpans(search, context)]);
  return logs.rows.length + spans.rows.length > 0;
}

function seen({ firstMinute, lastMinute }: { readonly firstMinute: number; readonly lastMinute: number }) {
  return { firstSeen: formatMinute(firstMinute), lastSeen: formatMinute(lastMinute) };
}
