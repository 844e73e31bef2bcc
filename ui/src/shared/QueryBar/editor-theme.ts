import { EditorView } from '@codemirror/view';

/** The editor lives in a shadow root, where style sheets of the page do not reach; the tokens, being inherited, do. */
export const editorTheme = EditorView.theme({
  '&': { height: '28px', color: 'var(--text)', fontSize: 'var(--size-table)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-data)', lineHeight: '28px', overflowX: 'auto', overflowY: 'hidden', scrollbarWidth: 'none' },
  '.cm-content': { padding: '0 8px', caretColor: 'var(--text)', whiteSpace: 'pre' },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { background: 'var(--selected)' },
  '.q-field': { color: 'var(--accent)' },
  '.q-operator, .q-negation': { color: 'var(--level-fatal)', fontWeight: '600' },
  '.q-string, .q-regex': { color: 'var(--hue-2)' },
  '.q-range': { color: 'var(--level-warn)' },
  '.q-open, .q-close': { color: 'var(--muted)' },
  '.q-error': { textDecoration: 'underline wavy var(--level-error)', textUnderlineOffset: '3px' },
  '.q-error-end': { borderBottom: '2px solid var(--level-error)', display: 'inline-block', width: '8px', height: '14px' },
  '.cm-tooltip': { border: '1px solid var(--line-color)', borderRadius: '4px', background: 'var(--panel)', boxShadow: 'var(--shadow)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { maxHeight: '280px', fontFamily: 'var(--font-data)', fontSize: 'var(--size-table)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.45' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--selected)', color: 'var(--text)' },
  '.cm-completionDetail': { marginLeft: '12px', color: 'var(--muted)', fontStyle: 'normal', fontFamily: 'var(--font-text)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
});
