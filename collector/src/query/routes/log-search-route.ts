import type { LogSearchAnswer } from '../../api/index.ts';
import { answerNotes, withCursor } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { keyOfPosition, parsePaging, positionOfKey } from '../parameters/paging.ts';
import { parseChoice } from '../parameters/parameters.ts';
import { parseQueryParameter } from '../parameters/query-parameter.ts';
import { DEFAULT_FROM, DEFAULT_TO, toStorageRange } from '../parameters/time-range.ts';
import { withoutOwnEvents } from '../query-nodes.ts';
import { shortenBody } from '../shorten-body.ts';

const path = '/api/v1/logs';
const names = { single: ['query', 'from', 'to', 'order', 'limit', 'cursor'] };

/** What a collector and a browser take at once: a record can be a megabyte and a page has up to 1,000. */
const MAX_PAGE_CHARACTERS = 8 * 1024 * 1024;

/** Searches logs: a page of records in the order of (time, sequence, id), newest first unless `order=asc`. */
export const logSearchRoute = defineRoute({
  path,
  names,
  parse({ parameters, nowNanos }, { capabilities }) {
    const { query, warnings } = parseQueryParameter(parameters, 'logs', capabilities);
    const order = parseChoice(parameters, 'order', ['asc', 'desc'] as const, 'desc');
    const paging = parsePaging(parameters, { endpoint: path, names, defaultFrom: DEFAULT_FROM, defaultTo: DEFAULT_TO, nowNanos });
    return { query: withoutOwnEvents(query), warnings, order, paging, after: keyOfPosition(paging.position) };
  },
  async answer({ query, warnings, order, paging, after }, { storage, context }): Promise<LogSearchAnswer> {
    const search = {
      query,
      range: toStorageRange(paging.range),
      order,
      limit: paging.limit,
      maxCharacters: MAX_PAGE_CHARACTERS,
      ...(after === undefined ? {} : { after }),
    };
    const page = await storage.searchLogs(search, context);
    const last = page.rows.at(-1);
    return {
      records: page.rows.map(({ record }) => shortenBody(record)),
      ...withCursor(page.hasMore && last !== undefined ? paging.nextCursor(positionOfKey(last.key)) : undefined),
      ...answerNotes({ partial: page.partial, warnings }),
    };
  },
});
