import { useMemo, useState } from 'react';
import type { CallGraph } from '../../logic/call-graph.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useRowKeys } from '../../state/row-keys.ts';
import styles from './calls.module.css';

interface CallTableProps {
  readonly graph: CallGraph;
  readonly tree: Pick<TraceTree, 'services' | 'names'>;
  /** Only its calls; -1: all. */
  readonly selected: number;
  readonly onSelect: (place: number) => void;
}

/** All calls of the diagram and those that it has no room for, most time first. A row chooses what is called. */
export function CallTable({ graph, tree, selected, onSelect }: CallTableProps) {
  const t = useTranslate();
  const rowHeight = useRowHeight();
  const [active, setActive] = useState(-1);
  const { edges } = graph;
  const rows = useMemo(() => {
    const all = Array.from({ length: edges.size }, (_, edge) => edge);
    return selected === -1 ? all : all.filter((edge) => edges.from[edge] === selected || edges.to[edge] === selected);
  }, [edges, selected]);
  const open = (row: number): void => {
    const called = edges.to[rows[row] ?? -1];
    if (called !== undefined) onSelect(called);
  };
  useRowKeys({ rowCount: rows.length, active, onActive: setActive, onOpen: open });
  return (
    <VirtualGrid
      role="grid"
      label={t('calls.table')}
      rowCount={rows.length}
      rowHeight={rowHeight}
      totalRowCount={rows.length + 1}
      columnCount={6}
      minWidth={620}
      active={active}
      selected={-1}
      onActive={setActive}
      onOpen={open}
      rowKey={(row) => rows[row] ?? row}
      header={
        <div className={styles.cells} role="presentation">
          <span role="columnheader">{t('calls.from')}</span>
          <span role="columnheader">{t('calls.to')}</span>
          {(['stats.count', 'stats.total', 'stats.max', 'stats.errors'] as const).map((key) => (
            <span role="columnheader" key={key} className={styles.number}>
              {t(key)}
            </span>
          ))}
        </div>
      }
      renderRow={(row) => <CallRow graph={graph} tree={tree} edge={rows[row] ?? 0} />}
    />
  );
}

function CallRow({ graph, tree, edge }: { readonly graph: CallGraph; readonly tree: CallTableProps['tree']; readonly edge: number }) {
  const format = useFormat();
  const { from, to, count, total, max, errors } = graph.edges;
  const failed = errors[edge] ?? 0;
  return (
    <div className={styles.cells} role="presentation">
      <span role="gridcell" className={styles.end}>
        <NodeName graph={graph} tree={tree} place={from[edge] ?? -1} />
      </span>
      <span role="gridcell" className={styles.end}>
        <NodeName graph={graph} tree={tree} place={to[edge] ?? -1} />
      </span>
      <span role="gridcell" className={styles.number}>
        {format.number(count[edge] ?? 0)}
      </span>
      <span role="gridcell" className={styles.number}>
        {formatDuration(total[edge] ?? 0)}
      </span>
      <span role="gridcell" className={styles.number}>
        {formatDuration(max[edge] ?? 0)}
      </span>
      <span role="gridcell" className={`${styles.number} ${failed > 0 ? styles.failedText : ''}`}>
        {failed > 0 ? `✕ ${format.number(failed)}` : '0'}
      </span>
    </div>
  );
}

function NodeName({
  graph: { statistics },
  tree,
  place,
}: {
  readonly graph: CallGraph;
  readonly tree: CallTableProps['tree'];
  readonly place: number;
}) {
  const t = useTranslate();
  if (place === -1) return <span className={styles.nobody}>{t('calls.nobody')}</span>;
  const operation = tree.names[statistics.name[place] ?? 0];
  return (
    <>
      <ServiceName name={tree.services[statistics.service[place] ?? 0] ?? ''} />
      {operation !== undefined && <span className={styles.operation}>{spanName(operation, t)}</span>}
    </>
  );
}
