import { Link } from '@tanstack/react-router';
import type { KeyValue, LogRecord, Span } from '@threadline/collector/api';
import { correlationIdOf, serviceOf } from '../../logic/any-value.ts';
import { hasFlow } from '../../logic/recent-flows.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { rangeUrl, useCurrentRange } from '../../state/last-search.ts';
import { buttonClass } from '../Button/button.tsx';
import { Icon } from '../Icon/icon.tsx';
import { ErrorLink } from './error-link.tsx';
import styles from './record-links.module.css';

interface Linked {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: readonly KeyValue[];
}

/** From a record or a span to its trace, its flow, its service and its error, as far as it has them. */
export function RecordLinks({
  record,
  trace = true,
  flow = true,
}: {
  readonly record: LogRecord | Span | Linked;
  readonly trace?: boolean;
  readonly flow?: boolean;
}) {
  const t = useTranslate();
  const range = rangeUrl(useCurrentRange());
  const correlationId = correlationIdOf(record);
  const service = 'resource' in record ? serviceOf(record) : '';
  return (
    <>
      {trace && record.traceId !== undefined && (
        <Link
          to="/trace/$traceId"
          params={{ traceId: record.traceId }}
          search={record.spanId === undefined ? {} : { span: record.spanId }}
          className={buttonClass({ size: 'small' })}
        >
          <Icon name="traces" />
          {t('record.openTrace')}
        </Link>
      )}
      {flow && hasFlow(correlationId) && (
        <Link
          to="/flow/$correlationId"
          params={{ correlationId }}
          className={`${buttonClass({ size: 'small' })} ${styles.flow}`}
          title={correlationId}
        >
          <Icon name="flows" />
          <span className={styles.id}>{t('record.openFlow', { id: correlationId })}</span>
        </Link>
      )}
      {service !== '' && (
        <Link to="/service/$service" params={{ service }} search={range} className={buttonClass({ size: 'small' })}>
          <Icon name="services" />
          {t('record.openService')}
        </Link>
      )}
      {'resource' in record && <ErrorLink record={record} />}
    </>
  );
}
