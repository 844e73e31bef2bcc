import { causalOrder } from '../../analysis/causal-order.ts';
import { causesOf, spanName } from '../../analysis/span-causes.ts';
import type { LogRecord, Span } from '../../api/index.ts';
import type { RowKey } from '../../model/record.ts';
import { compareRowKeys } from '../../model/row-key-order.ts';
import type { PartialRead, Row } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { and, anyOf, exists, not, withoutOwnEvents } from '../query-nodes.ts';
import { chunksOf, readLogs, readSpans } from '../read-rows.ts';
import { readJoinedSpans } from './flow-joins.ts';
import type { FlowScope } from './flow-scope.ts';

/**
 * Own spans of a flow that are put in order of cause together: some megabytes of memory for each request. A longer flow is read in windows of
 * so many by start; within each the order is that of cause, from one to the next that of time.
 */
export const FLOW_WINDOW_SPANS = 5_000;

/** Records of joined messages that come with a window. */
const MAX_MESSAGE_LOGS = 1_000;

export interface FlowWindow {
  /** Spans of the flow itself, by start. */
  readonly own: readonly Row<Span>[];
  /** Joined by a link, with what is below those that stand for one message. */
  readonly joined: readonly Row<Span>[];
  /** Records of the messages that links joined, which carry no id and are not of the flow's traces; they come with their window. */
  readonly messageLogs: readonly Row<LogRecord>[];
  /** Own and joined in causal order. */
  readonly ordered: readonly Row<Span>[];
  /** Where the next window starts; undefined for the last. */
  readonly nextStart: RowKey | undefined;
  readonly partial: PartialRead | undefined;
  readonly warnings: readonly string[];
}

/** The window of the flow after this own span, or the first. */
export async function readFlowWindow(scope: FlowScope, after: RowKey | undefined, reader: Reader): Promise<FlowWindow> {
  const page = await readSpans({ query: scope.query, range: scope.range, after, maxRows: FLOW_WINDOW_SPANS }, reader);
  const joins = await readJoinedSpans({ scope, own: page.rows, after }, reader);
  const nodes = [...page.rows, ...joins.rows].map((row) => ({
    row,
    key: row.key,
    name: spanName(row.record),
    causes: causesOf(row.record),
  }));
  return {
    own: page.rows,
    joined: joins.rows,
    messageLogs: await readMessageLogs(joins.messages, scope, reader),
    ordered: causalOrder(nodes, compareRowKeys).map(({ row }) => row),
    nextStart: page.hasMore ? page.rows.at(-1)?.key : undefined,
    partial: page.partial,
    warnings: joins.warnings,
  };
}

async function readMessageLogs(messages: readonly Span[], scope: FlowScope, reader: Reader): Promise<Row<LogRecord>[]> {
  const rows: Row<LogRecord>[] = [];
  for (const chunk of chunksOf(messages)) {
    const traceIds = [...new Set(chunk.map(({ traceId }) => traceId))];
    const spanIds = chunk.map(({ spanId }) => spanId);
    const query = withoutOwnEvents(and(anyOf('traceId', traceIds), anyOf('spanId', spanIds), not(exists('correlationId'))));
    rows.push(...(await readLogs({ query, range: scope.range, maxRows: MAX_MESSAGE_LOGS }, reader)).rows);
  }
  return rows;
}
