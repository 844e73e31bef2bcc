import * as DropdownMenu from '@radix-ui/react-dropdown-menu';
import type { ReactElement, ReactNode } from 'react';
import styles from './menu.module.css';

interface MenuProps {
  /** What opens it: a button. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** What can be done with the thing that was clicked. */
export function Menu({ trigger, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align="start" sideOffset={2} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  readonly label: string;
  readonly isDisabled?: boolean;
  readonly onSelect: () => void;
}

export function MenuItem({ label, isDisabled = false, onSelect }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={styles.item} disabled={isDisabled} onSelect={onSelect}>
      {label}
    </DropdownMenu.Item>
  );
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
