import { useEffect, useRef } from 'react';
import { rescueFocus } from './kept-focus.ts';
import { shortcutKey } from './shortcut-key.ts';

/** Keys as `shortcutKey` has them; `g l` is one key after another. */
export type ShortcutMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** The first key of every pair: what follows it is of the pair, even where it is an action by itself on the page. */
const PAIR_START = 'g';
/** The second key of a pair has to come within this. */
const PAIR_MILLIS = 1_000;

/**
 * Keys that the page acts on while it is shown. Nothing happens while the reader types, or with Ctrl, Alt or Meta held. Whoever uses them has the focus
 * in the page from then on, where it was nowhere: what the keys move is seen, and said.
 */
export function useShortcuts(shortcuts: ShortcutMap): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    let first = { key: '', at: Number.NEGATIVE_INFINITY };
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const key = shortcutKey(event);
      const isSecond = first.key === PAIR_START && event.timeStamp - first.at < PAIR_MILLIS;
      const pair = isSecond ? latest.current[`${PAIR_START} ${key}`] : undefined;
      first = { key, at: event.timeStamp };
      const action = isSecond ? pair : latest.current[key];
      if (action === undefined || (pair === undefined && isWidgetKey(event))) return;
      event.preventDefault();
      action(event);
      requestAnimationFrame(rescueFocus);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** A field, also inside a shadow root (the query bar), has the keys for itself. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type)) ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/** Enter on a button or a link, any key in a menu or a dialog: those are theirs. */
function isWidgetKey(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="menu"],[role="dialog"]') !== null) return event.key !== '?';
  return event.key === 'Enter' && target.closest('button,a,[role="button"],[role="tab"],[role="separator"]') !== null;
}
