import { type CompletionSource, selectedCompletion } from '@codemirror/autocomplete';
import { Transaction } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { focusPage } from '../../state/kept-focus.ts';
import { createQueryEditor } from './create-query-editor.ts';
import styles from './query-bar.module.css';
import { setErrorPosition } from './query-highlight.ts';

/** A text that stands in the place of whatever was written; each is a new object, so that the same text can come twice. */
export interface Replacement {
  readonly text: string;
}

/** What is selected of the text, up to where the reader writes; both the same: nothing. */
export interface WrittenSelection {
  readonly anchor: number;
  readonly head: number;
}

export interface QueryEditorProps {
  /** What is written already when the editor comes; from then on the editor has the text. */
  readonly text: string;
  readonly replacement: Replacement;
  readonly label: string;
  readonly placeholder: string;
  readonly errorPosition: number | undefined;
  readonly complete: CompletionSource;
  /** Rises each time that there is more to offer at the place where the reader is. */
  readonly refreshRequest: number;
  /** Rises each time the reader asks for the query by its key. */
  readonly focusRequest: number;
  /** Where the reader was writing when the editor came, with what the next letter replaces; undefined when nowhere in it. */
  readonly initialSelection: WrittenSelection | undefined;
  readonly onChange: (text: string) => void;
  /** A list of completions opens or closes. */
  readonly onCompleting: (isOpen: boolean) => void;
  readonly onSubmit: (text: string) => void;
}

/**
 * CodeMirror in React: it owns the text and tells of each change; only a replacement is written into it. A text that followed
 * the properties would undo letters, since React tells of a change some turns after it, when the reader may be further.
 */
export function QueryEditor(props: QueryEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const selection = useRef(props.initialSelection);
  const latest = useRef(props);
  latest.current = props;
  // At once, not after the next picture: until then a letter would have nowhere to go.
  useLayoutEffect(() => {
    if (host.current === null) return;
    const editor = createQueryEditor(host.current, {
      text: latest.current.text,
      label: props.label,
      placeholder: props.placeholder,
      complete: (context) => latest.current.complete(context),
      onChange: (text) => latest.current.onChange(text),
      onCompleting: (isOpen) => latest.current.onCompleting(isOpen),
      onSubmit: (text) => latest.current.onSubmit(text),
      onEscape: focusPage,
    });
    view.current = editor;
    if (selection.current !== undefined) {
      const { anchor, head } = selection.current;
      const { length } = editor.state.doc;
      editor.dispatch({ selection: { anchor: Math.min(anchor, length), head: Math.min(head, length) } });
      editor.focus();
    }
    return () => {
      // Another page's words make another editor: who is not writing in this one is not taken to that.
      selection.current = editor.hasFocus ? editor.state.selection.main : undefined;
      editor.destroy();
    };
  }, [props.label, props.placeholder]);
  const replaced = useRef(props.replacement);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || replaced.current === props.replacement) return;
    replaced.current = props.replacement;
    const { text } = props.replacement;
    if (editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, selection: { anchor: text.length } });
  }, [props.replacement]);
  useEffect(() => {
    view.current?.dispatch({ effects: setErrorPosition.of(props.errorPosition) });
  }, [props.errorPosition, props.text]);
  // One of before this editor was there has been answered: another page's bar does not take the focus.
  const answered = useRef(props.focusRequest);
  useEffect(() => {
    if (answered.current === props.focusRequest) return;
    answered.current = props.focusRequest;
    view.current?.focus();
  }, [props.focusRequest]);
  useEffect(() => {
    const editor = view.current;
    if (props.refreshRequest === 0 || !editor?.hasFocus) return;
    // What came may change the places of the entries: not under the pointer or the arrow keys of somebody who is about to choose.
    const isBeingUsed = selectedCompletion(editor.state) !== null || editor.dom.querySelector('[role=listbox]:hover') !== null;
    // As if a letter came that changes nothing: the list is made anew at once. `startCompletion` shows the old one for some
    // 50 ms, in which it takes no click.
    if (!isBeingUsed) editor.dispatch({ annotations: Transaction.userEvent.of('input.type') });
  }, [props.refreshRequest]);
  return <div ref={host} className={styles.editor} />;
}
