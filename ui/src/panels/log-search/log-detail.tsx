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
import styles from './log-search.module.css';
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
  /** The search is known not to find the record: it was opened before, or elsewhere. */
  readonly isOutside: (record: LogRecord) => boolean;
  readonly onClose: () => void;
}

/** The open record. What the list knows is shown at once, the rest of a long body follows. */
export function LogDetail({ id, listed, actions, onOpen, onShowInList, isListed, isOutside, onClose }: LogDetailProps) {
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
          {!isListed && <ShowInList record={full.record} isOutside={isOutside(full.record)} onShow={onShowInList} />}
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

interface ShowInListProps {
  readonly record: LogRecord;
  readonly isOutside: boolean;
  readonly onShow: (record: LogRecord, query?: string) => void;
}

/** The way to the record's place in the list; of a record that the search does not find, that it is so, and the way to its place among all. */
function ShowInList({ record, isOutside, onShow }: ShowInListProps) {
  const t = useTranslate();
  if (isOutside) {
    return (
      <>
        <span role="status" className={styles.outside}>
          {t('record.outside')}
        </span>
        <Button size="small" onClick={() => onShow(record, '')}>
          <Icon name="logs" />
          {t('record.showAmongAll')}
        </Button>
      </>
    );
  }
  return (
    <Button size="small" title={t('record.showInListHelp')} onClick={() => onShow(record)}>
      <Icon name="logs" />
      {t('record.showInList')}
    </Button>
  );
}
