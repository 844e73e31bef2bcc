import * as DropdownMenu from '@radix-ui/react-dropdown-menu';
import type { ReactElement, ReactNode } from 'react';
import styles from './menu.module.css';

interface MenuProps {
  /** What opens it: a button. */
  readonly trigger: ReactElement;
  readonly align?: 'start' | 'end';
  /** It comes open: it was asked for before it was there. */
  readonly startsOpen?: boolean;
  readonly children: ReactNode;
}

/** What can be done with the thing that was clicked. */
export function Menu({ trigger, align = 'start', startsOpen = false, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={startsOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align={align} sideOffset={2} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  readonly label: string;
  readonly isDisabled?: boolean;
  /** It is a query or the like, in the font of data. */
  readonly isData?: boolean;
  readonly onSelect: () => void;
}

export function MenuItem({ label, isDisabled = false, isData = false, onSelect }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={`${styles.item} ${isData ? styles.data : ''}`} disabled={isDisabled} onSelect={onSelect}>
      {label}
    </DropdownMenu.Item>
  );
}

/** In the place of items, where there are none. */
export function MenuNote({ text }: { readonly text: string }) {
  return <DropdownMenu.Label className={styles.note}>{text}</DropdownMenu.Label>;
}

export function MenuLink({ label, href }: { readonly label: string; readonly href: string }) {
  return (
    <DropdownMenu.Item asChild>
      <a className={styles.item} href={href} target="_blank" rel="noopener noreferrer">
        {label}
      </a>
    </DropdownMenu.Item>
  );
}
