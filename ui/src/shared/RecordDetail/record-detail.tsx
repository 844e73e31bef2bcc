import type { LogRecord } from '@threadline/collector/api';
import type { RecordField } from '@threadline/query-language';
import type { ReactNode } from 'react';
import { serviceOf } from '../../logic/any-value.ts';
import { levelOf } from '../../logic/level.ts';
import { recordFilter } from '../../logic/query-filter.ts';
import { recordJson } from '../../logic/record-json.ts';
import { recordTime } from '../../logic/record-time.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeTable } from '../Attributes/attribute-table.tsx';
import { FieldTable } from '../Attributes/field-table.tsx';
import type { FilterActions } from '../Attributes/filter-actions.ts';
import { CopyButton } from '../CopyButton/copy-button.tsx';
import { LevelMark } from '../LevelMark/level-mark.tsx';
import { ServiceName } from '../ServiceName/service-name.tsx';
import { Timestamp } from '../Timestamp/timestamp.tsx';
import styles from './detail.module.css';
import { DetailFrame, DetailSection } from './detail-frame.tsx';
import { RecordBody } from './record-body.tsx';
import { ScopeSection } from './scope-section.tsx';
import { TruncationNotices } from './truncation-notices.tsx';

interface RecordDetailProps {
  readonly record: LogRecord;
  /** Where the whole body is not here yet: that it comes, or why it does not. */
  readonly bodyState?: ReactNode;
  /** What stands around the record. */
  readonly surroundings?: ReactNode;
  /** To the record's trace and flow. */
  readonly links: ReactNode;
  readonly actions: FilterActions;
  readonly onClose: () => void;
}

/** A log record with everything it carries. */
export function RecordDetail({ record, bodyState, surroundings, links, actions, onClose }: RecordDetailProps) {
  const t = useTranslate();
  const bodyMap = record.body?.kvlistValue?.values ?? [];
  return (
    <DetailFrame
      title={<LevelMark level={levelOf(record)} />}
      actions={<CopyButton label={t('record.copyJson')} text={() => recordJson(record)} />}
      onClose={onClose}
    >
      <div className={styles.facts}>
        <Timestamp nanos={recordTime(record)} form="exact" />
        <ServiceName name={serviceOf(record)} />
      </div>
      {bodyMap.length === 0 && <RecordBody body={record.body} />}
      {bodyState}
      <div className={styles.links}>{links}</div>
      {surroundings}
      <TruncationNotices truncations={record.truncations ?? []} invalidIds={record.invalidIds ?? []} />
      <DetailSection title={t('record.body')} count={bodyMap.length}>
        <AttributeTable label={t('record.body')} attributes={bodyMap} place="body" actions={actions} />
      </DetailSection>
      <DetailSection title={t('record.attributes')} count={record.attributes.length}>
        <AttributeTable label={t('record.attributes')} attributes={record.attributes} actions={actions} />
      </DetailSection>
      <DetailSection title={t('record.resource')} count={record.resource.attributes.length}>
        <AttributeTable label={t('record.resource')} attributes={record.resource.attributes} place="resource" actions={actions} />
      </DetailSection>
      <ScopeSection scope={record.scope} actions={actions} />
      <RecordFields record={record} actions={actions} />
    </DetailFrame>
  );
}

function RecordFields({ record, actions }: { readonly record: LogRecord; readonly actions: FilterActions }) {
  const t = useTranslate();
  const format = useFormat();
  const exactTime = (nanos: string) => (nanos === '0' ? '' : format.exact(nanos));
  const rows = [
    { name: 'timeUnixNano', text: exactTime(record.timeUnixNano) },
    { name: 'observedTimeUnixNano', text: exactTime(record.observedTimeUnixNano) },
    { name: 'arrivalTimeUnixNano', text: exactTime(record.arrivalTimeUnixNano) },
    { name: 'severityNumber', text: record.severityNumber === undefined ? '' : String(record.severityNumber) },
    { name: 'severityText', text: record.severityText ?? '' },
    withFilter('eventName', { text: record.eventName ?? '', field: 'eventName' }),
    withFilter('traceId', { text: record.traceId ?? '', field: 'traceId' }),
    withFilter('spanId', { text: record.spanId ?? '', field: 'spanId' }),
    { name: 'flags', text: record.flags === undefined ? '' : String(record.flags) },
    { name: 'droppedAttributesCount', text: record.droppedAttributesCount === undefined ? '' : String(record.droppedAttributesCount) },
    { name: 'resource.schemaUrl', text: record.resource.schemaUrl ?? '' },
    { name: 'id', text: record.id },
  ];
  return (
    <DetailSection title={t('record.fields')}>
      <FieldTable label={t('record.fields')} rows={rows} actions={actions} />
    </DetailSection>
  );
}

function withFilter(name: string, { text, field }: { readonly text: string; readonly field: RecordField }) {
  return text === '' ? { name, text } : { name, text, filter: recordFilter(field, text) };
}
