import { FigureCache } from '../../figures/figure-cache.ts';
import { FigureSet } from '../../figures/figure-set.ts';
import type { FigureKey } from '../../figures/figures.ts';
import type { WaitingSpan } from '../../figures/waiting-span.ts';
import type { FigureDocument } from './figure-document.ts';
import type { FiguresMoment, ListedDocument } from './figure-store.ts';

/** Of unpacked figures, about, as V8 keeps them. */
const CACHE_BYTES = 64 * 1024 * 1024;
const SERIES_BYTES = 500;
const CELL_BYTES = 280;
const BUCKET_BYTES = 16;
const WAITING_BYTES = 400;

/** What a document has of figures, for as many readers as there are: nobody counts on it. */
export interface DocumentFigures {
  readonly byType: ReadonlyMap<FigureKey['type'], FigureSet>;
  readonly waiting: readonly WaitingSpan[];
}

/**
 * What documents have, each unpacked once as long as it does not change and there is room: most are of the last hour, are asked for again and again by
 * pages that go on with time, and no longer change.
 */
export class DocumentCache {
  readonly #cache = new FigureCache<DocumentFigures>(CACHE_BYTES);

  /** What each of the tenant's documents has, in any order, as they are at the moment. */
  async *read(
    moment: FiguresMoment,
    { tenant, documents }: { readonly tenant: string; readonly documents: readonly ListedDocument[] },
  ): AsyncGenerator<readonly [ListedDocument, DocumentFigures]> {
    const missing = new Map<string, ListedDocument>();
    for (const document of documents) {
      const known = this.#cache.get(cacheId(tenant, document));
      if (known) yield [document, known];
      else missing.set(document.name, document);
    }
    const ids = Array.from(missing.values(), ({ id }) => id);
    for await (const read of ids.length === 0 ? [] : moment.read(ids)) {
      const document = missing.get(read.name);
      if (!document) continue;
      const { figures, bytes } = unpacked(read);
      this.#cache.set(cacheId(tenant, document), figures, bytes);
      yield [document, figures];
    }
  }
}

/** A document's name alone is not enough: a batch keeps its own when calls are added to it. */
function cacheId(tenant: string, { name, version: { seqNo, primaryTerm } }: ListedDocument): string {
  return `${tenant}\n${name}\n${seqNo}\n${primaryTerm}`;
}

function unpacked({ figures, waiting }: FigureDocument): { readonly figures: DocumentFigures; readonly bytes: number } {
  const set = FigureSet.restore(figures);
  let bytes = waiting.length * WAITING_BYTES;
  for (const { cells } of set.series()) {
    bytes += SERIES_BYTES + cells.size * CELL_BYTES;
    for (const { durations } of cells.values()) bytes += durations.buckets.length * BUCKET_BYTES;
  }
  return { figures: { byType: set.byType(), waiting }, bytes };
}
