import type { DeadLettersAnswer } from '../../api/index.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import type { CollectorView } from '../collector-view.ts';
import { invalidCursor } from '../parameters/cursor.ts';
import { type Paging, parsePaging } from '../parameters/paging.ts';

const deadLettersPath = '/api/v1/dead-letters';
const names = { single: ['limit', 'cursor'] };

/** Which records the storage refused for good, and why; the newest first, the records themselves left out. */
export function createDeadLettersRoute(collector: CollectorView): ApiRoute {
  return defineRoute({
    path: deadLettersPath,
    names,
    isImmediate: true,
    parse: ({ parameters, nowNanos }) => {
      const paging = parsePaging(parameters, { endpoint: deadLettersPath, names, nowNanos });
      return { paging, before: numberOf(paging.position) };
    },
    async answer({ paging: { limit, nextCursor }, before }): Promise<DeadLettersAnswer> {
      const found = await collector.listDeadLetters({ limit: limit + 1, ...(before !== undefined && { before }) });
      const deadLetters = found.slice(0, limit);
      const last = deadLetters.at(-1);
      return { deadLetters, ...(found.length > limit && last && { nextCursor: nextCursor([String(last.number)]) }) };
    },
  });
}

function numberOf(position: Paging['position']): number | undefined {
  if (position === undefined) return undefined;
  const number = Number(position[0] ?? Number.NaN);
  if (!Number.isSafeInteger(number)) throw invalidCursor('has no row in it');
  return number;
}
