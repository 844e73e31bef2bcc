import { type ReactNode, useMemo, useState } from 'react';
import type { CallGraph } from '../../logic/call-graph.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { fittingColumns, fittingTemplate } from '../../logic/fitting-columns.ts';
import { CALL_TABLE, type CallColumn } from '../../logic/trace-tables.ts';
import type { TraceTree } from '../../logic/trace-tree.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useFormat } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { useWidth } from '../../shared/use-width.ts';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import { useRowKeys } from '../../state/row-keys.ts';
import styles from './calls.module.css';

const TITLES: Readonly<Record<CallColumn, MessageKey>> = {
  from: 'calls.from',
  to: 'calls.to',
  count: 'stats.count',
  total: 'stats.total',
  max: 'stats.max',
  errors: 'stats.errors',
};

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
  const [box, width] = useWidth<HTMLDivElement>();
  const columns = fittingColumns(CALL_TABLE, width, ['from', 'to']);
  const template = fittingTemplate(CALL_TABLE, columns);
  return (
    <div ref={box} className={styles.calls}>
      <VirtualGrid
        role="grid"
        label={t('calls.table')}
        rowCount={rows.length}
        rowHeight={rowHeight}
        totalRowCount={rows.length + 1}
        columnCount={columns.length}
        active={active}
        selected={-1}
        onActive={setActive}
        onOpen={open}
        rowKey={(row) => rows[row] ?? row}
        header={
          <div className={styles.cells} style={{ gridTemplateColumns: template }} role="presentation">
            {columns.map((column) => (
              <span role="columnheader" key={column} className={CALL_TABLE.growing.includes(column) ? undefined : styles.number}>
                {t(TITLES[column])}
              </span>
            ))}
          </div>
        }
        renderRow={(row) => <CallRow graph={graph} tree={tree} edge={rows[row] ?? 0} columns={columns} template={template} />}
      />
    </div>
  );
}

interface CallRowProps extends Pick<CallTableProps, 'graph' | 'tree'> {
  readonly edge: number;
  readonly columns: readonly CallColumn[];
  readonly template: string;
}

function CallRow({ graph, tree, edge, columns, template }: CallRowProps) {
  const format = useFormat();
  const { from, to, count, total, max, errors } = graph.edges;
  const failed = errors[edge] ?? 0;
  const contents: Readonly<Record<CallColumn, ReactNode>> = {
    from: <NodeName graph={graph} tree={tree} place={from[edge] ?? -1} />,
    to: <NodeName graph={graph} tree={tree} place={to[edge] ?? -1} />,
    count: format.number(count[edge] ?? 0),
    total: formatDuration(total[edge] ?? 0),
    max: formatDuration(max[edge] ?? 0),
    errors: failed > 0 ? `✕ ${format.number(failed)}` : '0',
  };
  const classOf = (column: CallColumn): string | undefined => {
    if (CALL_TABLE.growing.includes(column)) return styles.end;
    return `${styles.number} ${column === 'errors' && failed > 0 ? styles.failedText : ''}`;
  };
  return (
    <div className={styles.cells} style={{ gridTemplateColumns: template }} role="presentation">
      {columns.map((column) => (
        <span role="gridcell" key={column} className={classOf(column)}>
          {contents[column]}
        </span>
      ))}
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
