import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { completionsAt, type QueryCompletion } from '../../logic/query-completion.ts';
import type { SeenValues } from '../../logic/seen-values.ts';
import type { RangeValues } from './use-range-values.ts';

export interface CompletionSourceOptions {
  readonly target: 'logs' | 'spans';
  readonly seenValues: SeenValues;
  readonly services: readonly string[];
  readonly history: readonly string[];
  readonly rangeFields: ReadonlyMap<string, number> | undefined;
  readonly rangeValues: RangeValues;
  /** What stands behind an entry: `12 records here`, `field`. */
  readonly describe: (completion: QueryCompletion) => string;
}

/** Offers fields, values and, where there is nothing yet, the queries of before. `latest`: what is known at the moment; a list that stays open learns more. */
export function completeQuery(context: CompletionContext, latest: () => CompletionSourceOptions): CompletionResult | null {
  const options = latest();
  const text = context.state.doc.toString();
  if (text.trim() === '') {
    if (!context.explicit || options.history.length === 0) return null;
    return { from: 0, to: text.length, options: options.history.map((query) => ({ label: query })), filter: false };
  }
  const found = completionsAt(text, context.pos, { ...options, rangeValues: options.rangeValues.at(text, context.pos) });
  options.rangeValues.noteOffered(new Map(found.completions.map(({ label, count, isOfRange }) => [label, isOfRange ? count : undefined])));
  if (found.completions.length === 0) return null;
  return {
    from: found.from,
    to: found.to,
    filter: false,
    // Asked again with each letter, at once: a list that waits for its update does not take a click.
    update: (_current, _from, _to, typed) => completeQuery(typed, latest),
    options: found.completions.map(
      (completion): Completion => ({
        label: completion.label,
        apply: completion.insert,
        detail: options.describe(completion),
      }),
    ),
  };
}
