import type { Span } from '@threadline/collector/api';
import type { ReactNode } from 'react';
import { serviceOf } from '../../logic/any-value.ts';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { nanosBetween, parseNanos } from '../../logic/nanos.ts';
import { recordJson } from '../../logic/record-json.ts';
import { spanKindKey } from '../../logic/span-kind.ts';
import { hasFailed } from '../../logic/span-status.ts';
import { earlyText } from '../../messages/early-text.ts';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeTable } from '../Attributes/attribute-table.tsx';
import type { FilterActions } from '../Attributes/filter-actions.ts';
import { CopyButton } from '../CopyButton/copy-button.tsx';
import styles from '../RecordDetail/detail.module.css';
import { DetailFrame, DetailSection } from '../RecordDetail/detail-frame.tsx';
import { ScopeSection } from '../RecordDetail/scope-section.tsx';
import { TruncationNotices } from '../RecordDetail/truncation-notices.tsx';
import { ServiceName } from '../ServiceName/service-name.tsx';
import { Timestamp } from '../Timestamp/timestamp.tsx';
import { SpanEvents } from './span-events.tsx';
import { SpanFields } from './span-fields.tsx';

interface SpanDetailProps {
  readonly span: Span;
  /** To the span's trace and flow, where it is not shown in them. */
  readonly links?: ReactNode;
  /** The span's records, by a panel that can open them. */
  readonly logs?: ReactNode;
  /** Where the span points to, each as a link. */
  readonly linkTargets: ReactNode;
  readonly actions: FilterActions;
  readonly onClose: () => void;
}

/** A span with everything it carries. */
export function SpanDetail({ span, links, logs, linkTargets, actions, onClose }: SpanDetailProps) {
  const t = useTranslate();
  const duration = nanosBetween(parseNanos(span.startTimeUnixNano), parseNanos(span.endTimeUnixNano));
  return (
    <DetailFrame
      title={spanName(span.name, t)}
      actions={<CopyButton label={t('record.copyJson')} text={() => recordJson(span)} />}
      onClose={onClose}
    >
      <div className={styles.facts}>
        <ServiceName name={serviceOf(span)} />
        <span>{t(spanKindKey(span.kind))}</span>
        {duration < 0 ? (
          <span className={styles.error}>? {earlyText(span.endTimeUnixNano === '0' ? 0 : -duration, t)}</span>
        ) : (
          <span>{formatDuration(duration)}</span>
        )}
        <Timestamp nanos={span.startTimeUnixNano} form="exact" />
        {hasFailed(span) && <span className={styles.error}>✕ {t('span.error')}</span>}
      </div>
      {span.status?.message && <pre className={styles.body}>{showControls(span.status.message)}</pre>}
      {links && <div className={styles.links}>{links}</div>}
      <TruncationNotices truncations={span.truncations ?? []} invalidIds={[]} />
      <DetailSection title={t('record.attributes')} count={span.attributes.length}>
        <AttributeTable label={t('record.attributes')} attributes={span.attributes} actions={actions} />
      </DetailSection>
      {logs}
      <SpanEvents span={span} actions={actions} />
      {linkTargets}
      <DetailSection title={t('record.resource')} count={span.resource.attributes.length}>
        <AttributeTable label={t('record.resource')} attributes={span.resource.attributes} place="resource" actions={actions} />
      </DetailSection>
      <ScopeSection scope={span.scope} actions={actions} />
      <SpanFields span={span} actions={actions} />
    </DetailFrame>
  );
}
