import type { LogRecord, Span, UnfinishedSpan } from '@threadline/collector/api';
import { describeFailure } from '../../api/describe-failure.ts';
import { useFullRecord } from '../../api/use-full-record.ts';
import { showControls } from '../../logic/control-characters.ts';
import { spanKindKey } from '../../logic/span-kind.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { FieldTable } from '../../shared/Attributes/field-table.tsx';
import type { FilterActions } from '../../shared/Attributes/filter-actions.ts';
import { DetailFrame, DetailSection } from '../../shared/RecordDetail/detail-frame.tsx';
import { RecordDetail } from '../../shared/RecordDetail/record-detail.tsx';
import { RecordLinks } from '../../shared/RecordDetail/record-links.tsx';
import { SpanDetail } from '../../shared/SpanDetail/span-detail.tsx';
import { SpanLinks } from '../../shared/SpanDetail/span-links.tsx';
import { SpanLogs } from '../../shared/SpanDetail/span-logs.tsx';
import { useListFilter } from '../../state/list-filter.ts';
import type { TraceAddress } from './use-trace-address.ts';

interface TraceDetailProps {
  readonly address: TraceAddress;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
}

/** The open span or record of the trace; undefined while nothing is open. */
export function TraceDetail({ address, spans, logs, unfinished }: TraceDetailProps) {
  const t = useTranslate();
  const spanActions: FilterActions = { onFilter: useListFilter('traces') };
  if (address.logId !== undefined) return <TraceLogDetail address={address} logs={logs} id={address.logId} />;
  const span = spans.find((candidate) => candidate.spanId === address.spanId);
  if (span !== undefined) {
    return (
      <SpanDetail
        key={span.id}
        span={span}
        links={<RecordLinks record={span} trace={false} />}
        logs={
          <SpanLogs
            startTimeUnixNano={span.startTimeUnixNano}
            logs={logs.filter((log) => log.spanId === span.spanId)}
            onOpen={address.openLog}
          />
        }
        linkTargets={<SpanLinks span={span} actions={spanActions} />}
        actions={spanActions}
        onClose={address.close}
      />
    );
  }
  const started = unfinished.find((candidate) => candidate.spanId === address.spanId);
  if (started !== undefined) return <UnfinishedDetail span={started} actions={spanActions} onClose={address.close} />;
  return (
    <DetailFrame title={t('trace.missingSpan', { id: address.spanId ?? '' })} onClose={address.close}>
      <p>{t('trace.missingText')}</p>
    </DetailFrame>
  );
}

function TraceLogDetail({
  address,
  logs,
  id,
}: {
  readonly address: TraceAddress;
  readonly logs: readonly LogRecord[];
  readonly id: string;
}) {
  const t = useTranslate();
  const onFilter = useListFilter('logs');
  const full = useFullRecord(
    id,
    logs.find((log) => log.id === id),
  );
  if (full.record === undefined) {
    return (
      <DetailFrame title={t('record.title')} onClose={address.close}>
        <p role="status">{full.error ? describeFailure(full.error, t).message : t('state.loading')}</p>
      </DetailFrame>
    );
  }
  return (
    <RecordDetail
      key={id}
      record={full.record}
      links={<RecordLinks record={full.record} trace={full.record.traceId !== address.traceId} />}
      bodyState={full.isLoading && <p role="status">{t('record.bodyLoading')}</p>}
      actions={{ onFilter }}
      onClose={address.close}
    />
  );
}

interface UnfinishedDetailProps {
  readonly span: UnfinishedSpan;
  readonly actions: FilterActions;
  readonly onClose: () => void;
}

function UnfinishedDetail({ span, actions, onClose }: UnfinishedDetailProps) {
  const t = useTranslate();
  const format = useFormat();
  const rows = [
    { name: 'service', text: span.service },
    { name: 'kind', text: t(spanKindKey(span.kind)) },
    { name: 'startTimeUnixNano', text: format.exact(span.startTimeUnixNano) },
    { name: 'spanId', text: span.spanId },
    { name: 'parentSpanId', text: span.parentSpanId ?? '' },
    { name: 'traceId', text: span.traceId },
  ];
  return (
    <DetailFrame title={showControls(span.name)} onClose={onClose}>
      <p>{t('span.unfinishedText')}</p>
      <DetailSection title={t('record.fields')}>
        <FieldTable label={t('record.fields')} rows={rows} actions={actions} />
      </DetailSection>
    </DetailFrame>
  );
}
