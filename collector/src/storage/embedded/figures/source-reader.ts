import { sourceOf } from '../../figures/countable-span.ts';
import type { SpanSource } from '../../figures/figure-counter.ts';
import { decodeLeaves } from '../leaf-text.ts';
import { type TextColumn, textOf } from '../reading/column-values.ts';
import type { Page } from '../reading/page.ts';

/** More begin anew. */
const MAX_SOURCES = 20_000;

/** Where a row comes from; each source has a number of its own. */
export interface NumberedSource {
  readonly number: number;
  readonly source: SpanSource;
}

/** Reads where the rows of pages come from. Rows of one source get one object, as long as there are not too many. */
export class SourceReader {
  readonly #sources = new Map<string, NumberedSource>();
  #next = 0;

  of(page: Page): (row: number) => NumberedSource {
    const tenants = page.texts('tenant');
    const services = page.texts('service');
    const resources = page.texts('resource');
    if (!tenants.entries || !services.entries || !resources.entries)
      return (row) => this.#sourceOf(textOf(tenants, row), textOf(services, row), { column: resources, row });
    const known = new Map<number, NumberedSource>();
    const [serviceCount, resourceCount] = [services.entries.length, resources.entries.length];
    return (row) => {
      const place =
        ((tenants.indexes[row] ?? 0) * serviceCount + (services.indexes[row] ?? 0)) * resourceCount + (resources.indexes[row] ?? 0);
      let found = known.get(place);
      if (!found) {
        found = this.#sourceOf(textOf(tenants, row), textOf(services, row), { column: resources, row });
        known.set(place, found);
      }
      return found;
    };
  }

  #sourceOf(tenant: string, service: string, { column, row }: { readonly column: TextColumn; readonly row: number }): NumberedSource {
    const id = `${tenant}\n${service}\n${textOf(column, row)}`;
    let known = this.#sources.get(id);
    if (!known) {
      const leaves = decodeLeaves(textOf(column, row), () => '');
      const textOfKey = (key: string): string | undefined => leaves.find((leaf) => leaf.key === key)?.text;
      known = { number: this.#next++, source: sourceOf({ tenant, service, textOfKey }) };
      if (this.#sources.size >= MAX_SOURCES) this.#sources.clear();
      this.#sources.set(id, known);
    }
    return known;
  }
}
