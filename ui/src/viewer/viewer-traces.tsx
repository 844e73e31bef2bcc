import type { FlowSummary } from '@threadline/collector/api';
import { useMemo, useState } from 'react';
import { serviceOf } from '../logic/any-value.ts';
import type { FlowItem } from '../logic/causal-order.ts';
import { showControls } from '../logic/control-characters.ts';
import { formatDuration } from '../logic/duration-format.ts';
import { spanTree } from '../logic/span-tree.ts';
import { useTranslate } from '../messages/translate.tsx';
import { useServiceColor } from '../shared/ServiceName/service-hues.tsx';
import { ServiceName } from '../shared/ServiceName/service-name.tsx';
import { VirtualGrid } from '../shared/VirtualGrid/virtual-grid.tsx';
import styles from './viewer.module.css';

const ROW_HEIGHT = 24;
const INDENT_PIXELS = 12;
const MAX_INDENT_DEPTH = 14;

interface ViewerTracesProps {
  readonly items: readonly FlowItem[];
  readonly traces: FlowSummary['traces'];
  readonly active: number;
  readonly selected: number;
  readonly onActive: (item: number) => void;
  readonly onOpen: (item: number) => void;
}

/** One trace of the flow as a waterfall: a row a span, its time as a bar. */
export function ViewerTraces({ items, traces, active, selected, onActive, onOpen }: ViewerTracesProps) {
  const t = useTranslate();
  const present = useMemo(() => {
    const ids = new Set(items.flatMap((item) => (item.type === 'span' ? [item.span.traceId] : [])));
    return traces.filter(({ traceId }) => ids.has(traceId));
  }, [items, traces]);
  const [chosen, setChosen] = useState('');
  const traceId = present.some((trace) => trace.traceId === chosen) ? chosen : (present[0]?.traceId ?? '');
  const { rows, durationNanos, placeOf } = useMemo(() => {
    const places = new Map(items.flatMap((item, index) => (item.type === 'span' ? [[item.span, index] as const] : [])));
    const tree = spanTree([...places.keys()].filter((span) => span.traceId === traceId));
    return { ...tree, placeOf: tree.rows.map(({ span }) => places.get(span) ?? -1) };
  }, [items, traceId]);
  if (present.length === 0) return <p className={styles.empty}>{t('viewer.noTraces')}</p>;
  return (
    <>
      <div className={styles.tools}>
        <label>
          {t('viewer.chooseTrace')}{' '}
          <select value={traceId} onChange={({ target }) => setChosen(target.value)}>
            {present.map((trace) => (
              <option key={trace.traceId} value={trace.traceId}>
                {showControls(`${trace.rootService} ${trace.rootOperation}`)} · {formatDuration(Number(trace.durationNano))} ·{' '}
                {trace.traceId.slice(0, 8)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <VirtualGrid
        role="treegrid"
        label={t('viewer.trace')}
        rowCount={rows.length}
        rowHeight={ROW_HEIGHT}
        totalRowCount={rows.length}
        columnCount={2}
        active={placeOf.indexOf(active)}
        selected={selected === -1 ? -1 : placeOf.indexOf(selected)}
        onActive={(row) => onActive(placeOf[row] ?? -1)}
        onOpen={(row) => onOpen(placeOf[row] ?? -1)}
        rowKey={(row) => rows[row]?.span.id ?? row}
        rowAria={(row) => ({ 'aria-level': (rows[row]?.depth ?? 0) + 1 })}
        renderRow={(index) => {
          const row = rows[index];
          return row && <WaterfallRow row={row} durationNanos={Math.max(1, durationNanos)} />;
        }}
      />
    </>
  );
}

function WaterfallRow({
  row: { span, depth, start, duration },
  durationNanos,
}: {
  readonly row: ReturnType<typeof spanTree>['rows'][number];
  readonly durationNanos: number;
}) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  const service = serviceOf(span);
  const isError = span.status?.code === 2;
  return (
    <div className={styles.waterfall} role="presentation">
      <span role="gridcell" className={styles.spanName} style={{ paddingLeft: 8 + Math.min(depth, MAX_INDENT_DEPTH) * INDENT_PIXELS }}>
        <ServiceName name={service} />
        {isError && (
          <span className={styles.error} role="img" aria-label={t('span.error')}>
            ✕
          </span>
        )}
        <span className={styles.cell}>{showControls(span.name)}</span>
      </span>
      <span role="gridcell" className={styles.time}>
        <span
          className={`${styles.bar} ${isError ? styles.errorBar : ''}`}
          style={{
            left: `${(start / durationNanos) * 88}%`,
            width: `max(2px, ${(duration / durationNanos) * 88}%)`,
            background: colorOf(service),
          }}
          aria-hidden="true"
        />
        <span className={styles.duration} style={{ left: `calc(${((start + duration) / durationNanos) * 88}% + 6px)` }}>
          {formatDuration(duration)}
        </span>
      </span>
    </div>
  );
}
