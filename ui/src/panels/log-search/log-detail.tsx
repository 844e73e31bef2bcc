import type { LogRecord } from '@threadline/collector/api';
import { describeFailure } from '../../api/describe-failure.ts';
import { useFullRecord } from '../../api/use-full-record.ts';
import { useTranslate } from '../../messages/translate.tsx';
import type { FilterActions } from '../../shared/Attributes/filter-actions.ts';
import { Button } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { PartState } from '../../shared/PageState/part-state.tsx';
import { DetailFrame } from '../../shared/RecordDetail/detail-frame.tsx';
import { RecordDetail } from '../../shared/RecordDetail/record-detail.tsx';
import { RecordLinks } from '../../shared/RecordDetail/record-links.tsx';
import { LogSurroundings } from './log-surroundings.tsx';

interface LogDetailProps {
  readonly id: string;
  /** The list's record; undefined when the list does not have it. */
  readonly listed: LogRecord | undefined;
  readonly actions: FilterActions;
  readonly onOpen: (id: string) => void;
  /** The list from the record on, of this search or another. */
  readonly onShowInList: (record: LogRecord, query?: string) => void;
  /** The list has the record. */
  readonly isListed: boolean;
  readonly onClose: () => void;
}

/** The open record. What the list knows is shown at once, the rest of a long body follows. */
export function LogDetail({ id, listed, actions, onOpen, onShowInList, isListed, onClose }: LogDetailProps) {
  const t = useTranslate();
  const full = useFullRecord(id, listed);
  if (full.record === undefined) {
    return (
      <DetailFrame title={t('record.title')} onClose={onClose}>
        <PartState query={full.query} failedTitle={t('record.failed')} />
      </DetailFrame>
    );
  }
  return (
    <RecordDetail
      key={id}
      record={full.record}
      surroundings={<LogSurroundings record={full.record} onOpen={onOpen} onShowInList={onShowInList} />}
      links={
        <>
          <RecordLinks record={full.record} />
          {!isListed && <ShowInList record={full.record} onShow={onShowInList} />}
        </>
      }
      actions={actions}
      onClose={onClose}
      bodyState={
        full.error ? (
          <p role="alert">
            {t('record.bodyFailed', { reason: describeFailure(full.error, t).message })}{' '}
            <Button size="small" onClick={full.retry}>
              {t('error.retry')}
            </Button>
          </p>
        ) : (
          full.isLoading && <p role="status">{t('record.bodyLoading')}</p>
        )
      }
    />
  );
}

function ShowInList({ record, onShow }: { readonly record: LogRecord; readonly onShow: (record: LogRecord) => void }) {
  const t = useTranslate();
  return (
    <Button size="small" title={t('record.showInListHelp')} onClick={() => onShow(record)}>
      <Icon name="logs" />
      {t('record.showInList')}
    </Button>
  );
}
