import { useEffect } from 'react';

const PAGE_ID = 'page';

/** Gives the focus to the rows of the page, where its keys act; to the page itself where it has none. */
export function focusPage(): void {
  const page = document.getElementById(PAGE_ID);
  const rows = page?.querySelector<HTMLElement>('[role="grid"], [role="treegrid"]');
  (rows ?? page)?.focus({ preventScroll: true });
}

/** The same for one who goes through the rows by keys, wherever in the page the focus is; in the details that are open beside them it stays. */
export function focusRows(): void {
  if (document.activeElement?.closest('aside') === null) focusPage();
}

/** Nothing that a reader sees has the focus. */
function isAdrift(): boolean {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body || activeElement.id === PAGE_ID;
}

/** Something that has the focus to itself is open, or has just been opened and is about to take it: where the focus goes elsewhere, it closes. */
export function hasDialog(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}

/** Gives the focus to the page where nothing has it, nor is about to. */
export function rescueFocus(): void {
  if (isAdrift() && !hasDialog()) focusPage();
}

/** The focus is never lost: where what has it goes away with a panel, an error or a page, the page has it. */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: Element | undefined;
    const onFocusIn = ({ target }: FocusEvent) => {
      last = target instanceof Element ? target : undefined;
    };
    // A click beside everything gives the focus up: that is not a loss. What is taken out of the page is so by the end of this turn.
    const onFocusOut = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (target === last && last?.isConnected === true) last = undefined;
      });
    const keep = () => {
      if (last === undefined || last.isConnected) return;
      last = undefined;
      rescueFocus();
    };
    const observer = new MutationObserver(keep);
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('focusout', onFocusOut);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('focusout', onFocusOut);
    };
  }, []);
}
