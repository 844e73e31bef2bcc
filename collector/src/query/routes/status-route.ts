import type { StatusAnswer } from '../../api/index.ts';
import type { OtherPatterns } from '../../storage/storage.ts';
import { type ApiRoute, defineRoute, type Reader } from '../api-route.ts';
import { checkStorage } from '../check-storage.ts';
import type { CollectorView } from '../collector-view.ts';

/** Services that are named with logs without a pattern, or errors without a group. */
const MAX_SERVICES = 20;

/** The status is an answer whatever is wrong, and soon. */
const MAX_COUNTING_MILLIS = 1_000;

const statusPath = '/api/v1/status';

/** How the collector fares: its storage, its log, what waits, what was refused. An answer whatever is wrong. */
export function createStatusRoute(collector: CollectorView): ApiRoute {
  return defineRoute({
    path: statusPath,
    names: { single: [] },
    isImmediate: true,
    parse: () => ({}),
    async answer(_request, reader): Promise<StatusAnswer> {
      const check = await checkStorage(reader);
      const own = collector.status();
      const withoutPattern = named(reader.storage.otherPatterns().filter(({ tenant }) => tenant === reader.context.tenant));
      const withoutErrorGroup = named(await otherErrors(reader));
      const notes = { ...reader.storage.capabilities.notes };
      return { ...own, storage: { ...own.storage, ...check, notes, withoutPattern, withoutErrorGroup } };
    },
  });
}

function named(others: readonly Pick<OtherPatterns, 'service' | 'count' | 'examples'>[]) {
  return others.slice(0, MAX_SERVICES).map(({ service, count, examples }) => ({ service, count, examples: [...examples] }));
}

/** None where the storage does not say so now. */
async function otherErrors({ storage, context }: Reader) {
  const deadline = Math.min(context.deadline, performance.now() + MAX_COUNTING_MILLIS);
  return await storage.otherErrors({ ...context, deadline }).catch(() => []);
}
