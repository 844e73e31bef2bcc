import type { FlowItem } from '../logic/causal-order.ts';
import { spanLogLine } from '../logic/span-log-line.ts';
import { RecordDetail } from '../shared/RecordDetail/record-detail.tsx';
import { SpanDetail } from '../shared/SpanDetail/span-detail.tsx';
import { SpanLogs } from '../shared/SpanDetail/span-logs.tsx';

interface ViewerDetailProps {
  readonly item: FlowItem;
  readonly items: readonly FlowItem[];
  readonly onOpen: (item: number) => void;
  readonly onClose: () => void;
}

/** There is nothing to search in a file. */
const NO_ACTIONS = {};

/** The open span or record, with everything that was shared of it. */
export function ViewerDetail({ item, items, onOpen, onClose }: ViewerDetailProps) {
  if (item.type === 'log') return <RecordDetail key={item.log.id} record={item.log} links={null} actions={NO_ACTIONS} onClose={onClose} />;
  const { span } = item;
  const own = items.flatMap((one) =>
    one.type === 'log' && one.log.spanId === span.spanId && one.log.traceId === span.traceId ? [one.log] : [],
  );
  return (
    <SpanDetail
      key={span.id}
      span={span}
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
