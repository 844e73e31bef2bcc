import type { RefObject } from 'react';
import { useShortcuts } from './shortcuts.ts';

/** `j` and `k` go through the buttons of a list that the selector names, from the first or the last on where none has the focus. */
export function useButtonKeys(list: RefObject<HTMLElement | null>, selector: string): void {
  const move = (step: number) => {
    const buttons: Element[] = [...(list.current?.querySelectorAll(selector) ?? [])];
    const current = document.activeElement === null ? -1 : buttons.indexOf(document.activeElement);
    const next = current === -1 ? (step > 0 ? 0 : buttons.length - 1) : Math.min(buttons.length - 1, Math.max(0, current + step));
    const target = buttons[next];
    if (target instanceof HTMLElement) target.focus();
  };
  useShortcuts({ j: () => move(1), k: () => move(-1) });
}
