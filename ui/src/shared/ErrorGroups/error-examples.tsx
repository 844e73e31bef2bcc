import { Link } from '@tanstack/react-router';
import type { ErrorExampleRecord, ErrorGroupDetail } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import { recordFilter } from '../../logic/query-filter.ts';
import { hasFlow } from '../../logic/recent-flows.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { newLogsUrl } from '../../state/log-look.ts';
import { Timestamp } from '../Timestamp/timestamp.tsx';
import styles from './error-groups.module.css';
import type { ErrorsRange } from './error-groups.tsx';

const SHOWN_MESSAGE_CHARACTERS = 300;

interface ErrorExamplesProps {
  readonly detail: ErrorGroupDetail;
  readonly range: ErrorsRange;
}

/** The newest requests that met an error: to the trace, the flow and the record of each. */
export function ErrorExamples({ detail: { examples, service }, range }: ErrorExamplesProps) {
  return (
    <ul className={styles.examples}>
      {examples.map((example) => (
        <li key={example.recordId} className={styles.example}>
          <Timestamp nanos={example.timeUnixNano} form="dayClock" />
          <span className={styles.exampleMessage}>{showControls(example.message.slice(0, SHOWN_MESSAGE_CHARACTERS))}</span>
          <ExampleLinks example={example} service={service} range={range} />
        </li>
      ))}
    </ul>
  );
}

function ExampleLinks({ example, service, range }: Omit<ErrorExamplesProps, 'detail'> & { example: ErrorExampleRecord; service: string }) {
  const t = useTranslate();
  const { source, recordId, traceId, spanId, correlationId } = example;
  return (
    <span className={styles.exampleLinks}>
      {traceId !== undefined && (
        <Link to="/trace/$traceId" params={{ traceId }} search={spanId === undefined ? {} : { span: spanId }}>
          {t('errors.trace')}
        </Link>
      )}
      {correlationId !== undefined && hasFlow(correlationId) && (
        <Link to="/flow/$correlationId" params={{ correlationId }} title={correlationId}>
          {t('errors.flow')}
        </Link>
      )}
      {source === 'log' && (
        <Link
          to="/logs"
          search={newLogsUrl({
            q: traceId === undefined ? recordFilter('service', service) : recordFilter('traceId', traceId),
            ...range.text,
            sel: recordId,
          })}
        >
          {t('errors.log')}
        </Link>
      )}
    </span>
  );
}
