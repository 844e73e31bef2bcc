import { Link } from '@tanstack/react-router';
import type { LinkedSpan } from '@threadline/collector/api';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { CopyButton } from '../CopyButton/copy-button.tsx';
import styles from '../RecordDetail/detail.module.css';
import { ServiceName } from '../ServiceName/service-name.tsx';

interface LinkedSpanLineProps {
  readonly target: Pick<LinkedSpan, 'traceId' | 'spanId'>;
  /** What the collector knows of it: undefined where it does not have it. */
  readonly known: Pick<LinkedSpan, 'service' | 'name'> | undefined;
  /** The trace of the span at this end. */
  readonly ofTrace: string;
}

/** The way to a span at the other end of a link, by service and operation, or by its id where that is all that is known. */
export function LinkedSpanLine({ target: { traceId, spanId }, known, ofTrace }: LinkedSpanLineProps) {
  const t = useTranslate();
  const isSameTrace = traceId === ofTrace;
  const idText = (id: string) => t(isSameTrace ? 'span.linkSameTrace' : 'span.linkOtherTrace', { traceId: id, spanId });
  return (
    <div className={styles.linked}>
      <Link className={styles.linkedName} to="/trace/$traceId" params={{ traceId }} search={{ span: spanId }} title={idText(traceId)}>
        {known ? (
          <>
            <ServiceName name={known.service} /> <span>{spanName(known.name, t)}</span>
          </>
        ) : (
          idText(`${traceId.slice(0, 8)}…`)
        )}
      </Link>
      {known && isSameTrace && <span className={styles.linkedNote}>{t('span.linkHere')}</span>}
      {!isSameTrace && <CopyButton label={t('trace.copyId')} text={() => traceId} />}
    </div>
  );
}
