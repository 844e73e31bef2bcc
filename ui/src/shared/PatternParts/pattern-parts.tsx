import type { PatternPart, PatternWildcard } from '@threadline/collector/api';
import { showControls } from '../../logic/control-characters.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './pattern-parts.module.css';

export const WILDCARD_NAMES: Readonly<Record<PatternWildcard, MessageKey>> = {
  any: 'patterns.any',
  num: 'patterns.num',
  hex: 'patterns.hex',
  uuid: 'patterns.uuid',
  ip: 'patterns.ip',
  time: 'patterns.time',
  id: 'patterns.id',
  rest: 'patterns.rest',
};

/** What messages have in common, with marks where they differ. */
export function PatternParts({ parts }: { readonly parts: readonly PatternPart[] }) {
  const t = useTranslate();
  return parts.map((part, place) =>
    'text' in part ? (
      <span key={place}>{showControls(part.text)}</span>
    ) : (
      <span key={place} className={styles.wildcard}>
        {t(WILDCARD_NAMES[part.wildcard])}
      </span>
    ),
  );
}
