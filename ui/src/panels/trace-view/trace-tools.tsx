import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import styles from './trace-view.module.css';
import type { Waterfall } from './use-waterfall.ts';
import type { WaterfallAddress } from './waterfall-address.ts';

/** Typing is looked up when it pauses for so long. */
const TYPING_MILLIS = 150;

interface TraceToolsProps {
  readonly address: WaterfallAddress;
  readonly waterfall: Waterfall;
  readonly repeatGroups: number;
  /** Where else there may be what no span is called by. */
  readonly elsewhere?: ReactNode;
}

/** What is looked for in the waterfall and what of it is shown. */
export function TraceTools({ address, waterfall, repeatGroups, elsewhere }: TraceToolsProps) {
  const t = useTranslate();
  return (
    <div className={styles.tools}>
      <GroupChip address={address} />
      <FindField address={address} waterfall={waterfall} canFilter elsewhere={elsewhere} />
      {waterfall.focus !== -1 && (
        <Button size="small" onClick={() => address.setFocus(undefined)}>
          {t('trace.unfocus')}
        </Button>
      )}
      <label className={styles.check}>
        <input type="checkbox" checked={address.showCritical} onChange={(event) => address.setShowCritical(event.target.checked)} />
        {t('trace.critical')}
      </label>
      {repeatGroups > 0 && (
        <label className={styles.check}>
          <input type="checkbox" checked={address.foldRepeats} onChange={(event) => address.setFoldRepeats(event.target.checked)} />
          {t('trace.foldRepeats')}
        </label>
      )}
      <label className={styles.check}>
        <input type="checkbox" checked={address.showLogs} onChange={(event) => address.setShowLogs(event.target.checked)} />
        {t('trace.showLogs')}
      </label>
    </div>
  );
}

/** The service or operation whose spans are shown, and the way back to all. */
function GroupChip({ address }: Pick<TraceToolsProps, 'address'>) {
  const t = useTranslate();
  const { group } = address;
  if (group === undefined) return null;
  const text = showControls([group.service === '' ? t('service.unnamed') : group.service, group.operation].filter(Boolean).join(' '));
  return (
    <Button size="small" className={styles.chip} title={text} aria-label={t('trace.clearGroup', { text })} onClick={address.clearGroup}>
      <span className={styles.label}>{text}</span>
      <Icon name="close" />
    </Button>
  );
}

interface FindFieldProps extends Pick<TraceToolsProps, 'address' | 'waterfall' | 'elsewhere'> {
  /** What is not found can be left out. */
  readonly canFilter: boolean;
}

/** Enter goes to the next, Shift and Enter to the one before. */
export function FindField({ address, waterfall, canFilter, elsewhere }: FindFieldProps) {
  const t = useTranslate();
  const format = useFormat();
  const [text, setText] = useState(address.find);
  const timer = useRef<number>(undefined);
  useEffect(() => setText(address.find), [address.find]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (next: string): void => {
    clearTimeout(timer.current);
    if (next !== address.find) address.setFind(next);
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter') return;
    apply(text);
    waterfall.openNextFound(event.shiftKey ? -1 : 1);
  };
  return (
    <form role="search" className={styles.find} onSubmit={(event: FormEvent) => event.preventDefault()}>
      <input
        type="search"
        className={styles.findInput}
        aria-label={t('trace.find')}
        placeholder={t('trace.find')}
        value={text}
        onKeyDown={keys}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => apply(next), TYPING_MILLIS);
        }}
      />
      {waterfall.found !== undefined && (
        <>
          <span role="status">{t('trace.found', { count: waterfall.found.count, shown: format.number(waterfall.found.count) })}</span>
          {waterfall.found.count === 0 && elsewhere}
          {canFilter && (
            <label className={styles.check}>
              <input type="checkbox" checked={address.onlyFound} onChange={(event) => address.setOnlyFound(event.target.checked)} />
              {t('trace.onlyFound')}
            </label>
          )}
        </>
      )}
    </form>
  );
}
