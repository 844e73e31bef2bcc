import { type Compared, ComparedTraces, type ComparingLimits, type Reach } from './compared-traces.ts';
import type { ReadScope } from './read-scope.ts';

/** Who reads page after page asks for the next one soon. It may take 100 MB. */
const KEEP_MILLIS = 60_000;

/** The traces that were compared last, for the next page of the same list: what was written meanwhile is added to them. */
export class KnownComparison {
  #known: { readonly key: string; readonly compared: ComparedTraces } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** The traces of the search, and how far it got. */
  compare(scope: ReadScope, search: Compared, limits: ComparingLimits): { readonly compared: ComparedTraces; readonly reach: Reach } {
    const key = keyOf(scope.tenant, search);
    const known = this.#known?.key === key ? this.#known.compared : undefined;
    // A read that fails leaves half of it behind.
    this.#forget();
    const compared = known ?? new ComparedTraces(search, limits);
    const reach = compared.add(scope);
    if (reach.partial === undefined) {
      this.#known = { key, compared };
      this.#timer = setTimeout(() => this.#forget(), KEEP_MILLIS).unref();
    }
    return { compared, reach };
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#known = undefined;
  }
}

function keyOf(tenant: string, { query, with: others, range }: Compared): string {
  return JSON.stringify([tenant, query, others ?? [], range], (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
