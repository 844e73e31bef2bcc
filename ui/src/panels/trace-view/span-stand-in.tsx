import type { UnfinishedSpan } from '@threadline/collector/api';
import { spanKindKey } from '../../logic/span-kind.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { FieldTable } from '../../shared/Attributes/field-table.tsx';
import type { FilterActions } from '../../shared/Attributes/filter-actions.ts';
import { DetailFrame, DetailSection } from '../../shared/RecordDetail/detail-frame.tsx';

interface SpanStandInProps {
  readonly spanId: string;
  readonly unfinished: readonly UnfinishedSpan[];
  /** All of the trace has come: what is not in it is missing. */
  readonly isComplete: boolean;
  /** Spans of the trace name it as their parent. */
  readonly isParent: boolean;
  readonly actions: FilterActions;
  readonly onClose: () => void;
}

/** In the place of a span that is not there: what is known of one that has not ended, or why there is nothing. */
export function SpanStandIn({ spanId, unfinished, isComplete, isParent, actions, onClose }: SpanStandInProps) {
  const t = useTranslate();
  const started = unfinished.find((candidate) => candidate.spanId === spanId);
  if (started !== undefined) return <UnfinishedDetail span={started} actions={actions} onClose={onClose} />;
  const isUnknown = isComplete && !isParent;
  return (
    <DetailFrame title={t(isUnknown ? 'trace.noSpanTitle' : 'trace.missingSpan', { id: spanId })} onClose={onClose}>
      <p>{t(isUnknown ? 'trace.noSpanText' : isComplete ? 'trace.missingText' : 'state.loading')}</p>
    </DetailFrame>
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
    <DetailFrame title={spanName(span.name, t)} onClose={onClose}>
      <p>{t('span.unfinishedText')}</p>
      <DetailSection title={t('record.fields')}>
        <FieldTable label={t('record.fields')} rows={rows} actions={actions} />
      </DetailSection>
    </DetailFrame>
  );
}
