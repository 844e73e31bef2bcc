import type { ServiceMapAnswer } from '@threadline/collector/api';
import { useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { SERVICE_COLUMNS, type ServiceColumn, type ServiceRow } from '../../logic/service-rows.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useReasonText } from '../../shared/ServiceState/service-state.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { ServiceCells } from './service-cells.tsx';
import styles from './services.module.css';
import type { ServicesAddress } from './use-services-address.ts';

const TITLES: Readonly<Record<ServiceColumn, MessageKey>> = {
  name: 'services.name',
  state: 'services.state',
  instances: 'services.instances',
  rate: 'services.rate',
  errors: 'services.errors',
  p50: 'stats.p50',
  p95: 'stats.p95',
  p99: 'services.p99',
  seen: 'services.seen',
};
/** Narrower than this the table scrolls sideways. */
const MIN_WIDTH = 1_140;

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
  const current = rows[active];
  return (
    <div className={styles.table} data-stale={isStale}>
      <VirtualGrid
        role="grid"
        label={t('services.title')}
        rowCount={rows.length}
        rowHeight={rowHeight}
        totalRowCount={rows.length + 1}
        columnCount={SERVICE_COLUMNS.length + 2}
        minWidth={MIN_WIDTH}
        active={Math.min(active, rows.length - 1)}
        selected={-1}
        onActive={setActive}
        onOpen={(index) => {
          const row = rows[index];
          if (row) address.open(row.name);
        }}
        rowKey={(index) => rows[index]?.name ?? index}
        header={<TableHead address={address} />}
        renderRow={(index) => {
          const row = rows[index];
          return row && <ServiceCells row={row} answer={answer} />;
        }}
      />
      <p className={styles.why} aria-live="polite">
        {current && `${showControls(current.name)}: ${reasonText(current)}`}
      </p>
    </div>
  );
}

function TableHead({ address }: { readonly address: ServicesAddress }) {
  const t = useTranslate();
  const { by, descending } = address.sort;
  return (
    <div className={styles.cells} role="presentation">
      {SERVICE_COLUMNS.flatMap((column) => {
        const isSorted = column === by;
        const head = (
          <span
            key={column}
            role="columnheader"
            aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
            className={column === 'name' || column === 'state' ? styles.textHead : styles.numberHead}
          >
            <button type="button" className={styles.sort} onClick={() => address.setSort(column)}>
              {t(TITLES[column])}
              <span aria-hidden="true">{isSorted ? (descending ? ' ↓' : ' ↑') : ''}</span>
            </button>
          </span>
        );
        if (column !== 'instances') return [head];
        return [
          head,
          <span key="versions" role="columnheader" className={styles.textHead}>
            {t('services.versions')}
          </span>,
          <span key="trend" role="columnheader" className={styles.textHead}>
            {t('services.trend')}
          </span>,
        ];
      })}
    </div>
  );
}
