import type { LogRecord } from '@threadline/collector/api';
import { useFullRecord } from '../../api/use-full-record.ts';
import type { FlowItem } from '../../logic/causal-order.ts';
import { spanLogLine } from '../../logic/span-log-line.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { RecordDetail } from '../../shared/RecordDetail/record-detail.tsx';
import { RecordLinks } from '../../shared/RecordDetail/record-links.tsx';
import { SpanDetail } from '../../shared/SpanDetail/span-detail.tsx';
import { SpanLinks } from '../../shared/SpanDetail/span-links.tsx';
import { SpanLogs } from '../../shared/SpanDetail/span-logs.tsx';
import { useListFilter } from '../../state/list-filter.ts';
import type { FlowAddress } from './use-flow-address.ts';

interface FlowDetailProps {
  readonly item: FlowItem;
  readonly logs: readonly LogRecord[];
  readonly address: FlowAddress;
}

/** The open span or record of the flow. */
export function FlowDetail({ item, logs, address }: FlowDetailProps) {
  const t = useTranslate();
  const filterTraces = useListFilter('traces');
  const filterLogs = useListFilter('logs');
  const listed = item.type === 'log' ? item.log : undefined;
  const full = useFullRecord(listed?.id, listed);
  if (item.type === 'span') {
    const { span } = item;
    const own = logs.filter((log) => log.spanId === span.spanId && log.traceId === span.traceId);
    return (
      <SpanDetail
        key={span.id}
        span={span}
        links={<RecordLinks record={span} flow={false} />}
        logs={<SpanLogs logs={own.map((log) => spanLogLine(span, log))} onOpen={address.open} />}
        linkTargets={<SpanLinks span={span} actions={{ onFilter: filterTraces }} />}
        actions={{ onFilter: filterTraces }}
        onClose={address.close}
      />
    );
  }
  return (
    <RecordDetail
      key={item.log.id}
      record={full.record ?? item.log}
      links={<RecordLinks record={item.log} flow={false} />}
      bodyState={full.isLoading && <p role="status">{t('record.bodyLoading')}</p>}
      actions={{ onFilter: filterLogs }}
      onClose={address.close}
    />
  );
}
