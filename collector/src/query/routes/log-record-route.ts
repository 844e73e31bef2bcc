import type { LogRecord } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { defineRoute } from '../api-route.ts';
import { logWithErrorGroups } from '../errors/with-error-groups.ts';

/** One whole record by its id, whatever its event name; an unknown id is `not_found`. */
export const logRecordRoute = defineRoute({
  path: '/api/v1/logs/:id',
  names: { single: [] },
  hasNotes: false,
  parse: ({ path }) => ({ id: path.id ?? '' }),
  async answer({ id }, { storage, context }): Promise<LogRecord> {
    const record = await storage.getLog(id, context);
    if (record === undefined) throw new ThreadlineError('not_found', 'There is no log record with this id.', { field: 'id' });
    return logWithErrorGroups(record);
  },
});
