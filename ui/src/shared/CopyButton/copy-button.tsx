import { useEffect, useState } from 'react';
import { copyText } from '../../logic/copy-text.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../Button/button.tsx';

/** Long enough to be read. */
const CONFIRM_MILLIS = 1_500;

interface CopyButtonProps {
  /** Called on click: what is copied may be large. */
  readonly text: () => string;
  readonly label: string;
  readonly size?: 'normal' | 'small';
}

/** Copies, and says whether it did. */
export function CopyButton({ text, label, size = 'small' }: CopyButtonProps) {
  const t = useTranslate();
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), CONFIRM_MILLIS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    copyText(text()).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    );
  };
  const shown = outcome === 'copied' ? t('copy.done') : outcome === 'failed' ? t('copy.failed') : label;
  return (
    <Button size={size} onClick={copy}>
      <span aria-live="polite">{shown}</span>
    </Button>
  );
}
