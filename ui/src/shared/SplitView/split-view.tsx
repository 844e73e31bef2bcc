import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './split-view.module.css';

/** What an arrow key moves the edge by. */
const KEY_STEP = 0.02;

interface SplitViewProps {
  readonly children: ReactNode;
  /** Undefined: nothing is open, the main part has all of the width. */
  readonly detail: ReactNode | undefined;
  readonly detailLabel: string;
  /** The detail's share of the width. The owner clamps and remembers it. */
  readonly share: number;
  readonly onShare: (share: number) => void;
  readonly shareLimits: { readonly min: number; readonly max: number };
}

/** A page and, at its right, a detail that pushes and never covers. On a phone the detail is the page. */
export function SplitView({ children, detail, detailLabel, share, onShare, shareLimits }: SplitViewProps) {
  const t = useTranslate();
  const split = useRef<HTMLDivElement>(null);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || split.current === null) return;
    const box = split.current.getBoundingClientRect();
    onShare((box.right - event.clientX) / box.width);
  };
  const step = (event: KeyboardEvent) => {
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: share + KEY_STEP,
      ArrowRight: share - KEY_STEP,
      Home: shareLimits.max,
      End: shareLimits.min,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    onShare(target);
  };
  return (
    <div ref={split} className={styles.split}>
      <div className={styles.main}>{children}</div>
      {detail !== undefined && (
        <>
          <div
            className={styles.handle}
            role="separator"
            aria-orientation="vertical"
            aria-label={t('detail.resize')}
            aria-valuenow={Math.round(share * 100)}
            aria-valuemin={Math.round(shareLimits.min * 100)}
            aria-valuemax={Math.round(shareLimits.max * 100)}
            tabIndex={0}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            onKeyDown={step}
          />
          <aside className={styles.detail} aria-label={detailLabel} style={{ ['--detail-width' as string]: `${share * 100}%` }}>
            {detail}
          </aside>
        </>
      )}
    </div>
  );
}
