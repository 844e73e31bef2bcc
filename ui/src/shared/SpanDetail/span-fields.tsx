import type { Span } from '@threadline/collector/api';
import { recordFilter } from '../../logic/query-filter.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { FieldTable } from '../Attributes/field-table.tsx';
import type { FilterActions } from '../Attributes/filter-actions.ts';
import { DetailSection } from '../RecordDetail/detail-frame.tsx';

/** The fields of OTLP's Span that are no attributes. */
export function SpanFields({ span, actions }: { readonly span: Span; readonly actions: FilterActions }) {
  const t = useTranslate();
  const format = useFormat();
  const number = (value: number | undefined) => (value === undefined ? '' : String(value));
  const rows = [
    { name: 'traceId', text: span.traceId, filter: recordFilter('traceId', span.traceId) },
    { name: 'spanId', text: span.spanId, filter: recordFilter('spanId', span.spanId) },
    { name: 'parentSpanId', text: span.parentSpanId ?? '' },
    { name: 'traceState', text: span.traceState ?? '' },
    { name: 'startTimeUnixNano', text: format.exact(span.startTimeUnixNano) },
    { name: 'endTimeUnixNano', text: format.exact(span.endTimeUnixNano) },
    { name: 'arrivalTimeUnixNano', text: format.exact(span.arrivalTimeUnixNano) },
    { name: 'flags', text: number(span.flags) },
    { name: 'droppedAttributesCount', text: number(span.droppedAttributesCount) },
    { name: 'droppedEventsCount', text: number(span.droppedEventsCount) },
    { name: 'droppedLinksCount', text: number(span.droppedLinksCount) },
    { name: 'id', text: span.id },
  ];
  return (
    <DetailSection title={t('record.fields')}>
      <FieldTable label={t('record.fields')} rows={rows} actions={actions} />
    </DetailSection>
  );
}
