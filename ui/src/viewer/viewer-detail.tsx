import type { LogRecord } from '@threadline/collector/api';
import type { FlowItem } from '../logic/causal-order.ts';
import { spanLogLine } from '../logic/span-log-line.ts';
import { nodeOfSpan } from '../logic/trace-tree.ts';
import { SpanTimes } from '../panels/trace-view/span-times.tsx';
import { RecordDetail } from '../shared/RecordDetail/record-detail.tsx';
import { SpanDetail } from '../shared/SpanDetail/span-detail.tsx';
import { SpanLogs } from '../shared/SpanDetail/span-logs.tsx';
import type { SharedTrace } from './use-shared-trace.ts';

interface ViewerDetailProps {
  readonly item: FlowItem;
  readonly items: readonly FlowItem[];
  /** As they were sent. */
  readonly logs: readonly LogRecord[];
  readonly trace: SharedTrace;
  readonly onOpen: (item: number) => void;
  /** Shows the span's subtree alone. */
  readonly onFocus: (spanId: string) => void;
}

/** There is nothing to search in a file. */
export const NO_ACTIONS = {};

/** The open span or record, with everything that was shared of it. */
export function ViewerDetail({ item, items, logs, trace, onOpen, onFocus }: ViewerDetailProps) {
  const { snapshot, address } = trace;
  const onClose = address.close;
  if (item.type === 'log') return <RecordDetail key={item.log.id} record={item.log} links={null} actions={NO_ACTIONS} onClose={onClose} />;
  const { span } = item;
  const own = logs.filter((log) => log.spanId === span.spanId && log.traceId === span.traceId);
  const key = address.spanId ?? span.spanId;
  const node = nodeOfSpan(snapshot.tree, key);
  return (
    <SpanDetail
      key={span.id}
      span={span}
      links={node !== -1 && <SpanTimes snapshot={snapshot} node={node} usual={undefined} actions={{ onFocus: () => onFocus(key) }} />}
      logs={
        <SpanLogs
          logs={own.map((log) => spanLogLine(span, log))}
          onOpen={(id) => onOpen(items.findIndex((one) => one.type === 'log' && one.log.id === id))}
        />
      }
      linkTargets={null}
      actions={NO_ACTIONS}
      onClose={onClose}
    />
  );
}
