import { FigureLimits } from '../../figures/figure-limits.ts';
import { FigureSet, FigureSum } from '../../figures/figure-set.ts';
import type { FigureKey, FiguresRequest, FiguresResult, FigureType } from '../../figures/figures.ts';
import { countCalls, type WaitingSpan } from '../../figures/waiting-span.ts';
import type { ReadContext, TimeRange } from '../../storage.ts';
import { isForbidden } from '../connection.ts';
import type { Search } from '../search-requests.ts';
import { countUnbatched } from './count-unbatched.ts';
import { ALL_TYPES, type FigureDocument } from './figure-document.ts';
import type { FigureStore } from './figure-store.ts';
import { countLogSources } from './log-figures.ts';
import type { SpanBatches, UnwrittenFigures } from './span-batches.ts';
import { findCauses } from './stored-spans.ts';

/** Looked up for one answer; what waits for other causes is a call once those are looked up for its document. */
const MAX_CAUSES = 10_000;
const NANOS_A_MINUTE = 60_000_000_000n;
/** A cause is looked for only where one of these is asked for. */
const TYPES_BY_CAUSE: ReadonlySet<FigureType> = new Set(['call', 'service']);

/**
 * The figures of all collectors: of this one to the last span that it wrote, of others to their last batches (figure-times.ts). Each span counts
 * once, whatever is merged meanwhile. Those of logs are counted now.
 */
export async function readFigures(
  { store, batches, search }: { readonly store: FigureStore; readonly batches: SpanBatches; readonly search: Search },
  request: FiguresRequest,
  context: ReadContext,
): Promise<FiguresResult> {
  const { tenant } = context;
  const limits = new FigureLimits();
  const boundKey = (key: FigureKey) => limits.bound(tenant, key);
  const logs = request.types.includes('logs') ? await countLogSources(search, { request, boundKey }, context) : [];
  if (request.types.every((type) => type === 'logs')) return { figures: logs };
  const sum = new FigureSum(request);
  const waiting: WaitingSpan[] = [];
  const { unwritten, moment } = await openMoment(store, batches, context);
  for (const { figures, waiting: others } of unwritten) {
    sum.add(figures, tenant, boundKey);
    for (const span of others) waiting.push(span);
  }
  const covered = new CoveredNames(request.types);
  const query = documentsOf(
    request,
    unwritten.map(({ name }) => name),
  );
  try {
    for await (const document of moment?.read(query) ?? []) {
      const types = covered.uncovered(document);
      covered.add(document);
      if (types.size === 0) continue;
      sum.add(ofTypes(FigureSet.restore(document.figures), types), tenant, boundKey);
      for (const span of document.waiting) waiting.push(span);
    }
  } finally {
    await moment?.close();
  }
  if (waiting.length > 0 && request.types.some((type) => TYPES_BY_CAUSE.has(type))) {
    const causes = await findCauses(search, { waiting, maxNames: MAX_CAUSES }, context);
    const calls = new FigureSet();
    countCalls(waiting, { causes, set: calls, tenant, limits });
    sum.add(calls, tenant, boundKey);
  }
  const partial = await countUnbatched(search, { request, add: (set) => sum.add(set, tenant, boundKey) }, context);
  return { figures: [...sum.figures(), ...logs], ...(partial && { partial }) };
}

/** The documents, and what they do not have yet, so that nothing is in both or in neither. */
async function openMoment(store: FigureStore, batches: SpanBatches, context: ReadContext) {
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

/** The series of some types. */
export function ofTypes(set: FigureSet, types: ReadonlySet<string>): FigureSet {
  const some = new FigureSet();
  some.widen(set.widthMinutes);
  for (const { tenant, key, environment, cells } of set.series()) {
    if (!types.has(key.type)) continue;
    const series = some.of(tenant, key, environment);
    for (const [minute, cell] of cells) series.cell(minute).merge(cell);
  }
  return some;
}

/** What the documents that were read hold of others, of each type. */
class CoveredNames {
  readonly #names: ReadonlyMap<string, Set<string>>;

  constructor(types: readonly FigureType[]) {
    this.#names = new Map(types.map((type) => [type, new Set<string>()]));
  }

  /** The wanted types that no other document holds of this one. */
  uncovered({ name, figureType }: FigureDocument): ReadonlySet<string> {
    const types = figureType === ALL_TYPES ? [...this.#names.keys()] : [figureType];
    return new Set(types.filter((type) => this.#names.get(type)?.has(name) === false));
  }

  add({ figureType, covers }: FigureDocument): void {
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
