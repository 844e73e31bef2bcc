import { copyText } from '../../logic/copy-text.ts';
import type { MessageKey } from '../../messages/english.ts';
import type { Translate } from '../../messages/translate.tsx';

/** One short sentence that confirms what a key or a menu did, where nothing else on the page would show it. */
let current = '';
const listeners = new Set<() => void>();

export function noticeText(): string {
  return current;
}

export function setNotice(text: string): void {
  current = text;
  for (const listener of listeners) listener();
}

/** For useSyncExternalStore. */
export function subscribeNotice(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Copies, and says whether it did. */
export function copyWithNotice(text: string, t: Translate, done: MessageKey = 'copy.done'): void {
  copyText(text).then(
    () => setNotice(t(done)),
    () => setNotice(t('copy.failed')),
  );
}
