import * as Popover from '@radix-ui/react-popover';
import { Suspense, useState } from 'react';
import { withTexts } from '../../messages/load-messages.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { buttonClass } from '../../shared/Button/button.tsx';
import { Icon } from '../../shared/Icon/icon.tsx';
import { laterPart } from '../../shared/later-part.tsx';
import styles from './saved-searches.module.css';
import type { LogAddress } from './use-log-search.ts';

const SavedPanel = laterPart(async () => (await withTexts(import('./saved-panel.tsx'))).SavedPanel);

interface SavedSearchesProps {
  readonly address: LogAddress;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** Searches that were given names: saved as they are shown, with range and columns, and shown again. */
export function SavedSearches({ address, open, onOpen }: SavedSearchesProps) {
  const t = useTranslate();
  const [renamed, setRenamed] = useState<string>();
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setRenamed(undefined);
        onOpen(next);
      }}
    >
      <Popover.Trigger className={buttonClass({ look: 'quiet', size: 'small' })}>
        <Icon name="bookmark" />
        {t('saved.title')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t('saved.title')}
          onEscapeKeyDown={(event) => {
            if (renamed === undefined) return;
            // It ends the renaming first.
            event.preventDefault();
            setRenamed(undefined);
          }}
        >
          <Suspense fallback={<p className={styles.none}>{t('saved.loading')}</p>}>
            <SavedPanel address={address} renamed={renamed} onRenamed={setRenamed} onDone={() => onOpen(false)} />
          </Suspense>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
