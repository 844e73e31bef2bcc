import type { LogPattern } from '@threadline/collector/api';
import { NO_TEMPLATE_ID, OTHER_TEMPLATES_ID } from '@threadline/query-language';
import { useTranslate } from '../../messages/translate.tsx';
import { PatternParts } from '../../shared/PatternParts/pattern-parts.tsx';
import styles from './patterns.module.css';

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
      <PatternParts parts={parts} />
    </span>
  );
}
