import type { StatusAnswer } from '../../api/index.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { checkStorage } from '../check-storage.ts';
import type { CollectorView } from '../collector-view.ts';

/** Services that are named with logs without a pattern. */
const MAX_SERVICES = 20;

const statusPath = '/api/v1/status';

/** How the collector fares: its storage, its log, what waits, what was refused. An answer whatever is wrong. */
export function createStatusRoute(collector: CollectorView): ApiRoute {
  return defineRoute({
    path: statusPath,
    names: { single: [] },
    isImmediate: true,
    parse: () => ({}),
    async answer(_request, reader): Promise<StatusAnswer> {
      const status = await checkStorage(reader);
      const own = collector.status();
      const withoutPattern = reader.storage
        .otherPatterns()
        .filter(({ tenant }) => tenant === reader.context.tenant)
        .slice(0, MAX_SERVICES)
        .map(({ service, count, examples }) => ({ service, count, examples: [...examples] }));
      return { ...own, storage: { ...own.storage, status, notes: { ...reader.storage.capabilities.notes }, withoutPattern } };
    },
  });
}
