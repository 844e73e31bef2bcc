import { useTranslate } from '../../messages/translate.tsx';
import { CopyButton } from '../CopyButton/copy-button.tsx';
import { CodeLines, EmptyState, StateActions } from '../PageState/empty-state.tsx';

interface AddServiceProps {
  /** Where services send OTLP over HTTP. */
  readonly otlpHttp: string;
}

/** Nothing has ever arrived: what to run so that something does. */
export function AddService({ otlpHttp }: AddServiceProps) {
  const t = useTranslate();
  const lines = [
    'npm install @threadline/sdk',
    `export OTEL_SERVICE_NAME=my-service OTEL_EXPORTER_OTLP_ENDPOINT=${otlpHttp}`,
    'node --import @threadline/sdk/register app.js',
  ];
  return (
    <EmptyState title={t('empty.noServiceTitle')} text={t('empty.noServiceText')}>
      <CodeLines label={t('empty.noServiceTitle')} lines={lines} />
      <StateActions>
        <CopyButton size="normal" label={t('copy.lines')} text={() => lines.join('\n')} />
      </StateActions>
      <p>{t('empty.otherSenders', { address: otlpHttp })}</p>
    </EmptyState>
  );
}
