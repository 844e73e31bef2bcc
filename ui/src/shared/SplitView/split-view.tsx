import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import styles from './split-view.module.css';

/** What an arrow key moves the edge by. */
const KEY_STEP = 0.02;

interface SplitViewProps {
  readonly children: ReactNode;
  /** Undefined: nothing is open, the main part has all of the width. */
  readonly detail: ReactNode | undefined;
  readonly detailLabel: string;
  /** Where the detail is; at the start it is what the main part is chosen by. */
  readonly side?: 'start' | 'end';
  readonly resizeLabel: string;
  /** The detail's share of the width. The owner clamps and remembers it. */
  readonly share: number;
  readonly onShare: (share: number) => void;
  readonly shareLimits: { readonly min: number; readonly max: number };
}

/** A page and, beside it, a detail that pushes and never covers. On a phone the detail is the page. */
export function SplitView({ children, detail, side = 'end', share, onShare, shareLimits, ...labels }: SplitViewProps) {
  const split = useRef<HTMLDivElement>(null);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || split.current === null) return;
    const box = split.current.getBoundingClientRect();
    onShare((side === 'end' ? box.right - event.clientX : event.clientX - box.left) / box.width);
  };
  const step = (event: KeyboardEvent) => {
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: side === 'end' ? share + KEY_STEP : share - KEY_STEP,
      ArrowRight: side === 'end' ? share - KEY_STEP : share + KEY_STEP,
      Home: shareLimits.max,
      End: shareLimits.min,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    onShare(target);
  };
  const Detail = side === 'end' ? 'aside' : 'section';
  const handle = (
    <div
      className={styles.handle}
      role="separator"
      aria-orientation="vertical"
      aria-label={labels.resizeLabel}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={Math.round(shareLimits.min * 100)}
      aria-valuemax={Math.round(shareLimits.max * 100)}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={step}
    />
  );
  const beside = detail !== undefined && (
    <Detail
      className={styles.detail}
      data-side={side}
      aria-label={labels.detailLabel}
      style={{ ['--detail-width' as string]: `${share * 100}%` }}
    >
      {detail}
    </Detail>
  );
  return (
    <div ref={split} className={styles.split}>
      {side === 'start' && beside}
      {side === 'start' && beside && handle}
      <div className={styles.main}>{children}</div>
      {side === 'end' && beside && handle}
      {side === 'end' && beside}
    </div>
  );
}
