import { useQuery } from '@tanstack/react-query';
import type { LinkedSpan, LogRecord, Span } from '@threadline/collector/api';
import { traceSpanQuery } from '../../api/queries.ts';
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

const NONE: readonly LinkedSpan[] = [];

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
        linkTargets={<FlowSpanLinks span={span} />}
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

/** The flow's spans come without what they link to: that is asked for of the one that is open. */
function FlowSpanLinks({ span }: { readonly span: Span }) {
  const onFilter = useListFilter('traces');
  const hasLinks = (span.links?.length ?? 0) > 0;
  const known = useQuery({ ...traceSpanQuery(span.traceId, span.spanId), enabled: hasLinks }).data?.linkedTo ?? NONE;
  return <SpanLinks span={span} known={known} actions={{ onFilter }} />;
}
