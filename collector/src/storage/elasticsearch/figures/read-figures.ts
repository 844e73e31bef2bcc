import { FigureLimits } from '../../figures/figure-limits.ts';
import { FigureSet, FigureSum } from '../../figures/figure-set.ts';
import type { FigureKey, FiguresRequest, FiguresResult, FigureType } from '../../figures/figures.ts';
import { countCalls, type WaitingSpan } from '../../figures/waiting-span.ts';
import type { ReadContext, TimeRange } from '../../storage.ts';
import { isForbidden } from '../connection.ts';
import type { Search } from '../search-requests.ts';
import { countUnbatched } from './count-unbatched.ts';
import type { DocumentCache } from './document-figures.ts';
import type { FigureBatches, UnwrittenFigures } from './figure-batches.ts';
import { ALL_TYPES } from './figure-document.ts';
import type { FigureStore, FiguresMoment, ListedDocument } from './figure-store.ts';
import { countUnbatchedLogs, sumsByKey } from './log-figures.ts';
import { findCauses } from './stored-records.ts';

/** Looked up for one answer; what waits for other causes is a call once those are looked up for its document. */
const MAX_CAUSES = 10_000;
const NANOS_A_MINUTE = 60_000_000_000n;
/** A cause is looked for only where one of these is asked for. */
const TYPES_BY_CAUSE: ReadonlySet<FigureType> = new Set(['call', 'service']);

export interface FigureSources {
  readonly store: FigureStore;
  readonly documents: DocumentCache;
  readonly batches: FigureBatches;
  readonly search: Search;
}

/**
 * The figures of all collectors: of this one to the last record that it wrote, of others to their last batches (figure-times.ts). Each record counts
 * once, whatever is merged meanwhile.
 */
export async function readFigures(
  { store, documents, batches, search }: FigureSources,
  request: FiguresRequest,
  context: ReadContext,
): Promise<FiguresResult> {
  const { tenant } = context;
  const limits = new FigureLimits();
  const boundKey = (key: FigureKey) => limits.bound(tenant, key);
  const sum = new FigureSum(request);
  const waiting: WaitingSpan[] = [];
  const { unwritten, moment } = await openMoment(store, batches, context);
  for (const { figures, waiting: others } of unwritten) {
    sum.add(figures, tenant, boundKey);
    for (const span of others) waiting.push(span);
  }
  const query = documentsOf(
    request,
    unwritten.map(({ name }) => name),
  );
  try {
    if (moment) {
      const wanted = await uncoveredDocuments(moment, { query, types: request.types });
      for await (const [document, figures] of documents.read(moment, { tenant, documents: [...wanted.keys()] })) {
        for (const type of wanted.get(document) ?? []) {
          const set = figures.byType.get(type);
          if (set) sum.add(set, tenant, boundKey);
        }
        for (const span of figures.waiting) waiting.push(span);
      }
    }
  } finally {
    await moment?.close();
  }
  if (waiting.length > 0 && request.types.some((type) => TYPES_BY_CAUSE.has(type))) {
    const known = batches.causesOf(tenant, waiting);
    const causes = await findCauses(search, { waiting, known, maxNames: MAX_CAUSES }, context);
    const calls = new FigureSet();
    countCalls(waiting, { causes, set: calls, tenant, limits });
    sum.add(calls, tenant, boundKey);
  }
  const hasSpans = request.types.some((type) => type !== 'logs');
  const partial = hasSpans ? await countUnbatched(search, { request, add: (set) => sum.add(set, tenant, boundKey) }, context) : undefined;
  const logs = request.types.includes('logs') ? await countUnbatchedLogs(search, { request, boundKey }, context) : [];
  const figures = sum.figures();
  return { figures: logs.length === 0 ? figures : sumsByKey([...figures, ...logs]), ...(partial && { partial }) };
}

/** The documents, and what they do not have yet, so that nothing is in both or in neither. */
async function openMoment(store: FigureStore, batches: FigureBatches, context: ReadContext) {
  for (;;) {
    const open = batches.unwritten(context.tenant);
    const unwritten = open.map(({ name, figures, waiting }): UnwrittenFigures => ({ name, figures, waiting }));
    const moment = await store.openMoment(context).catch((error: unknown) => {
      if (isForbidden(error)) return undefined;
      throw error;
    });
    // One that was written meanwhile may be part of a document already.
    if (open.every((batch) => batches.isUnwritten(batch))) return { unwritten, moment };
    await moment?.close();
  }
}

/** The documents that have something of a wanted type that none of a higher level has too, with those types. */
async function uncoveredDocuments(
  moment: FiguresMoment,
  { query, types }: { readonly query: object; readonly types: readonly FigureType[] },
): Promise<ReadonlyMap<ListedDocument, ReadonlySet<FigureType>>> {
  const covered = new CoveredNames(types);
  const found = new Map<ListedDocument, ReadonlySet<FigureType>>();
  for await (const document of moment.list(query)) {
    const uncovered = covered.uncovered(document);
    covered.add(document);
    if (uncovered.size > 0) found.set(document, uncovered);
  }
  return found;
}

/** What the documents that were read hold of others, of each type. */
class CoveredNames {
  readonly #types: readonly FigureType[];
  readonly #names: ReadonlyMap<string, Set<string>>;

  constructor(types: readonly FigureType[]) {
    this.#types = types;
    this.#names = new Map(types.map((type) => [type, new Set<string>()]));
  }

  /** The wanted types that no other document holds of this one. */
  uncovered({ name, figureType }: ListedDocument): ReadonlySet<FigureType> {
    const has = (type: FigureType) => figureType === ALL_TYPES || figureType === type;
    return new Set(this.#types.filter((type) => has(type) && !this.#names.get(type)?.has(name)));
  }

  add({ figureType, covers }: ListedDocument): void {
    for (const name of covers) this.#names.get(figureType)?.add(name);
  }
}

/** What is of the range and type, whoever wrote it, but what this collector knows better. */
function documentsOf({ range, types }: FiguresRequest, unwritten: readonly string[]): object {
  return {
    bool: {
      filter: [{ terms: { figureType: [...types, ALL_TYPES] } }, ...minuteClauses(range)],
      must_not: [{ term: { state: 'open' } }, { ids: { values: unwritten } }],
    },
  };
}

function minuteClauses({ fromNanos, toNanos }: TimeRange): object[] {
  return [
    ...(fromNanos === undefined ? [] : [{ range: { lastMinute: { gte: Number(fromNanos / NANOS_A_MINUTE) } } }]),
    ...(toNanos === undefined ? [] : [{ range: { firstMinute: { lte: Number(toNanos / NANOS_A_MINUTE) } } }]),
  ];
}
