import type { LogRecord } from '@threadline/collector/api';
import { type ReactNode, Suspense, useCallback, useRef, useState } from 'react';
import { valueText } from '../../logic/any-value.ts';
import { columnValue } from '../../logic/attribute-rows.ts';
import { writeAnchor } from '../../logic/list-anchor.ts';
import { fittedWidth, type LogColumn } from '../../logic/log-columns.ts';
import { recordTime } from '../../logic/record-time.ts';
import { type ListTimeForm, listTimeForm } from '../../logic/time-format.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { laterPart } from '../../shared/later-part.tsx';
import { dataTextMeasure } from '../../shared/measure-text.ts';
import { useKeptRows } from '../../shared/VirtualGrid/use-kept-rows.ts';
import type { FirstRow } from '../../shared/VirtualGrid/use-list-start.ts';
import { VirtualGrid, type VirtualGridProps } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useProvideReadingPlace } from '../../state/reading-place.ts';
import { ListOptions } from './list-options.tsx';
import columnStyles from './log-columns.module.css';
import { LogListFoot } from './log-list-foot.tsx';
import { LogRow } from './log-row.tsx';
import styles from './log-search.module.css';
import type { LogAddress, LogRecords } from './use-log-search.ts';

/** Its menu comes after what the page is drawn with. */
const LogColumnHead = laterPart(async () => (await import('./log-column-head.tsx')).LogColumnHead);

interface LogListProps {
  readonly address: LogAddress;
  readonly result: LogRecords;
  readonly active: number;
  readonly isActiveKept: boolean;
  readonly onActive: (index: number) => void;
  readonly narrow: boolean;
}

/** The records, endless in the direction of scrolling, in both where the list begins in its middle. */
export function LogList({ address, result, active, isActiveKept, onActive, narrow }: LogListProps) {
  const { records, search, range } = result;
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError } = search;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isPlaceholderData, isFetchNextPageError, fetchNextPage]);
  const { back, leadCount } = result;
  const loadBack = useCallback(() => {
    if (back?.hasNextPage && !back.isFetchingNextPage && !back.isPlaceholderData && !back.isFetchNextPageError) void back.fetchNextPage();
  }, [back]);
  const timeForm = listTimeForm(range === undefined ? 0 : range.toMillis - range.fromMillis);
  const firstRow = useRef<() => FirstRow | undefined>(() => undefined);
  const atOf = (record: LogRecord | undefined) => record && writeAnchor(recordTime(record), record.id);
  useProvideReadingPlace(() => {
    const at = atOf(records[firstRow.current()?.index ?? -1]);
    return at === undefined || isPlaceholderData ? {} : { at };
  });
  const { begin, keep } = result.beginning;
  const { onMoved, start } = useKeptRows({
    rows: records,
    idOf: (record) => record.id,
    atOf: (index) => atOf(records[index]),
    begin,
    keep,
    firstRow,
    active,
    isOfList: !isPlaceholderData,
  });
  return (
    <div className={`${styles.list} ${isPlaceholderData ? styles.stale : ''}`}>
      <LogGrid
        address={address}
        records={records}
        hasMore={hasNextPage || back?.hasNextPage === true}
        leadCount={leadCount}
        onNearStart={loadBack}
        firstRow={firstRow}
        start={start}
        onMoved={onMoved}
        active={active}
        isActiveKept={isActiveKept}
        onActive={onActive}
        onNearEnd={loadMore}
        timeForm={timeForm}
        narrow={narrow}
      />
      <LogListFoot address={address} result={result} />
    </div>
  );
}

interface LogGridProps
  extends Pick<
    VirtualGridProps,
    | 'active'
    | 'isActiveKept'
    | 'onActive'
    | 'onNearEnd'
    | 'onNearStart'
    | 'leadCount'
    | 'onTop'
    | 'topRequest'
    | 'firstRow'
    | 'start'
    | 'onMoved'
  > {
  readonly address: LogAddress;
  readonly records: readonly LogRecord[];
  readonly hasMore: boolean;
  readonly timeForm: ListTimeForm;
  readonly narrow: boolean;
}

/** Records as rows, with the address's columns. */
export function LogGrid({ address, records, hasMore, timeForm, narrow, ...grid }: LogGridProps) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const [draft, setDraft] = useState<LogColumn>();
  const { columns, isWrapped } = address;
  const widths = columns.map(
    ({ key, width }) => (draft?.key === key ? draft.width : width) ?? (narrow ? NARROW_COLUMN_PIXELS : COLUMN_PIXELS),
  );
  const { template, minWidth } = rowLayout({ widths, timeForm, narrow });
  const fit = (key: string) => {
    const texts = records.slice(0, FITTED_RECORDS).map((record) => valueText(columnValue(record, key)?.value));
    address.resizeColumn(key, fittedWidth([`${key}  `, ...texts], dataTextMeasure()));
  };
  return (
    <VirtualGrid
      {...grid}
      role="grid"
      label={t('logs.list')}
      rowCount={records.length}
      rowHeight={rowHeight}
      isMeasured={isWrapped}
      layoutKey={template}
      totalRowCount={hasMore ? -1 : records.length + 1}
      columnCount={4 + columns.length}
      minWidth={minWidth}
      selected={records.findIndex((record) => record.id === address.selected)}
      onOpen={(index) => address.open(records[index]?.id)}
      rowKey={(index) => records[index]?.id ?? index}
      header={
        <LogListHead address={address} template={template} narrow={narrow} records={records}>
          {columns.map((column, index) => (
            <Suspense key={column.key} fallback={<span role="columnheader">{column.key}</span>}>
              <LogColumnHead
                address={address}
                column={column}
                width={widths[index] ?? COLUMN_PIXELS}
                onDraft={(width) => setDraft(width === undefined ? undefined : { key: column.key, width })}
                onFit={() => fit(column.key)}
              />
            </Suspense>
          ))}
        </LogListHead>
      }
      renderRow={(index) => {
        const record = records[index];
        return (
          record && (
            <LogRow record={record} columns={columns} isWrapped={isWrapped} template={template} timeForm={timeForm} narrow={narrow} />
          )
        );
      }}
    />
  );
}

interface LogListHeadProps {
  readonly address: LogAddress;
  readonly template: string;
  readonly narrow: boolean;
  readonly records: readonly LogRecord[];
  /** Heads of the chosen columns. */
  readonly children: ReactNode;
}

function LogListHead({ address, template, narrow, records, children }: LogListHeadProps) {
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
      {children}
      <span role="columnheader" className={`${styles.cell} ${columnStyles.messageHead}`}>
        {t('logs.message')}
        <ListOptions address={address} records={records} />
      </span>
    </div>
  );
}

interface LayoutChoice {
  /** Pixels of the chosen columns. */
  readonly widths: readonly number[];
  readonly timeForm: ListTimeForm;
  readonly narrow: boolean;
}

const TIME_PIXELS: Readonly<Record<ListTimeForm, number>> = { clock: 92, dayClock: 136, yearClock: 142 };
const COLUMN_PIXELS = 150;
const NARROW_COLUMN_PIXELS = 90;
/** So many records say how wide a column has to be. */
const FITTED_RECORDS = 500;
const GAP_PIXELS = 12;
/** A message narrower than this says nothing; the list scrolls sideways instead. */
const MIN_MESSAGE_PIXELS = 200;

/** Time, level, service, the chosen columns, and the rest for the message. */
function rowLayout({ widths: chosen, timeForm, narrow }: LayoutChoice): { template: string; minWidth: number } {
  const widths = [TIME_PIXELS[timeForm], ...(narrow ? [20, 8] : [66, 124]), ...chosen];
  return {
    template: `${widths.map((width) => `${width}px`).join(' ')} minmax(0, 1fr)`,
    minWidth: chosen.length === 0 ? 0 : widths.reduce((sum, width) => sum + width + GAP_PIXELS, MIN_MESSAGE_PIXELS + 2 * GAP_PIXELS),
  };
}
