import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from '@codemirror/view';
import { tokenizeQuery } from '../../logic/query-tokens.ts';

/** Colours the pieces of a query. The whole text is done each time: a query is short. */
export const highlightQuery: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = decorate(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function decorate(view: EditorView): DecorationSet {
  const tokens = tokenizeQuery(view.state.doc.toString());
  return Decoration.set(tokens.map((token) => Decoration.mark({ class: `q-${token.type}` }).range(token.start, token.end)));
}

/** Where the query is wrong, in UTF-16 units; undefined where it is not. */
export const setErrorPosition = StateEffect.define<number | undefined>();

/** Underlines from the place of the error to the end of the word there; a place behind the text has a mark of its own. */
export const errorUnderline: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (decorations, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(setErrorPosition)) return underline(transaction.state.doc.toString(), effect.value);
    }
    return decorations.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function underline(text: string, position: number | undefined): DecorationSet {
  if (position === undefined) return Decoration.none;
  if (position >= text.length) return Decoration.set(Decoration.widget({ widget: new EndMark(), side: 1 }).range(text.length));
  const rest = text.slice(position);
  const length = Math.max(1, rest.search(/\s|$/));
  return Decoration.set(Decoration.mark({ class: 'q-error' }).range(position, position + length));
}

class EndMark extends WidgetType {
  override toDOM(): HTMLElement {
    const mark = document.createElement('span');
    mark.className = 'q-error-end';
    mark.ariaHidden = 'true';
    return mark;
  }
}
