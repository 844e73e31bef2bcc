import type { FlowBreak } from '@threadline/collector/api';
import { type ReactNode, useMemo } from 'react';
import { serviceOf, valueText } from '../../logic/any-value.ts';
import { callTarget } from '../../logic/call-target.ts';
import { type FlowItem, logNanos } from '../../logic/causal-order.ts';
import { messageLine, showControls } from '../../logic/control-characters.ts';
import { formatDuration } from '../../logic/duration-format.ts';
import { attemptsOf } from '../../logic/flow-lanes.ts';
import { levelOf } from '../../logic/level.ts';
import { nanosBetween, parseNanos } from '../../logic/nanos.ts';
import { spanKindKey } from '../../logic/span-kind.ts';
import { hasFailed } from '../../logic/span-status.ts';
import { spanName } from '../../messages/span-name.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { LevelMark } from '../../shared/LevelMark/level-mark.tsx';
import { ServiceName } from '../../shared/ServiceName/service-name.tsx';
import { Timestamp } from '../../shared/Timestamp/timestamp.tsx';
import { VirtualGrid } from '../../shared/VirtualGrid/virtual-grid.tsx';
import { useRowHeight } from '../../state/preferences.ts';
import styles from './flow.module.css';

const LABEL_CHARACTERS = 300;
const INDENT_PIXELS = 14;
/** Deeper items stand no further right, or nothing would be left of their names. */
const MAX_INDENT_DEPTH = 12;

interface FlowListProps {
  readonly items: readonly FlowItem[];
  /** By item. */
  readonly breaks: ReadonlyMap<number, FlowBreak>;
  /** How far each item stands in. */
  readonly depths: readonly number[];
  readonly startNanos: bigint;
  readonly active: number;
  readonly selected: number;
  readonly onActive: (item: number) => void;
  readonly onOpen: (item: number) => void;
  /** How a trace is named; by whoever has a page for it. */
  readonly traceLink: (traceId: string, spanId: string | undefined) => ReactNode;
}

/** From here on a duration is told in two units, and needs more room on a phone. */
const LONG_NANOS = 59_950_000_000n;

/** Everything of the flow in the order of cause. */
export function FlowList({ items, breaks, depths, startNanos, active, selected, onActive, onOpen, traceLink }: FlowListProps) {
  const t = useTranslate();
  const isLong = useMemo(() => items.some((item) => endNanos(item) - startNanos >= LONG_NANOS), [items, startNanos]);
  const attempts = useMemo(() => attemptsOf(items), [items]);
  const cells = `${styles.cells} ${isLong ? styles.long : ''}`;
  return (
    <VirtualGrid
      role="grid"
      label={t('flow.list')}
      rowCount={items.length}
      rowHeight={useRowHeight()}
      totalRowCount={items.length + 1}
      columnCount={7}
      active={active}
      selected={selected}
      onActive={onActive}
      onOpen={onOpen}
      rowKey={(index) => index}
      header={<FlowListHead cells={cells} />}
      renderRow={(index) => {
        const item = items[index];
        return (
          item && (
            <FlowRow
              cells={cells}
              item={item}
              found={breaks.get(index)}
              depth={depths[index] ?? 0}
              attempt={attempts.get(index) ?? 1}
              startNanos={startNanos}
              traceLink={traceLink}
            />
          )
        );
      }}
    />
  );
}

function endNanos(item: FlowItem): bigint {
  return item.type === 'span' ? parseNanos(item.span.endTimeUnixNano) : logNanos(item.log);
}

function FlowListHead({ cells }: Pick<FlowRowProps, 'cells'>) {
  const t = useTranslate();
  return (
    <div className={cells} role="presentation">
      <span role="columnheader" className={styles.wideOnly}>
        {t('logs.time')}
      </span>
      <span role="columnheader" className={styles.right}>
        {t('trace.offset')}
      </span>
      <span role="columnheader" className={`${styles.cell} ${styles.swatchHead}`}>
        {t('logs.service')}
      </span>
      <span role="columnheader" className={styles.wideOnly}>
        {t('flow.what')}
      </span>
      <span role="columnheader">{t('flow.nameOrMessage')}</span>
      <span role="columnheader" className={styles.right}>
        {t('traces.duration')}
      </span>
      <span role="columnheader" className={`${styles.wideOnly} ${styles.traceCell}`}>
        {t('flow.trace')}
      </span>
    </div>
  );
}

interface FlowRowProps {
  /** Classes of the row's columns. */
  readonly cells: string;
  readonly item: FlowItem;
  /** Where the thread breaks at it. */
  readonly found: FlowBreak | undefined;
  readonly depth: number;
  /** 1 for the first, and for a record. */
  readonly attempt: number;
  readonly startNanos: bigint;
  readonly traceLink: FlowListProps['traceLink'];
}

function FlowRow({ cells, item, found, depth, attempt, startNanos, traceLink }: FlowRowProps) {
  const t = useTranslate();
  const record = item.type === 'span' ? item.span : item.log;
  const nanos = item.type === 'span' ? parseNanos(item.span.startTimeUnixNano) : logNanos(item.log);
  const indent = { paddingLeft: Math.min(depth, MAX_INDENT_DEPTH) * INDENT_PIXELS };
  const isError = item.type === 'span' && hasFailed(item.span);
  const target = item.type === 'span' ? callTarget(item.span) : '';
  return (
    <div className={cells} role="presentation">
      <span role="gridcell" className={styles.wideOnly}>
        <Timestamp nanos={String(nanos)} form="clock" />
      </span>
      <span role="gridcell" className={`${styles.data} ${styles.right} ${styles.muted}`}>
        +{formatDuration(nanosBetween(startNanos, nanos))}
      </span>
      <span role="gridcell" className={styles.cell}>
        <ServiceName name={serviceOf(record)} />
      </span>
      <span role="gridcell" className={`${styles.cell} ${styles.wideOnly} ${styles.muted}`}>
        {item.type === 'span' ? t(spanKindKey(item.span.kind)) : <LevelMark level={levelOf(item.log)} />}
      </span>
      {item.type === 'span' ? (
        <span role="gridcell" className={`${styles.cell} ${styles.strong}`} style={indent}>
          {isError && (
            <span className={styles.error} role="img" aria-label={t('span.error')}>
              ✕{' '}
            </span>
          )}
          {spanName(item.span.name, t)}
          {target !== '' && <span className={styles.target}> {showControls(target)}</span>}
          {attempt > 1 && (
            <span className={styles.attempt} role="img" aria-label={t('flow.attempt', { count: attempt })}>
              {' '}
              ↻{attempt}
            </span>
          )}
          {found !== undefined && (
            <span className={styles.break} role="img" aria-label={t('doctor.mark', { cause: t(`doctor.cause.${found.cause}`) })}>
              {' '}
              ⚡ {t(`doctor.cause.${found.cause}`)}
            </span>
          )}
        </span>
      ) : (
        <span role="gridcell" className={`${styles.cell} ${styles.message}`} style={indent}>
          {messageLine(valueText(item.log.body), LABEL_CHARACTERS)}
        </span>
      )}
      <span role="gridcell" className={`${styles.data} ${styles.right}`}>
        {item.type === 'span' && <Duration nanos={nanosBetween(nanos, parseNanos(item.span.endTimeUnixNano))} />}
      </span>
      <span role="gridcell" className={`${styles.cell} ${styles.data} ${styles.wideOnly} ${styles.traceCell}`}>
        {record.traceId !== undefined && traceLink(record.traceId, record.spanId)}
      </span>
    </div>
  );
}

/** One that no clock can have measured is said to be none. */
function Duration({ nanos }: { readonly nanos: number }) {
  const t = useTranslate();
  if (nanos >= 0) return formatDuration(nanos);
  const text = t('span.endsBefore', { duration: formatDuration(-nanos) });
  return (
    <span className={styles.error} role="img" aria-label={text} title={text}>
      ?
    </span>
  );
}
