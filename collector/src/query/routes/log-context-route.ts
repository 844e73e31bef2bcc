import type { QueryNode } from '@threadline/query-language';
import { CONTEXT_KINDS, type ContextKind, type LogContextAnswer, type LogRecord } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import { leafText, scalarLeaf } from '../../model/attribute-leaves.ts';
import { indexLog } from '../../model/indexed-record.ts';
import type { IndexedLog } from '../../model/record.ts';
import { answerNotes } from '../answer-notes.ts';
import { defineRoute } from '../api-route.ts';
import { parseChoice, parseWholeNumber } from '../parameters/parameters.ts';
import { and, equals, exists, not, withoutOwnEvents } from '../query-nodes.ts';
import { shortenBody } from '../shorten-body.ts';

const DEFAULT_NEIGHBOURS = 10;
/** More is a search of its own. */
const MAX_NEIGHBOURS = 200;
const COUNT = { min: 0, max: MAX_NEIGHBOURS, fallback: DEFAULT_NEIGHBOURS };
/** Resource attributes that tell one process of a service from another, the most exact first. */
const INSTANCE_KEYS = ['service.instance.id', 'host.name', 'host.id'];

/** What the same service, the same instance of it or the same flow wrote just before and after a record, in the exact order of records. */
export const logContextRoute = defineRoute({
  path: '/api/v1/logs/:id/context',
  names: { single: ['by', 'before', 'after'] },
  parse: ({ path, parameters }) => ({
    id: path.id ?? '',
    by: parseChoice(parameters, 'by', CONTEXT_KINDS, 'service'),
    before: parseWholeNumber(parameters, 'before', COUNT),
    after: parseWholeNumber(parameters, 'after', COUNT),
  }),
  async answer(request, { storage, context }): Promise<LogContextAnswer> {
    const { by } = request;
    const record = await storage.getLog(request.id, context);
    if (record === undefined) throw new ThreadlineError('not_found', 'There is no log record with this id.', { field: 'id' });
    const indexed = indexLog(record);
    const query = withoutOwnEvents(neighboursOf(indexed, by));
    const { timeNanos, sequence, id } = indexed;
    const read = (order: 'asc' | 'desc', limit: number) =>
      // Whether there are any is worth a row.
      storage.searchLogs({ query, range: {}, order, limit: Math.max(limit, 1), after: { timeNanos, sequence, id } }, context);
    const [before, after] = await Promise.all([read('desc', request.before), read('asc', request.after)]);
    return {
      by,
      before: before.rows.slice(0, request.before).map(listed).reverse(),
      after: after.rows.slice(0, request.after).map(listed),
      hasMoreBefore: before.hasMore || before.rows.length > request.before,
      hasMoreAfter: after.hasMore || after.rows.length > request.after,
      ...answerNotes({ partial: before.partial ?? after.partial }),
    };
  },
});

function listed({ record }: { readonly record: LogRecord }): LogRecord {
  return shortenBody(record);
}

/** The records that are of the same as this one. Throws where it does not say of which it is. */
function neighboursOf(indexed: IndexedLog, by: ContextKind): QueryNode {
  const ofService = indexed.service === '' ? not(exists('service')) : equals('service', indexed.service);
  if (by === 'service') return ofService;
  if (by === 'instance') {
    const instance = instanceOf(indexed.record);
    if (instance === undefined) throw namesNone(`instance (${INSTANCE_KEYS.join(', ')} of its resource)`);
    return and(ofService, equals({ type: 'attribute', place: 'resource', key: instance.key }, instance.text));
  }
  if (indexed.correlationId === undefined) throw namesNone('flow (its attribute correlation.id)');
  return equals('correlationId', indexed.correlationId);
}

function instanceOf({ resource }: LogRecord): { readonly key: string; readonly text: string } | undefined {
  for (const key of INSTANCE_KEYS) {
    const value = resource.attributes.find((attribute) => attribute.key === key)?.value;
    const leaf = value && scalarLeaf(value);
    if (leaf && leafText(leaf) !== '') return { key, text: leafText(leaf) };
  }
  return undefined;
}

function namesNone(what: string): ThreadlineError {
  return new ThreadlineError('invalid_argument', `The record names no ${what}.`, { field: 'by', position: 0, expected: ['service'] });
}
