import { useEffect, useId, useRef } from 'react';
import { queryProblem } from '../../logic/query-problem.ts';
import { withExpected } from '../../messages/expected-text.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, IconButton } from '../../shared/Button/button.tsx';
import styles from './trace-search.module.css';

/** As many as the collector takes. */
const MAX_OTHERS = 8;

interface OtherSpansProps {
  readonly drafts: readonly string[];
  readonly services: readonly string[];
  readonly onDraft: (drafts: readonly string[]) => void;
  /** One was taken away: that acts at once. */
  readonly onRemove: (drafts: readonly string[]) => void;
}

/** Queries that other spans of the same trace have to fulfil, each in a field of its own. Enter searches. */
export function OtherSpans({ drafts, services, onDraft, onRemove }: OtherSpansProps) {
  const t = useTranslate();
  const listId = useId();
  const last = useRef<HTMLInputElement>(null);
  const wasAdded = useRef(false);
  useEffect(() => {
    if (wasAdded.current && drafts.length > 0) last.current?.focus();
    wasAdded.current = false;
  }, [drafts.length]);
  const problem = drafts.map((text) => queryProblem(text, 'spans')).find((found) => found !== undefined);
  return (
    <>
      {drafts.map((text, place) => (
        <span key={place} className={styles.other}>
          <label className={styles.field}>
            {t('traces.and')}
            <input
              ref={place === drafts.length - 1 ? last : undefined}
              className={`${styles.input} ${styles.otherInput}`}
              list={listId}
              value={text}
              placeholder={t('traces.andPlaceholder')}
              spellCheck={false}
              autoComplete="off"
              aria-invalid={queryProblem(text, 'spans') !== undefined}
              onChange={(event) => onDraft(drafts.with(place, event.target.value))}
            />
          </label>
          <IconButton icon="close" label={t('traces.andRemove')} onClick={() => onRemove(drafts.toSpliced(place, 1))} />
        </span>
      ))}
      <datalist id={listId}>
        {services.map((name) => (
          <option key={name} value={`service:${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`} />
        ))}
      </datalist>
      {drafts.length < MAX_OTHERS && (
        <Button
          onClick={() => {
            wasAdded.current = true;
            onDraft([...drafts, '']);
          }}
        >
          {t('traces.andAdd')}
        </Button>
      )}
      {problem && (
        <p className={styles.problem} role="alert">
          {withExpected(problem.message, problem.expected, t)}
        </p>
      )}
    </>
  );
}
