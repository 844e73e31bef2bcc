import { FigureSet, type StoredFigures } from '../../figures/figure-set.ts';
import type { WaitingSpan } from '../../figures/waiting-span.ts';

/**
 * What the figures' index of a tenant, `threadline-figures-<tenant>`, has: small documents, replaced and merged as they age.
 *
 *     level 0   a batch: the spans that one collector wrote within some seconds, which name it in their field `figureBatch`
 *                 open    its spans are being written; nobody but its collector knows its figures
 *                 closed  its figures, and what of its spans waits for a cause that has not come yet
 *                 taken   the same, counted from its spans by another collector, and once more before it is final: its own may be slow after all
 *                 final   nothing waits any more
 *     level 1   all final batches of an hour, one document for each type of figure, to which batches that are found late are added
 *                 final   may still be added to
 *                 frozen  never again: it is on its way into the day's
 *     level 2   the same of a day
 *
 * A merged document names in `covers` the documents that it holds until those are deleted. Whoever reads leaves out what another one covers,
 * so that nothing is counted twice at any moment.
 */
export const LEVELS = { batch: 0, hour: 1, day: 2 } as const;
export type Level = (typeof LEVELS)[keyof typeof LEVELS];
export type FigureState = 'open' | 'closed' | 'taken' | 'final' | 'frozen';

/** Of documents that have figures of every type. */
export const ALL_TYPES = 'all';

export interface FigureDocument {
  readonly level: Level;
  readonly state: FigureState;
  /** Of what it holds: another one for each change of that. Of a batch it is the document's id too. */
  readonly name: string;
  /** A type of figure, or `ALL_TYPES`. */
  readonly figureType: string;
  /** When its first and its last span were written, Unix milliseconds by the clock of their collector. While it is open: when it was last known to be alive. */
  readonly arrivedFrom: number;
  readonly arrivedTo: number;
  /** Minutes since 1970 that its spans began in; the last one is that of the last bucket's end. */
  readonly firstMinute: number;
  readonly lastMinute: number;
  readonly covers: readonly string[];
  readonly figures: StoredFigures;
  readonly waiting: readonly WaitingSpan[];
}

export const ALL_FIGURE_INDICES = 'threadline-figures-*';

export function figuresIndexOf(tenant: string): string {
  return `threadline-figures-${tenant}`;
}

export function tenantOfIndex(index: string): string {
  return index.slice(ALL_FIGURE_INDICES.length - 1);
}

/** The fields of a figures index. */
export const FIGURE_MAPPINGS = {
  dynamic: false,
  properties: {
    level: { type: 'integer' },
    state: { type: 'keyword' },
    name: { type: 'keyword' },
    figureType: { type: 'keyword' },
    arrivedFrom: { type: 'long' },
    arrivedTo: { type: 'long' },
    firstMinute: { type: 'long' },
    lastMinute: { type: 'long' },
    covers: { type: 'keyword' },
    figures: { type: 'object', enabled: false },
    waiting: { type: 'object', enabled: false },
  },
};

const NO_FIGURES = new FigureSet().stored();

/** A batch that has just begun. */
export function openBatch(name: string, now: number): FigureDocument {
  return {
    ...{ level: LEVELS.batch, state: 'open', name, figureType: ALL_TYPES, arrivedFrom: now, arrivedTo: now, firstMinute: 0, lastMinute: 0 },
    ...{ covers: [], figures: NO_FIGURES, waiting: [] },
  };
}

/** What a document of these figures says of their time; a set without any is of no time. */
export function timesOf(set: FigureSet): { readonly firstMinute: number; readonly lastMinute: number } {
  let firstMinute = Number.POSITIVE_INFINITY;
  let lastMinute = Number.NEGATIVE_INFINITY;
  for (const { cells } of set.series()) {
    for (const minute of cells.keys()) {
      firstMinute = Math.min(firstMinute, minute);
      lastMinute = Math.max(lastMinute, minute + set.widthMinutes - 1);
    }
  }
  return firstMinute > lastMinute ? { firstMinute: 0, lastMinute: 0 } : { firstMinute, lastMinute };
}
