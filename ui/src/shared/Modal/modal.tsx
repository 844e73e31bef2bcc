import * as Dialog from '@radix-ui/react-dialog';
import { type ReactNode, useRef } from 'react';
import { useTranslate } from '../../messages/translate.tsx';
import { hasDialog } from '../../state/kept-focus.ts';
import { IconButton } from '../Button/button.tsx';
import styles from './modal.module.css';

interface ModalProps {
  readonly title: string;
  readonly open: boolean;
  /** Undefined: the dialog can only be answered. */
  readonly onClose: (() => void) | undefined;
  readonly children: ReactNode;
}

/** A dialog over a dimmed page. The backdrop is ours: the library's would write an inline style sheet, which the policy refuses. */
export function Modal({ title, open, onClose, children }: ModalProps) {
  const t = useTranslate();
  const before = useRef<Element | null>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose?.()}>
      <Dialog.Portal>
        <div className={styles.backdrop} />
        <Dialog.Content
          className={styles.dialog}
          aria-describedby={undefined}
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          // The library would look for a button that opened it: there is none where a key did.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // A key may have opened another one meanwhile.
            if (before.current instanceof HTMLElement && before.current.isConnected && !hasDialog()) before.current.focus();
          }}
        >
          <div className={styles.dialogTitle}>
            <Dialog.Title>{title}</Dialog.Title>
            {onClose && <IconButton icon="close" label={t('detail.close')} size="small" onClick={onClose} />}
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
