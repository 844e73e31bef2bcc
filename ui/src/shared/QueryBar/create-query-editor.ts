import {
  acceptCompletion,
  autocompletion,
  type CompletionSource,
  closeCompletion,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { editorTheme } from './editor-theme.ts';
import { errorUnderline, highlightQuery } from './query-highlight.ts';

export interface QueryEditorOptions {
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly complete: CompletionSource;
  readonly onChange: (text: string) => void;
  /** A list of completions opens or closes. */
  readonly onCompleting: (isOpen: boolean) => void;
  /** With what is written at that moment. */
  readonly onSubmit: (text: string) => void;
  readonly onEscape: () => void;
}

/** A query is one line: line breaks, as pasted text has them, become spaces. */
const oneLine: Extension = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  const text = transaction.newDoc.sliceString(0, transaction.newDoc.length, ' ');
  return { changes: { from: 0, to: transaction.startState.doc.length, insert: text }, selection: { anchor: text.length } };
});

/** The completion that is chosen, else the first; false where there is none to take, and the key does what it does elsewhere. */
function takeCompletion(view: EditorView): boolean {
  return acceptCompletion(view) || (moveCompletionSelection(true)(view) && acceptCompletion(view));
}

/**
 * An editor for one query in a shadow root of its own: there CodeMirror's styles are constructed sheets, which the
 * content security policy allows; in the page they would be inline styles, which it does not.
 */
export function createQueryEditor(host: HTMLElement, options: QueryEditorOptions): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const submit = (view: EditorView) => {
    // What could come next is not asked any more: Escape leaves at once.
    closeCompletion(view);
    options.onSubmit(view.state.doc.toString());
    return true;
  };
  const leave = () => {
    options.onEscape();
    return true;
  };
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      selection: { anchor: options.text.length },
      extensions: [
        oneLine,
        history(),
        editorTheme,
        highlightQuery,
        errorUnderline,
        placeholder(options.placeholder),
        // Nothing is chosen until the reader chooses: Enter runs the query, Tab takes the first.
        autocompletion({ override: [options.complete], icons: false, selectOnOpen: false, interactionDelay: 0 }),
        keymap.of([
          ...completionKeymap,
          { key: 'Tab', run: takeCompletion },
          { key: 'Enter', run: submit },
          { key: 'ArrowDown', run: (view) => completionStatus(view.state) === null && startCompletion(view) },
          { key: 'Escape', run: leave },
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          'aria-multiline': 'false',
          enterkeyhint: 'search',
          autocapitalize: 'off',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
          const isOpen = completionStatus(update.state) === 'active';
          if (isOpen !== (completionStatus(update.startState) === 'active')) options.onCompleting(isOpen);
        }),
      ],
    }),
  });
}
