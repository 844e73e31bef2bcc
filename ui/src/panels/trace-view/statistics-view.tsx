import { type ReactNode, useMemo, useState } from 'react';
import { formatDuration } from '../../logic/duration-format.ts';
import { fittingColumns, fittingTemplate } from '../../logic/fitting-columns.ts';
import { STATISTIC_COLUMNS, type StatisticColumn } from '../../logic/statistic-columns.ts';
import { sortStatistics, type TraceStatistics } from '../../logic/trace-statistics.ts';
import { STATISTICS_TABLE } from '../../logic/trace-tables.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { useWidth } from '../../shared/use-width.ts';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useRowKeys } from '../../state/row-keys.ts';
import { GroupingChoice } from './grouping-choice.tsx';
import styles from './statistics.module.css';
import { type ShownView, type TraceViews, useView } from './use-view.ts';
import { ViewFrame } from './view-frame.tsx';
import viewStyles from './views.module.css';
import type { StatisticsAddress } from './views-address.ts';

const TITLES: Readonly<Record<StatisticColumn, MessageKey>> = {
  name: 'stats.name',
  count: 'stats.count',
  total: 'stats.total',
  self: 'stats.self',
  average: 'stats.average',
  p50: 'stats.p50',
  p95: 'stats.p95',
  max: 'stats.max',
  critical: 'stats.critical',
  errors: 'stats.errors',
};
const HELP: Readonly<Partial<Record<StatisticColumn, MessageKey>>> = {
  total: 'stats.totalHelp',
  self: 'stats.selfHelp',
  critical: 'stats.criticalHelp',
};
/** What the spans of each operation or service took together. A row leads to its spans in the waterfall. */
export function StatisticsView({ views, address }: { readonly views: TraceViews; readonly address: StatisticsAddress }) {
  const t = useTranslate();
  const by = address.grouping ?? 'operation';
  const request = useMemo(() => ({ type: 'statistics', by }) as const, [by]);
  const state = useView(views, request);
  return (
    <ViewFrame
      state={state}
      isEmpty={({ answer }) => answer.size === 0}
      tools={
        <>
          <GroupingChoice value={by} onChange={address.setGrouping} />
          <span className={viewStyles.hint}>{t('stats.hint')}</span>
        </>
      }
    >
      {(shown) => <StatisticsTable shown={shown} address={address} />}
    </ViewFrame>
  );
}

function StatisticsTable({ shown, address }: { readonly shown: ShownView<'statistics'>; readonly address: StatisticsAddress }) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const [active, setActive] = useState(-1);
  const { answer: statistics, snapshot } = shown;
  const { services, names } = snapshot.tree;
  const { by, descending } = address.sort;
  const order = useMemo(
    () =>
      sortStatistics(statistics, {
        by,
        descending,
        nameOf: (place) => `${services[statistics.service[place] ?? 0]} ${names[statistics.name[place] ?? 0] ?? ''}`,
      }),
    [statistics, services, names, by, descending],
  );
  const open = (row: number): void => {
    const place = order[row] ?? 0;
    address.showGroup({ service: services[statistics.service[place] ?? 0] ?? '', operation: names[statistics.name[place] ?? 0] });
  };
  useRowKeys({ rowCount: order.length, active, onActive: setActive, onOpen: open });
  const [box, width] = useWidth<HTMLDivElement>();
  const columns = fittingColumns(STATISTICS_TABLE, width, ['name', by]);
  const shape = { columns, template: fittingTemplate(STATISTICS_TABLE, columns) };
  return (
    <div ref={box} className={styles.table}>
      {columns.length < STATISTIC_COLUMNS.length && <SortChoice address={address} />}
      <VirtualGrid
        role="grid"
        label={t('trace.statistics')}
        rowCount={order.length}
        rowHeight={rowHeight}
        totalRowCount={order.length + 1}
        columnCount={columns.length}
        active={active}
        selected={-1}
        onActive={setActive}
        onOpen={open}
        rowKey={(row) => order[row] ?? row}
        header={<StatisticsHead address={address} shape={shape} />}
        renderRow={(row) => (
          <StatisticsRow statistics={statistics} place={order[row] ?? 0} services={services} names={names} shape={shape} />
        )}
      />
    </div>
  );
}

/** The columns that there is room for. */
interface TableShape {
  readonly columns: readonly StatisticColumn[];
  readonly template: string;
}

/** A column that there is no room for comes where it is sorted by. */
function SortChoice({ address: { sort, setSort } }: { readonly address: StatisticsAddress }) {
  const t = useTranslate();
  return (
    <label className={styles.sortChoice}>
      {t('stats.sortBy')}
      <select
        value={sort.by}
        onChange={({ target }) => {
          const column = STATISTIC_COLUMNS.find((known) => known === target.value);
          if (column !== undefined) setSort(column, column !== 'name');
        }}
      >
        {STATISTIC_COLUMNS.map((column) => (
          <option key={column} value={column}>
            {t(TITLES[column])}
          </option>
        ))}
      </select>
    </label>
  );
}

function StatisticsHead({ address, shape }: { readonly address: StatisticsAddress; readonly shape: TableShape }) {
  const t = useTranslate();
  const { by, descending } = address.sort;
  return (
    <div className={styles.cells} style={{ gridTemplateColumns: shape.template }} role="presentation">
      {shape.columns.map((column) => {
        const isSorted = column === by;
        const help = HELP[column];
        return (
          <span
            key={column}
            role="columnheader"
            aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
            className={column === 'name' ? styles.nameHead : styles.numberHead}
          >
            <button
              type="button"
              className={styles.sort}
              title={help === undefined ? undefined : t(help)}
              // Numbers are looked for from the largest, names from the first.
              onClick={() => address.setSort(column, isSorted ? !descending : column !== 'name')}
            >
              {t(TITLES[column])}
              <span aria-hidden="true">{isSorted ? (descending ? ' ↓' : ' ↑') : ''}</span>
            </button>
          </span>
        );
      })}
    </div>
  );
}

interface StatisticsRowProps {
  readonly statistics: TraceStatistics;
  readonly place: number;
  readonly services: readonly string[];
  readonly names: readonly string[];
  readonly shape: TableShape;
}

function StatisticsRow({ statistics, place, services, names, shape }: StatisticsRowProps) {
  const t = useTranslate();
  const format = useFormat();
  const { count, critical, errors, whole } = statistics;
  const operation = names[statistics.name[place] ?? 0];
  const share = whole === 0 ? 0 : (critical[place] ?? 0) / whole;
  const failed = errors[place] ?? 0;
  const cells: Readonly<Partial<Record<StatisticColumn, () => ReactNode>>> = {
    name: () => (
      <span key="name" role="gridcell" className={styles.name}>
        <ServiceName name={services[statistics.service[place] ?? 0] ?? ''} />
        {operation !== undefined && (
          <span className={styles.operation} title={spanName(operation, t)}>
            {spanName(operation, t)}
          </span>
        )}
      </span>
    ),
    count: () => (
      <span key="count" role="gridcell" className={styles.number}>
        {format.number(count[place] ?? 0)}
      </span>
    ),
    critical: () => (
      <span key="critical" role="gridcell" className={styles.number}>
        <span className={styles.share} style={{ width: `${Math.min(100, share * 100)}%` }} aria-hidden="true" />
        {share === 0 ? '–' : format.percent(share)}
      </span>
    ),
    errors: () => (
      <span key="errors" role="gridcell" className={`${styles.number} ${failed > 0 ? styles.error : ''}`}>
        {failed > 0 ? `✕ ${format.number(failed)}` : '0'}
      </span>
    ),
  };
  return (
    <div className={styles.cells} style={{ gridTemplateColumns: shape.template }} role="presentation">
      {shape.columns.map(
        (column) =>
          cells[column]?.() ?? (
            <span key={column} role="gridcell" className={styles.number}>
              {column !== 'name' && formatDuration(statistics[column][place] ?? 0)}
            </span>
          ),
      )}
    </div>
  );
}
