import { serviceOf } from '../analysis/typed-attributes.ts';
import type { TraceSummary, UnfinishedSpan } from '../api/index.ts';
import type { Reader } from './api-route.ts';
import { equals } from './query-nodes.ts';

/**
 * The summary of a whole trace, whatever range its page is of. A trace without an ended span is summed up by what there is: its
 * unfinished root or earliest unfinished span, its logs' time. Undefined where there is nothing.
 */
export async function summarizeTrace(
  traceId: string,
  unfinished: readonly UnfinishedSpan[],
  reader: Reader,
): Promise<TraceSummary | undefined> {
  const { storage, context } = reader;
  const [summary] = await storage.summarizeTraces([traceId], context);
  if (summary !== undefined) return summary;
  const base = { query: equals('traceId', traceId), range: {}, limit: 1 };
  const [first, last] = await Promise.all([
    storage.searchLogs({ ...base, order: 'asc' }, context),
    storage.searchLogs({ ...base, order: 'desc' }, context),
  ]);
  const [earliest] = first.rows;
  const [latest] = last.rows;
  if (earliest === undefined || latest === undefined) return undefined;
  const root = unfinished.find(({ parentSpanId }) => parentSpanId === undefined) ?? unfinished[0];
  const service = root?.service ?? serviceOf(earliest.record);
  return {
    traceId,
    rootService: service,
    rootOperation: root?.name ?? '',
    rootSpanId: root?.spanId ?? '',
    rootStartTimeUnixNano: root?.startTimeUnixNano ?? earliest.key.timeNanos.toString(),
    rootDurationNano: '0',
    rootMissing: true,
    startTimeUnixNano: earliest.key.timeNanos.toString(),
    durationNano: (latest.key.timeNanos - earliest.key.timeNanos).toString(),
    spanCount: 0,
    errorCount: 0,
    services: [{ name: service, spanCount: 0, errorCount: 0 }],
  };
}
