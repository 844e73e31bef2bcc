import { type RefObject, useEffect, useRef } from 'react';
import { tokenizeQuery } from '../../logic/query-tokens.ts';
import { focusPage } from '../../state/kept-focus.ts';
import styles from './query-bar.module.css';

interface PlainQueryFieldProps {
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly errorPosition: number | undefined;
  readonly focusRequest: number;
  readonly onChange: (text: string) => void;
  readonly onSubmit: (text: string) => void;
  /** The reader comes near: the editor is worth fetching. */
  readonly onApproach: () => void;
  /** Is set while an input method composes a syllable or a word. */
  readonly isComposing: RefObject<boolean>;
  /** What was composed stands in the text, and nothing else is being composed. */
  readonly onComposed: () => void;
}

/**
 * Stands where the editor will until the reader wants to write: the editor is the largest part of the UI, and most visits only read.
 * It looks the same, takes text and runs it.
 */
export function PlainQueryField(props: PlainQueryFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const { focusRequest } = props;
  const answered = useRef(focusRequest);
  useEffect(() => {
    if (answered.current === focusRequest) return;
    answered.current = focusRequest;
    input.current?.focus();
  }, [focusRequest]);
  return (
    <div className={styles.plain}>
      <div ref={mirror} className={styles.mirror} aria-hidden="true">
        {colouredPieces(props.text, props.errorPosition)}
      </div>
      <input
        ref={input}
        className={styles.input}
        aria-label={props.label}
        placeholder={props.placeholder}
        value={props.text}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => props.onChange(target.value)}
        onCompositionStart={() => {
          props.isComposing.current = true;
        }}
        onCompositionEnd={() => {
          props.isComposing.current = false;
          // The key that ends a syllable may begin the next.
          setTimeout(props.onComposed);
        }}
        onFocus={props.onApproach}
        onPointerEnter={props.onApproach}
        onScroll={(event) => {
          if (mirror.current !== null) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onSubmit(event.currentTarget.value);
          if (event.key === 'Escape') focusPage();
        }}
      />
    </div>
  );
}

function colouredPieces(text: string, errorPosition: number | undefined) {
  const pieces = [];
  let at = 0;
  for (const { type, start, end } of tokenizeQuery(text)) {
    const isWrong = errorPosition !== undefined && errorPosition >= start && errorPosition < end;
    pieces.push(
      text.slice(at, start),
      <span key={start} className={`${styles[type]} ${isWrong ? styles.wrong : ''}`}>
        {text.slice(start, end)}
      </span>,
    );
    at = end;
  }
  return [...pieces, text.slice(at)];
}
