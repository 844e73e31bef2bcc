import { type DragEvent, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { type LogColumn, MAX_COLUMN_PIXELS, MIN_COLUMN_PIXELS } from '../../logic/log-columns.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../../shared/Button/button.tsx';
import { Menu, MenuItem } from '../../shared/Menu/menu.tsx';
import styles from './log-columns.module.css';
import listStyles from './log-search.module.css';
import type { LogAddress } from './use-log-search.ts';

/** What an arrow key moves an edge by. */
const KEY_STEP_PIXELS = 16;
/** Columns are told apart from whatever else is dragged over a head. */
const DRAG_TYPE = 'application/x-threadline-column';

interface LogColumnHeadProps {
  readonly address: LogAddress;
  readonly column: LogColumn;
  readonly width: number;
  /** While an edge is dragged; the address has the width when it is let go. */
  readonly onDraft: (width: number | undefined) => void;
  /** The width that shows all of what is loaded. */
  readonly onFit: () => void;
}

/** A column's name, by which it is dragged and has a menu, and its edge, by which it is made wider. */
export function LogColumnHead({ address, column: { key }, width, onDraft, onFit }: LogColumnHeadProps) {
  const t = useTranslate();
  const [drop, setDrop] = useState<'before' | 'after'>();
  const { columnKeys } = address;
  const place = columnKeys.indexOf(key);
  const isLast = place === columnKeys.length - 1;
  const side = (event: DragEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return event.clientX < box.left + box.width / 2 ? 'before' : 'after';
  };
  const take = (event: DragEvent<HTMLElement>) => {
    setDrop(undefined);
    const moved = event.dataTransfer.getData(DRAG_TYPE);
    if (moved === '') return;
    event.preventDefault();
    address.moveColumn(moved, side(event) === 'before' ? place : place + 1);
  };
  const move = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    event.stopPropagation();
    address.moveColumn(key, event.key === 'ArrowLeft' ? place - 1 : place + 2);
  };
  return (
    <span
      role="columnheader"
      className={`${listStyles.cell} ${styles.head}`}
      data-drop={drop}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
        event.preventDefault();
        setDrop(side(event));
      }}
      onDragLeave={() => setDrop(undefined)}
      onDrop={take}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu's button beside it moves the column with keys */}
      <span
        className={styles.name}
        title={t('columns.headHelp', { column: key })}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, key);
          event.dataTransfer.effectAllowed = 'move';
        }}
      >
        {key}
      </span>
      <Menu trigger={<IconButton icon="down" size="small" label={t('columns.menu', { column: key })} onKeyDown={move} />}>
        <MenuItem label={t('columns.left')} isDisabled={place === 0} onSelect={() => address.moveColumn(key, place - 1)} />
        <MenuItem label={t('columns.right')} isDisabled={isLast} onSelect={() => address.moveColumn(key, place + 2)} />
        <MenuItem label={t('columns.fit')} onSelect={onFit} />
        <MenuItem label={t('columns.defaultWidth')} onSelect={() => address.resizeColumn(key, undefined)} />
        <MenuItem label={t('value.removeColumn')} onSelect={() => address.toggleColumn(key)} />
      </Menu>
      <ColumnEdge
        label={t('columns.width', { column: key })}
        width={width}
        onDraft={onDraft}
        onFit={onFit}
        onWidth={(next) => address.resizeColumn(key, next)}
      />
    </span>
  );
}

interface ColumnEdgeProps {
  readonly label: string;
  readonly width: number;
  readonly onDraft: (width: number | undefined) => void;
  readonly onFit: () => void;
  readonly onWidth: (width: number) => void;
}

function ColumnEdge({ label, width, onDraft, onFit, onWidth }: ColumnEdgeProps) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const widthAt = (event: PointerEvent) => {
    const { x, width: from } = start.current ?? { x: event.clientX, width };
    return Math.min(MAX_COLUMN_PIXELS, Math.max(MIN_COLUMN_PIXELS, from + event.clientX - x));
  };
  const end = (event: PointerEvent, isTaken: boolean) => {
    const isMoved = start.current !== undefined && start.current.x !== event.clientX;
    const next = widthAt(event);
    start.current = undefined;
    onDraft(undefined);
    if (isTaken && isMoved) onWidth(next);
  };
  const step = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => onWidth(width - KEY_STEP_PIXELS),
      ArrowRight: () => onWidth(width + KEY_STEP_PIXELS),
      Enter: onFit,
    };
    const run = steps[event.key];
    if (run === undefined || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  return (
    <span
      className={styles.edge}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      title={label}
      aria-valuenow={Math.round(width)}
      aria-valuemin={MIN_COLUMN_PIXELS}
      aria-valuemax={MAX_COLUMN_PIXELS}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => start.current !== undefined && onDraft(widthAt(event))}
      onPointerUp={(event) => end(event, true)}
      onPointerCancel={(event) => end(event, false)}
      onDoubleClick={onFit}
      onKeyDown={step}
    />
  );
}
