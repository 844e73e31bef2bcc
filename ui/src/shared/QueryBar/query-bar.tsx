import { type ComponentType, Suspense, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { type QueryProblem, queryProblem } from '../../logic/query-problem.ts';
import type { SeenValues } from '../../logic/seen-values.ts';
import type { LoadValues } from '../../logic/value-suggestion.ts';
import { withExpected } from '../../messages/expected-text.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { IconButton } from '../Button/button.tsx';
import { laterPart } from '../later-part.tsx';
import { PlainQueryField } from './plain-query-field.tsx';
import styles from './query-bar.module.css';
import { type CompletionSourceOptions, completeQuery } from './query-completions.ts';
import type { QueryEditorProps, Replacement, WrittenSelection } from './query-editor.tsx';
import { useRangeValues } from './use-range-values.ts';

/** Menus come after what the page is drawn with. */
const HistoryMenu = laterPart(async () => (await import('./history-menu.tsx')).HistoryMenu);
/** While the reader types, a half-written query is not called wrong before this. */
const PROBLEM_DELAY_MILLIS = 700;

interface QueryBarProps {
  readonly value: string;
  readonly target: 'logs' | 'spans';
  /** The page asks this query. Where it only keeps it for a list, nothing is wrong with it before it is edited. */
  readonly isAsked: boolean;
  readonly serverError: QueryProblem | undefined;
  readonly seenValues: SeenValues;
  readonly services: readonly string[];
  readonly rangeFields: ReadonlyMap<string, number> | undefined;
  readonly loadValues: LoadValues | undefined;
  readonly history: readonly string[];
  readonly focusRequest: number;
  readonly onSubmit: (query: string) => void;
}

/** The query, with what it means in colour, what is wrong with it at its place, and what could come next. Enter runs it. */
export function QueryBar(props: QueryBarProps) {
  const t = useTranslate();
  const format = useFormat();
  const [text, setText] = useState(props.value);
  const [replacement, setReplacement] = useState<Replacement>({ text: props.value });
  const submitted = useRef(props.value);
  const replace = (written: string) => {
    setText(written);
    setReplacement({ text: written });
  };
  useEffect(() => {
    // The reader's own query came back as the address's: what they wrote meanwhile stays.
    if (props.value === submitted.current) return;
    submitted.current = props.value;
    setText(props.value);
    setReplacement({ text: props.value });
  }, [props.value]);
  const run = (query: string) => {
    submitted.current = query;
    props.onSubmit(query);
  };
  const isRun = text.trim() === props.value;
  const problem = queryProblem(text, props.target) ?? (isRun ? props.serverError : undefined);
  const shown = useSettled(problem?.message, PROBLEM_DELAY_MILLIS);
  const [refused, setRefused] = useState('');
  const [isCompleting, setCompleting] = useState(false);
  const [rangeValues, arrivals] = useRangeValues(props.target, props.loadValues);
  const [isHistoryAwaited, setHistoryAwaited] = useState(false);
  const bar = useRef<HTMLElement>(null);
  const [editor, setEditor] = useState<{
    readonly Editor: ComponentType<QueryEditorProps>;
    readonly selection: WrittenSelection | undefined;
  }>();
  const fetched = useRef<ComponentType<QueryEditorProps>>(undefined);
  const isComposing = useRef(false);
  const handOver = () => {
    const Editor = fetched.current;
    // A syllable that is being composed would stand there twice.
    if (Editor === undefined || isComposing.current) return;
    const field = document.activeElement;
    const selection =
      field instanceof HTMLInputElement && bar.current?.contains(field)
        ? { anchor: field.selectionStart ?? 0, head: field.selectionEnd ?? 0 }
        : undefined;
    // In this turn: the editor takes the focus that the field has now, not one that the reader has moved elsewhere before the next picture.
    flushSync(() => setEditor((present) => present ?? { Editor, selection }));
  };
  const approach = () => {
    import('./query-editor.tsx').then(
      ({ QueryEditor }) => {
        fetched.current = QueryEditor;
        handOver();
      },
      // The plain field goes on working; coming near it again tries again.
      (error: unknown) => console.error('Threadline could not load the query editor', error),
    );
  };
  /** The text comes with the key: this component may not have heard of the last change yet. */
  const submit = (written: string) => {
    if (written.trim() !== props.value && queryProblem(written, props.target) !== undefined) setRefused(written);
    else run(written.trim());
  };
  const matters = props.isAsked || text !== props.value;
  const isShown = problem !== undefined && matters && !isCompleting && (shown === problem.message || refused === text);
  const completionOptions: CompletionSourceOptions = {
    ...props,
    rangeValues,
    describe: ({ kind, count, isOfRange }) =>
      count === undefined ? t(`query.${kind}`) : t(isOfRange ? 'query.counted' : 'query.seen', { count, shown: format.number(count) }),
  };
  const completion = useRef(completionOptions);
  completion.current = completionOptions;
  const editorProps = {
    text,
    replacement,
    label: t('query.label'),
    placeholder: t(props.target === 'logs' ? 'query.placeholderLogs' : 'query.placeholderSpans'),
    errorPosition: isShown ? problem.position : undefined,
    focusRequest: props.focusRequest,
    onChange: setText,
    onSubmit: submit,
  };
  return (
    <search ref={bar} className={styles.bar} data-invalid={isShown}>
      {editor === undefined ? (
        <PlainQueryField {...editorProps} isComposing={isComposing} onApproach={approach} onComposed={handOver} />
      ) : (
        <editor.Editor
          {...editorProps}
          initialSelection={editor.selection}
          onCompleting={setCompleting}
          refreshRequest={arrivals}
          complete={(context) => completeQuery(context, () => completion.current)}
        />
      )}
      <Suspense fallback={<IconButton icon="history" label={t('query.history')} onClick={() => setHistoryAwaited(true)} />}>
        <HistoryMenu
          history={props.history}
          startsOpen={isHistoryAwaited}
          onChoose={(query) => {
            replace(query);
            run(query);
          }}
        />
      </Suspense>
      {isShown && (
        <p className={styles.problem} role="alert">
          <strong>{t('query.problem')}</strong> {withExpected(problem.message, problem.expected, t)}
        </p>
      )}
    </search>
  );
}

/** The value once it has not changed for a while. */
function useSettled<Value>(value: Value, delayMillis: number): Value | undefined {
  const [settled, setSettled] = useState<Value | undefined>(undefined);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMillis);
    return () => clearTimeout(timer);
  }, [value, delayMillis]);
  return settled;
}
