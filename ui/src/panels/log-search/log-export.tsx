import * as Popover from '@radix-ui/react-popover';
import type { LogRecord } from '@threadline/collector/api';
import { useState } from 'react';
import { describeFailure } from '../../api/describe-failure.ts';
import { rangeParameters } from '../../api/queries.ts';
import { exportColumns } from '../../logic/export-columns.ts';
import type { TimeRange } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../../shared/Button/button.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import styles from './log-export.module.css';
import { type ExportFormat, type ExportState, useLogExport } from './use-log-export.ts';
import type { LogAddress } from './use-log-search.ts';

interface LogExportProps {
  readonly address: LogAddress;
  readonly range: TimeRange;
  /** Records that match; undefined while nobody has counted them. */
  readonly total: number | undefined;
  /** Those that the list has so far. */
  readonly records: readonly LogRecord[];
}

/** All that matches as a file, with how far it is and a way to end it. */
export function LogExport({ address, range, total, records }: LogExportProps) {
  const t = useTranslate();
  const format = useFormat();
  const [kind, setKind] = useState<ExportFormat>('csv');
  const { state, start, cancel } = useLogExport();
  const isRunning = state.state === 'running';
  const share = isRunning && total ? Math.min(1, state.records / total) : undefined;
  const begin = () =>
    start(kind, {
      query: address.query,
      ...rangeParameters(range),
      order: address.order,
      ...(kind === 'csv' && { column: exportColumns(address.columnKeys, records) }),
    });
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass({ look: 'quiet', size: 'small' })}>
        <Icon name="download" />
        {isRunning ? t('export.running', { share: share === undefined ? '…' : format.percent(share) }) : t('export.title')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.panel} align="end" sideOffset={4} collisionPadding={8} aria-label={t('export.title')}>
          <Choice
            legend={t('export.format')}
            value={kind}
            onChange={setKind}
            options={[
              { value: 'csv', label: 'CSV' },
              { value: 'ndjson', label: 'NDJSON' },
            ]}
          />
          <p className={styles.text}>{t(kind === 'csv' ? 'export.csvHelp' : 'export.ndjsonHelp')}</p>
          <Progress state={state} total={total} />
          <div className={styles.actions}>
            {isRunning ? (
              <Button onClick={cancel}>{t('export.cancel')}</Button>
            ) : (
              <Button look="primary" onClick={begin}>
                {total === undefined ? t('export.start') : t('export.startCount', { count: total, shown: format.number(total) })}
              </Button>
            )}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Progress({ state, total }: { readonly state: ExportState; readonly total: number | undefined }) {
  const t = useTranslate();
  const format = useFormat();
  if (state.state === 'idle') return null;
  const shown = format.number(state.records);
  if (state.state === 'done') {
    return (
      <p className={styles.text} role="status">
        {t('export.done', { count: state.records, shown })}
      </p>
    );
  }
  if (state.state === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        {t('export.failed', { count: state.records, shown, reason: describeFailure(state.error, t).message })}
      </p>
    );
  }
  return (
    <div className={styles.progress}>
      <progress aria-label={t('export.title')} {...(total ? { max: total, value: Math.min(state.records, total) } : {})} />
      <span>{total ? t('export.progress', { shown, total: format.number(total) }) : shown}</span>
    </div>
  );
}
