import type { Span } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { nanosBetween, parseNanos } from '../../logic/nanos.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { AttributeTable } from '../Attributes/attribute-table.tsx';
import { type FilterActions, filtersAlone } from '../Attributes/filter-actions.ts';
import styles from '../RecordDetail/detail.module.css';
import { DetailSection } from '../RecordDetail/detail-frame.tsx';

/** A span's events by time, each with its place in the span. */
export function SpanEvents({ span, actions }: { readonly span: Span; readonly actions: FilterActions }) {
  const t = useTranslate();
  const start = parseNanos(span.startTimeUnixNano);
  const eventActions = filtersAlone(actions);
  // Senders keep them in the order in which they ended up in the span.
  const events = span.events?.toSorted((left, right) => nanosBetween(parseNanos(right.timeUnixNano), parseNanos(left.timeUnixNano)));
  return (
    <DetailSection title={t('span.events')} count={events?.length ?? 0}>
      <ul className={styles.list}>
        {events?.map((event, index) => (
          <li key={index}>
            <div className={styles.line}>
              <span className={styles.offset}>+{formatDuration(nanosBetween(start, parseNanos(event.timeUnixNano)))}</span>
              <span className={styles.lineText}>{showControls(event.name ?? '')}</span>
            </div>
            {event.attributes.length > 0 && (
              <AttributeTable label={event.name ?? t('span.events')} attributes={event.attributes} place="event" actions={eventActions} />
            )}
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}
