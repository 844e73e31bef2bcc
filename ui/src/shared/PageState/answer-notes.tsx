import type { AnswerNotes } from '@threadline/collector/api';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import styles from './page-state.module.css';

/** What an answer says of itself: that it is partial, what it cost. Nothing where it says nothing. */
export function AnswerNotesBar({ answers }: { readonly answers: readonly AnswerNotes[] }) {
  const t = useTranslate();
  const format = useFormat();
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings ?? []))];
  const partial = answers.findLast((answer) => answer.partial !== undefined)?.partial;
  if (warnings.length === 0 && partial === undefined) return null;
  return (
    <div className={styles.notes} role="status">
      {partial && <span>{t('state.partial', { time: format.exact(partial.searchedFrom), reason: t.say(partial.reason) })}</span>}
      {warnings.map((warning) => (
        <span key={warning}>{t.say(warning)}</span>
      ))}
    </div>
  );
}
