import type { StackLine } from '@threadline/collector/api';
import { useState } from 'react';
import { showControls } from '../../logic/control-characters.ts';
import { type StackPart, stackParts, stackText } from '../../logic/stack-lines.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';
import { CopyButton } from '../CopyButton/copy-button.tsx';
import { Icon } from '../Icon/icon.tsx';
import styles from './error-groups.module.css';

/** A stack with the app's own frames told apart, and runs of library frames folded until they are asked for. */
export function ErrorStack({ stack }: { readonly stack: readonly StackLine[] }) {
  const t = useTranslate();
  const parts = stackParts(stack);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const foldable = parts.filter(({ isFoldable }) => isFoldable);
  const isAllOpen = foldable.every(({ place }) => opened.has(place));
  const toggle = (place: number) =>
    setOpened((before) => {
      const next = new Set(before);
      if (!next.delete(place)) next.add(place);
      return next;
    });
  return (
    <>
      <div className={styles.stackHead}>
        <h3 className={styles.heading}>{t('errors.stack')}</h3>
        {foldable.length > 0 && (
          <Button size="small" onClick={() => setOpened(isAllOpen ? new Set() : new Set(foldable.map(({ place }) => place)))}>
            {t(isAllOpen ? 'errors.foldLibraries' : 'errors.showLibraries')}
          </Button>
        )}
        <CopyButton label={t('errors.copyStack')} text={() => stackText(stack)} />
      </div>
      <div className={styles.stack} role="region" aria-label={t('errors.stack')} tabIndex={0}>
        {parts.map((part) => (
          <StackLines
            key={part.place}
            part={part}
            isOpen={!part.isFoldable || opened.has(part.place)}
            onToggle={() => toggle(part.place)}
          />
        ))}
      </div>
    </>
  );
}

function StackLines({ part, isOpen, onToggle }: { readonly part: StackPart; readonly isOpen: boolean; readonly onToggle: () => void }) {
  const t = useTranslate();
  const { lines, isFoldable } = part;
  return (
    <>
      {isFoldable && (
        <button type="button" className={styles.fold} aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={isOpen ? 'down' : 'right'} />
          {t('errors.libraryFrames', { count: lines.length })}
        </button>
      )}
      {isOpen &&
        lines.map(({ text, kind }, line) => (
          <div key={line} className={styles.line} data-kind={kind}>
            {kind === 'app' && <span className={styles.hidden}>{t('errors.appFrame')} </span>}
            {showControls(text)}
          </div>
        ))}
    </>
  );
}
