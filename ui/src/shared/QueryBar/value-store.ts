import { type LoadValues, SUGGESTED_VALUES, type ValueSuggestion } from '../../logic/value-suggestion.ts';

/** A letter follows another faster than this: only where the reader rests is it worth a request. */
const REST_MILLIS = 150;
/** Answers that are kept while the reader writes. */
const MAX_KEPT = 50;

type Values = ReadonlyMap<string, number>;

/** The values of places in a query. One request at a time: the next one ends the one before, on the collector too. */
export class ValueStore {
  readonly #load: LoadValues;
  readonly #onValues: (values: Values) => void;
  readonly #kept = new Map<string, Values>();
  #waiting: { readonly name: string; readonly end: () => void } | undefined;

  constructor(load: LoadValues, onValues: (values: Values) => void) {
    this.#load = load;
    this.#onValues = onValues;
  }

  /** What is here of the values that start with the prefix; asks for the rest where there may be one. */
  get(suggestion: ValueSuggestion): Values | undefined {
    for (let length = suggestion.prefix.length; length >= 0; length -= 1) {
      const values = this.#kept.get(nameOf({ ...suggestion, prefix: suggestion.prefix.slice(0, length) }));
      if (values === undefined) continue;
      const isWhole = length === suggestion.prefix.length || values.size < SUGGESTED_VALUES;
      if (isWhole) this.stop();
      else this.#ask(suggestion);
      return values;
    }
    this.#ask(suggestion);
    return undefined;
  }

  /** Nobody waits for what was asked for last. */
  stop(): void {
    this.#waiting?.end();
    this.#waiting = undefined;
  }

  #ask(suggestion: ValueSuggestion): void {
    const name = nameOf(suggestion);
    if (this.#waiting?.name === name) return;
    this.stop();
    const controller = new AbortController();
    const timer = setTimeout(() => void this.#fetch(suggestion, controller.signal), REST_MILLIS);
    this.#waiting = {
      name,
      end: () => {
        clearTimeout(timer);
        controller.abort();
      },
    };
  }

  async #fetch(suggestion: ValueSuggestion, signal: AbortSignal): Promise<void> {
    // Completion is help: without it the list has what the page has loaded. What fails is not asked again at this place.
    const values = await this.#load(suggestion, signal).catch((): Values => new Map());
    if (signal.aborted) return;
    this.#waiting = undefined;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(nameOf(suggestion), values);
    this.#onValues(values);
  }
}

function nameOf({ field, prefix, rest }: ValueSuggestion): string {
  return JSON.stringify([field, prefix, rest]);
}
