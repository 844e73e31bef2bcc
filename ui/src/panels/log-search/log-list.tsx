import type { LogRecord } from '@threadline/collector/api';
import { useCallback } from 'react';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../../shared/Button/button.tsx';
import { VirtualGrid, type VirtualGridProps } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { LogListFoot } from './log-list-foot.tsx';
import { LogRow } from './log-row.tsx';
import styles from './log-search.module.css';
import type { LogAddress, LogRecords } from './use-log-search.ts';

const DAY_MILLIS = 86_400_000;

interface LogListProps {
  readonly address: LogAddress;
  readonly result: LogRecords;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly narrow: boolean;
}

/** The records, endless in the direction of scrolling. */
export function LogList({ address, result, active, onActive, narrow }: LogListProps) {
  const { records, search, range } = result;
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError } = search;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError, fetchNextPage]);
  const withDay = range !== undefined && range.toMillis - range.fromMillis > DAY_MILLIS;
  return (
    <div className={`${styles.list} ${isPlaceholderData ? styles.stale : ''}`}>
      <LogGrid
        address={address}
        records={records}
        hasMore={hasNextPage}
        active={active}
        onActive={onActive}
        onNearEnd={loadMore}
        withDay={withDay}
        narrow={narrow}
      />
      <LogListFoot result={result} />
    </div>
  );
}

interface LogGridProps extends Pick<VirtualGridProps, 'active' | 'onActive' | 'onNearEnd' | 'onTop' | 'topRequest'> {
  readonly address: LogAddress;
  readonly records: readonly LogRecord[];
  readonly hasMore: boolean;
  readonly withDay: boolean;
  readonly narrow: boolean;
}

/** Records as rows, with the address's columns. */
export function LogGrid({ address, records, hasMore, withDay, narrow, ...grid }: LogGridProps) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const { template, minWidth } = rowLayout({ columns: address.columns.length, withDay, narrow });
  return (
    <VirtualGrid
      {...grid}
      role="grid"
      label={t('logs.list')}
      rowCount={records.length}
      rowHeight={rowHeight}
      totalRowCount={hasMore ? -1 : records.length + 1}
      columnCount={4 + address.columns.length}
      minWidth={minWidth}
      selected={records.findIndex((record) => record.id === address.selected)}
      onOpen={(index) => address.open(records[index]?.id)}
      rowKey={(index) => records[index]?.id ?? index}
      header={<LogListHead address={address} template={template} narrow={narrow} />}
      renderRow={(index) => {
        const record = records[index];
        return record && <LogRow record={record} columns={address.columns} template={template} withDay={withDay} narrow={narrow} />;
      }}
    />
  );
}

interface LogListHeadProps {
  readonly address: LogAddress;
  readonly template: string;
  readonly narrow: boolean;
}

function LogListHead({ address, template, narrow }: LogListHeadProps) {
  const t = useTranslate();
  return (
    <div className={`${styles.cells} ${styles.head}`} style={{ gridTemplateColumns: template }} role="presentation">
      {address.isLive ? (
        <span role="columnheader" className={styles.cell}>
          {t('logs.time')}
        </span>
      ) : (
        <span role="columnheader" className={styles.cell} aria-sort={address.order === 'asc' ? 'ascending' : 'descending'}>
          <button
            type="button"
            className={styles.headButton}
            title={t(address.order === 'asc' ? 'logs.newestFirst' : 'logs.oldestFirst')}
            onClick={() => address.setOrder(address.order === 'asc' ? 'desc' : 'asc')}
          >
            {t('logs.time')} {address.order === 'asc' ? '↑' : '↓'}
          </button>
        </span>
      )}
      <span role="columnheader" className={styles.cell}>
        {narrow ? <span className={styles.hidden}>{t('logs.level')}</span> : t('logs.level')}
      </span>
      <span role="columnheader" className={styles.cell}>
        {narrow ? <span className={styles.hidden}>{t('logs.service')}</span> : t('logs.service')}
      </span>
      {address.columns.map((column) => (
        <span key={column} role="columnheader" className={`${styles.cell} ${styles.columnHead}`}>
          <span className={styles.columnName}>{column}</span>
          <IconButton icon="close" size="small" label={t('logs.removeColumn', { column })} onClick={() => address.toggleColumn(column)} />
        </span>
      ))}
      <span role="columnheader" className={styles.cell}>
        {t('logs.message')}
      </span>
    </div>
  );
}

interface LayoutChoice {
  readonly columns: number;
  readonly withDay: boolean;
  readonly narrow: boolean;
}

const GAP_PIXELS = 12;
/** A message narrower than this says nothing; the list scrolls sideways instead. */
const MIN_MESSAGE_PIXELS = 200;

/** Time, level, service, the chosen columns, and the rest for the message. */
function rowLayout({ columns, withDay, narrow }: LayoutChoice): { template: string; minWidth: number } {
  const fixed = narrow ? [withDay ? 130 : 88, 20, 8] : [withDay ? 136 : 92, 66, 124];
  const widths = [...fixed, ...Array.from({ length: columns }, () => (narrow ? 90 : 150))];
  return {
    template: `${widths.map((width) => `${width}px`).join(' ')} minmax(0, 1fr)`,
    minWidth: columns === 0 ? 0 : widths.reduce((sum, width) => sum + width + GAP_PIXELS, MIN_MESSAGE_PIXELS + 2 * GAP_PIXELS),
  };
}
