import type { TraceSummary } from '../../api/index.ts';
import type { OperationCounts, ServiceCounts, TimeRange, TracePage, TraceSearch } from '../storage.ts';
import type { RunStatement } from './read-pool.ts';
import { rowConditions, timeConditions } from './row-reads.ts';
import { SqlParameters } from './sql-parameters.ts';

/** The most operations of a service that an answer has. */
const MAX_OPERATIONS = 1_000n;

/** Newest trace first, by its root's start, else its earliest span's. */
export async function searchTracePage(search: TraceSearch, tenant: string, run: RunStatement): Promise<TracePage> {
  const parameters = new SqlParameters();
  const matching = rowConditions('spans', search.query, search.range, { tenant, parameters });
  const { after } = search;
  const older = after
    ? `WHERE start < ${parameters.bigint(after.startNanos)} OR (start = ${parameters.bigint(after.startNanos)} AND trace_id < ${parameters.text(after.traceId)})`
    : '';
  const rows = await run(
    `WITH matching AS (SELECT DISTINCT trace_id FROM spans WHERE ${matching.join(' AND ')}),
     keys AS (
       SELECT trace_id, coalesce(min(time_nanos) FILTER (is_root), min(time_nanos)) AS start
       FROM spans SEMI JOIN matching USING (trace_id) WHERE tenant = ${parameters.text(tenant)} GROUP BY trace_id
     )
     SELECT trace_id, start FROM keys ${older} ORDER BY start DESC, trace_id DESC LIMIT ${parameters.bigint(BigInt(search.limit) + 1n)}`,
    parameters,
  );
  const keys = rows.slice(0, search.limit).map(([traceId, start]) => ({ traceId: String(traceId), startNanos: BigInt(String(start)) }));
  const summaries = new Map(
    (
      await summarize(
        keys.map((key) => key.traceId),
        tenant,
        run,
      )
    ).map((summary) => [summary.traceId, summary]),
  );
  const traces = keys.flatMap((key) => {
    const summary = summaries.get(key.traceId);
    return summary ? [{ key, summary }] : [];
  });
  return { traces, hasMore: rows.length > search.limit };
}

/** One service's part of a trace. */
interface TracePart {
  readonly service: string;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly start: bigint;
  readonly end: bigint;
  /** Of its first root, else of its first span, by (time, sequence, id). */
  readonly head: {
    readonly isRoot: boolean;
    readonly timeNanos: bigint;
    readonly sequence: bigint;
    readonly id: string;
    readonly name: string;
    readonly spanId: string;
  };
}

/** Of each trace that has at least one span. */
export async function summarize(traceIds: readonly string[], tenant: string, run: RunStatement): Promise<TraceSummary[]> {
  if (traceIds.length === 0) return [];
  const parameters = new SqlParameters();
  const rows = await run(
    `WITH parts AS (
       SELECT trace_id, service, count(*) AS spans, count(*) FILTER (is_error) AS errors, min(start_exact) AS start, max(end_exact) AS finish,
         min_by({ 'root': is_root, 'time': time_nanos, 'sequence': sequence, 'id': id, 'name': name, 'span': span_id }, row(NOT is_root, time_nanos, sequence, id)) AS head
       FROM spans WHERE tenant = ${parameters.text(tenant)} AND trace_id IN (SELECT unnest(${parameters.texts(traceIds)})) GROUP BY trace_id, service
     )
     SELECT trace_id, service, spans, errors, start, finish, head.root, head.time, head.sequence, head.id, head.name, head.span FROM parts`,
    parameters,
  );
  const partsByTrace = new Map<string, TracePart[]>();
  for (const [traceId, service, spans, errors, start, finish, isRoot, time, sequence, id, name, spanId] of rows) {
    const parts = partsByTrace.get(String(traceId)) ?? [];
    partsByTrace.set(String(traceId), parts);
    parts.push({
      service: String(service),
      spanCount: Number(spans),
      errorCount: Number(errors),
      start: BigInt(String(start)),
      end: BigInt(String(finish)),
      head: {
        isRoot: isRoot === true,
        timeNanos: BigInt(String(time)),
        sequence: BigInt(String(sequence)),
        id: String(id),
        name: String(name),
        spanId: String(spanId),
      },
    });
  }
  return [...partsByTrace].map(([traceId, parts]) => summaryOf(traceId, parts));
}

function summaryOf(traceId: string, parts: readonly TracePart[]): TraceSummary {
  const first = parts.reduce((best, part) => (isBefore(part.head, best.head) ? part : best));
  let { start, end } = first;
  for (const part of parts) {
    if (part.start < start) start = part.start;
    if (part.end > end) end = part.end;
  }
  return {
    traceId,
    rootService: first.service,
    rootOperation: first.head.name,
    rootSpanId: first.head.spanId,
    ...(first.head.isRoot ? {} : { rootMissing: true as const }),
    startTimeUnixNano: String(start),
    durationNano: String(end - start),
    spanCount: parts.reduce((sum, part) => sum + part.spanCount, 0),
    errorCount: parts.reduce((sum, part) => sum + part.errorCount, 0),
    services: parts
      .map(({ service, spanCount, errorCount }) => ({ name: service, spanCount, errorCount }))
      .sort((left, right) => right.spanCount - left.spanCount || (left.name < right.name ? -1 : 1)),
  };
}

function isBefore(left: TracePart['head'], right: TracePart['head']): boolean {
  if (left.isRoot !== right.isRoot) return left.isRoot;
  if (left.timeNanos !== right.timeNanos) return left.timeNanos < right.timeNanos;
  if (left.sequence !== right.sequence) return left.sequence < right.sequence;
  return left.id < right.id;
}

/** Services by name; records that name no service belong to none. */
export async function countServices(range: TimeRange, tenant: string, run: RunStatement): Promise<ServiceCounts[]> {
  const parameters = new SqlParameters();
  const conditions = [`tenant = ${parameters.text(tenant)}`, `service <> ''`, ...timeConditions(range, parameters)].join(' AND ');
  const rows = await run(
    `SELECT service, sum(spans), sum(logs), sum(errors), max(seen) FROM (
       SELECT service, count(*) AS spans, 0 AS logs, count(*) FILTER (is_error) AS errors, max(time_nanos) AS seen FROM spans WHERE ${conditions} GROUP BY service
       UNION ALL
       SELECT service, 0, count(*), 0, max(time_nanos) FROM logs WHERE ${conditions} GROUP BY service
     ) GROUP BY service ORDER BY service`,
    parameters,
  );
  return rows.map(([name, spans, logs, errors, seen]) => ({
    name: String(name),
    spanCount: Number(spans),
    logCount: Number(logs),
    errorCount: Number(errors),
    lastSeenNanos: BigInt(String(seen)),
  }));
}

/** Operations of a service, most spans first, then by name and kind. */
export async function countOperations(service: string, range: TimeRange, tenant: string, run: RunStatement): Promise<OperationCounts[]> {
  const parameters = new SqlParameters();
  const conditions = [`tenant = ${parameters.text(tenant)}`, `service = ${parameters.text(service)}`, ...timeConditions(range, parameters)];
  const rows = await run(
    `SELECT name, kind, count(*) AS spans, count(*) FILTER (is_error) FROM spans WHERE ${conditions.join(' AND ')}
     GROUP BY name, kind ORDER BY spans DESC, name, kind LIMIT ${parameters.bigint(MAX_OPERATIONS)}`,
    parameters,
  );
  return rows.map(([name, kind, spans, errors]) => ({
    name: String(name),
    kind: Number(kind),
    spanCount: Number(spans),
    errorCount: Number(errors),
  }));
}
