import type { CompletionSource } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { createQueryEditor } from './create-query-editor.ts';
import styles from './query-bar.module.css';
import { setErrorPosition } from './query-highlight.ts';

export interface QueryEditorProps {
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly errorPosition: number | undefined;
  readonly complete: CompletionSource;
  /** Rises each time the reader asks for the query by its key. */
  readonly focusRequest: number;
  /** Where the reader was writing when the editor came; undefined when nowhere in it. */
  readonly initialCaret: number | undefined;
  readonly onChange: (text: string) => void;
  /** A list of completions opens or closes. */
  readonly onCompleting: (isOpen: boolean) => void;
  readonly onSubmit: () => void;
}

/** CodeMirror under React's control: the text, the error and the focus follow the properties. */
export function QueryEditor(props: QueryEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (host.current === null) return;
    const editor = createQueryEditor(host.current, {
      text: latest.current.text,
      label: props.label,
      placeholder: props.placeholder,
      complete: (context) => latest.current.complete(context),
      onChange: (text) => latest.current.onChange(text),
      onCompleting: (isOpen) => latest.current.onCompleting(isOpen),
      onSubmit: () => latest.current.onSubmit(),
      onEscape: () => editor.contentDOM.blur(),
    });
    view.current = editor;
    const { initialCaret } = latest.current;
    if (initialCaret !== undefined) {
      editor.dispatch({ selection: { anchor: Math.min(initialCaret, editor.state.doc.length) } });
      editor.focus();
    }
    return () => editor.destroy();
  }, [props.label, props.placeholder]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === props.text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.text }, selection: { anchor: props.text.length } });
  }, [props.text]);
  useEffect(() => {
    view.current?.dispatch({ effects: setErrorPosition.of(props.errorPosition) });
  }, [props.errorPosition, props.text]);
  useEffect(() => {
    if (props.focusRequest > 0) view.current?.focus();
  }, [props.focusRequest]);
  return <div ref={host} className={styles.editor} />;
}
