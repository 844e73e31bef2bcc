import type { StatusAnswer } from '../../api/index.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { checkStorage } from '../check-storage.ts';
import type { CollectorView } from '../collector-view.ts';

const statusPath = '/api/v1/status';

/** How the collector fares: its storage, its log, what waits, what was refused. An answer whatever is wrong, and nothing of a record in it. */
export function createStatusRoute(collector: CollectorView): ApiRoute {
  return defineRoute({
    path: statusPath,
    names: { single: [] },
    isImmediate: true,
    parse: () => ({}),
    async answer(_request, reader): Promise<StatusAnswer> {
      const status = await checkStorage(reader);
      const own = collector.status();
      return { ...own, storage: { ...own.storage, status, notes: { ...reader.storage.capabilities.notes } } };
    },
  });
}
