import type { ServiceMapAnswer } from '@threadline/collector/api';
import { useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { SERVICE_COLUMNS, type ServiceColumn, type ServiceRow } from '../../logic/service-rows.ts';
import { columnsTemplate, columnsThatFit, type TableColumn } from '../../logic/services-columns.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useReasonText } from '../../shared/ServiceState/service-state.tsx';
import { useWidth } from '../../shared/use-width.ts';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useRowKeys } from '../../state/row-keys.ts';
import { ServiceCells } from './service-cells.tsx';
import styles from './services.module.css';
import type { ServicesAddress } from './use-services-address.ts';

const TITLES: Readonly<Record<TableColumn, MessageKey>> = {
  name: 'services.name',
  state: 'services.state',
  instances: 'services.instances',
  versions: 'services.versions',
  trend: 'services.trend',
  rate: 'services.rate',
  errors: 'services.errors',
  p50: 'stats.p50',
  p95: 'stats.p95',
  p99: 'services.p99',
  seen: 'services.seen',
};

interface ServicesTableProps {
  readonly rows: readonly ServiceRow[];
  readonly answer: ServiceMapAnswer;
  readonly address: ServicesAddress;
  /** The answer is of an earlier question. */
  readonly isStale: boolean;
}

/** Services as rows; one opens to the service's page. Below them is why the one that the keys are on is in its state. */
export function ServicesTable({ rows, answer, address, isStale }: ServicesTableProps) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const reasonText = useReasonText();
  const [active, setActive] = useState(-1);
  const [box, width] = useWidth<HTMLDivElement>();
  const columns = columnsThatFit(width);
  const template = columnsTemplate(columns);
  const current = rows[active];
  const open = (index: number) => {
    const row = rows[index];
    if (row) address.open(row.name);
  };
  useRowKeys({ rowCount: rows.length, active, onActive: setActive, onOpen: open });
  return (
    <div ref={box} className={styles.table} data-stale={isStale}>
      <VirtualGrid
        role="grid"
        label={t('services.title')}
        rowCount={rows.length}
        rowHeight={rowHeight}
        totalRowCount={rows.length + 1}
        columnCount={columns.length}
        active={Math.min(active, rows.length - 1)}
        selected={-1}
        onActive={setActive}
        onOpen={open}
        rowKey={(index) => rows[index]?.name ?? index}
        header={<TableHead address={address} columns={columns} template={template} />}
        renderRow={(index) => {
          const row = rows[index];
          return row && <ServiceCells row={row} answer={answer} columns={columns} template={template} />;
        }}
      />
      <p className={styles.why} aria-live="polite">
        {current && `${showControls(current.name)}: ${reasonText(current)}`}
      </p>
    </div>
  );
}

interface TableHeadProps {
  readonly address: ServicesAddress;
  readonly columns: readonly TableColumn[];
  readonly template: string;
}

function TableHead({ address, columns, template }: TableHeadProps) {
  const t = useTranslate();
  const { by, descending } = address.sort;
  return (
    <div className={styles.cells} style={{ gridTemplateColumns: template }} role="presentation">
      {columns.map((column) => {
        if (!isSortable(column)) {
          return (
            <span key={column} role="columnheader" className={styles.textHead}>
              {t(TITLES[column])}
            </span>
          );
        }
        const isSorted = column === by;
        return (
          <span
            key={column}
            role="columnheader"
            aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
            className={column === 'name' || column === 'state' ? styles.textHead : styles.numberHead}
          >
            <button
              type="button"
              className={styles.sort}
              title={isPercentile(column) ? t('services.tolerance') : undefined}
              onClick={() => address.setSort(column)}
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

function isPercentile(column: ServiceColumn): boolean {
  return column === 'p50' || column === 'p95' || column === 'p99';
}

function isSortable(column: TableColumn): column is ServiceColumn {
  return SERVICE_COLUMNS.some((known) => known === column);
}
