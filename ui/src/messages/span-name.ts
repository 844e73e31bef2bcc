import { showControls } from '../logic/control-characters.ts';
import type { Translate } from './translate.tsx';

/** What a span is called; that it is called nothing is said, so that no row is empty. */
export function spanName(name: string, t: Translate): string {
  return name === '' ? t('span.unnamed') : showControls(name);
}
