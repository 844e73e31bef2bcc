import type { LogPattern, PatternWildcard } from '@threadline/collector/api';
import { NO_TEMPLATE_ID, OTHER_TEMPLATES_ID } from '@threadline/query-language';
import { showControls } from '../../logic/control-characters.ts';
import type { MessageKey } from '../../messages/english.ts';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './patterns.module.css';

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

/** What messages have in common, with marks where they differ; for records without a pattern why they have none. */
export function PatternText({ pattern: { id, parts } }: { readonly pattern: LogPattern }) {
  const t = useTranslate();
  if (id === OTHER_TEMPLATES_ID || id === NO_TEMPLATE_ID) {
    const isOther = id === OTHER_TEMPLATES_ID;
    return (
      <span className={styles.without} title={t(isOther ? 'patterns.otherHelp' : 'patterns.noneHelp')}>
        {t(isOther ? 'patterns.other' : 'patterns.none')}
      </span>
    );
  }
  return (
    <span className={styles.text}>
      {parts.map((part, place) =>
        'text' in part ? (
          <span key={place}>{showControls(part.text)}</span>
        ) : (
          <span key={place} className={styles.wildcard}>
            {t(WILDCARD_NAMES[part.wildcard])}
          </span>
        ),
      )}
    </span>
  );
}
