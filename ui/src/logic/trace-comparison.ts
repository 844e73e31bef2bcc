import { type AlignedTraces, alignTraces } from './align-traces.ts';
import type { TraceMeasures } from './trace-measures.ts';
import { isSpanNode } from './trace-tree.ts';

/** What of a call is not as in the other traces; several may hold of one. */
export const DIFFERENCE = { missing: 1, new: 2, slower: 4, faster: 8, error: 16 } as const;
export type DifferenceType = keyof typeof DIFFERENCE;

/** A trace beside others of the same request. Column by column, nodes as in `aligned`, whose first trace is the one that is compared. */
export interface TraceComparison {
  readonly aligned: AlignedTraces;
  /** Of `DIFFERENCE`. */
  readonly flags: Uint8Array;
  /** How many of the others have the call. */
  readonly presence: Uint32Array;
  /** Of the others, nanoseconds: the time from the start of the request to the call's, and how long the call took: tenth, fiftieth and ninetieth percentile. */
  readonly usualStart: Float64Array;
  readonly usualLow: Float64Array;
  readonly usualMedian: Float64Array;
  readonly usualHigh: Float64Array;
  /** In how many of the others it failed. */
  readonly usualErrors: Uint32Array;
  /** The first of the others that has the call, and its span's id there; -1 for none. */
  readonly example: Int32Array;
  readonly exampleHigh: Uint32Array;
  readonly exampleLow: Uint32Array;
  /** How long the others took. */
  readonly durations: Float64Array;
  /** The most telling first, at most 200. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

/** One difference: of a call, of equal calls of one parent together, or of a call with all that is under it. */
export interface Finding {
  readonly type: DifferenceType;
  /** The first of its calls. */
  readonly node: number;
  /** Calls that are alike. */
  readonly count: number;
  /** With all that is under them. */
  readonly spans: number;
  /** How much time it makes in the trace, less than nothing where the trace is the shorter for it. */
  readonly nanos: number;
  readonly score: number;
}

const MAX_FINDINGS = 200;
/** A call that this share of the others has is missed where it is not there. */
const EXPECTED = 0.5;
/** A call that at most this share of the others has is called new. */
const UNKNOWN = 0.2;
/** An error that at most this share of the others has is called new. */
const UNUSUAL_ERROR = 0.2;
/** A call is slower where its own time is this many times what is usual, and makes this share of the trace. */
const SLOWER = 1.2;
const MIN_SHARE = 0.01;
/** What is missing or slow comes before what is new: a call that fails or is left out makes others, seldom the other way round. */
const CAUSE_WEIGHT = 2;
/** What is wrong beside an error explains it; alone it is what is told. */
const ERROR_WEIGHT = 0.9;

/**
 * Compares the first trace with the others: one, or healthy ones of the same request. A trace beside itself has no difference; a subtree that is gone is
 * one finding; time is told where it was spent, by own times, and not again of all that waited for it.
 */
export function compareTraces(here: TraceMeasures, others: readonly TraceMeasures[]): TraceComparison {
  const all = [here, ...others];
  const aligned = alignTraces(all.map(({ tree }) => tree));
  const usual = usualFigures(aligned, others);
  const flags = new Uint8Array(aligned.size);
  const whole = Math.max(1, here.tree.durationNanos, median(others.map(({ tree }) => tree.durationNanos)));
  const findings = others.length === 0 ? [] : findDifferences({ aligned, here, others, usual, flags, whole });
  return {
    aligned,
    flags,
    ...usual.columns,
    durations: Float64Array.from(others, ({ tree }) => tree.durationNanos),
    findings: findings.slice(0, MAX_FINDINGS),
    findingCount: findings.length,
  };
}

type UsualColumns = Pick<
  TraceComparison,
  'presence' | 'usualStart' | 'usualLow' | 'usualMedian' | 'usualHigh' | 'usualErrors' | 'example' | 'exampleHigh' | 'exampleLow'
>;

interface Usual {
  readonly columns: UsualColumns;
  /** Own times: tenth, fiftieth and ninetieth percentile. */
  readonly selfLow: Float64Array;
  readonly selfMedian: Float64Array;
  readonly selfHigh: Float64Array;
}

function usualFigures(aligned: AlignedTraces, others: readonly TraceMeasures[]): Usual {
  const { size, traceCount, nodes } = aligned;
  const numbers = (): Float64Array => new Float64Array(size);
  const columns = {
    presence: new Uint32Array(size),
    usualStart: numbers(),
    usualLow: numbers(),
    usualMedian: numbers(),
    usualHigh: numbers(),
    usualErrors: new Uint32Array(size),
    example: new Int32Array(size).fill(-1),
    exampleHigh: new Uint32Array(size),
    exampleLow: new Uint32Array(size),
  };
  const usual = { columns, selfLow: numbers(), selfMedian: numbers(), selfHigh: numbers() };
  for (let call = 0; call < size; call += 1) {
    const starts: number[] = [];
    const durations: number[] = [];
    const selves: number[] = [];
    for (const [other, { tree, self }] of others.entries()) {
      const node = nodes[call * traceCount + other + 1] ?? -1;
      if (node === -1) continue;
      columns.presence[call] = (columns.presence[call] ?? 0) + 1;
      if (columns.example[call] === -1) {
        columns.example[call] = other;
        columns.exampleHigh[call] = tree.idHigh[node] ?? 0;
        columns.exampleLow[call] = tree.idLow[node] ?? 0;
      }
      if (tree.status[node] === 2) columns.usualErrors[call] = (columns.usualErrors[call] ?? 0) + 1;
      if (!isSpanNode(tree, node)) continue;
      starts.push(tree.start[node] ?? 0);
      durations.push(tree.duration[node] ?? 0);
      selves.push(self[node] ?? 0);
    }
    columns.usualStart[call] = median(starts);
    [columns.usualLow[call], columns.usualMedian[call], columns.usualHigh[call]] = percentiles(durations);
    [usual.selfLow[call], usual.selfMedian[call], usual.selfHigh[call]] = percentiles(selves);
  }
  return usual;
}

/** By nearest rank, of no values 0. */
function percentiles(values: number[]): [low: number, middle: number, high: number] {
  values.sort((left, right) => left - right);
  const at = (share: number): number => values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
  return [at(0.1), at(0.5), at(0.9)];
}

function median(values: readonly number[]): number {
  return percentiles([...values])[1];
}

interface Search {
  readonly aligned: AlignedTraces;
  readonly here: TraceMeasures;
  readonly others: readonly TraceMeasures[];
  readonly usual: Usual;
  readonly flags: Uint8Array;
  readonly whole: number;
}

/** Parents come before their children, so that what a subtree's first node says need not be said of the others. */
function findDifferences(search: Search): Finding[] {
  const { aligned, here, others, usual, flags, whole } = search;
  const found = new Findings(aligned);
  const { presence } = usual.columns;
  for (let call = 0; call < aligned.size; call += 1) {
    const node = aligned.nodes[call * aligned.traceCount] ?? -1;
    const share = (presence[call] ?? 0) / others.length;
    const above = flags[aligned.parent[call] ?? -1] ?? 0;
    if (node === -1) {
      const isUnder = (above & DIFFERENCE.missing) !== 0;
      if (share < EXPECTED && !isUnder) continue;
      flags[call] = DIFFERENCE.missing;
      if (isUnder) continue;
      const nanos = usual.columns.usualMedian[call] ?? 0;
      found.add('missing', call, { nanos: -nanos, score: CAUSE_WEIGHT * share + portion(nanos, whole) });
      continue;
    }
    if (share <= UNKNOWN) {
      flags[call] = DIFFERENCE.new;
      if ((above & DIFFERENCE.new) === 0) {
        const nanos = here.tree.duration[node] ?? 0;
        found.add('new', call, { nanos, score: 1 - share + portion(nanos, whole) });
      }
    } else if (isSpanNode(here.tree, node)) addTime(found, { ...search, call, node });
  }
  addErrors(found, search);
  return found.ranked();
}

function addTime(
  found: Findings,
  { here, usual, flags, whole, call, node }: Search & { readonly call: number; readonly node: number },
): void {
  const self = here.self[node] ?? 0;
  const nanos = self - (usual.selfMedian[call] ?? 0);
  const [low, high] = [usual.selfLow[call] ?? 0, usual.selfHigh[call] ?? 0];
  if (Math.abs(nanos) < whole * MIN_SHARE) return;
  if (self > high * SLOWER) {
    flags[call] = (flags[call] ?? 0) | DIFFERENCE.slower;
    found.add('slower', call, { nanos, score: CAUSE_WEIGHT * (1 - high / self) + portion(nanos, whole) });
  } else if (self * SLOWER < low) {
    flags[call] = (flags[call] ?? 0) | DIFFERENCE.faster;
    found.add('faster', call, { nanos, score: portion(-nanos, whole) - 1 });
  }
}

/** An error is told where it came from: of the deepest span that has it. */
function addErrors(found: Findings, { aligned, here, others, usual, flags }: Search): void {
  const hasBelow = new Uint8Array(aligned.size);
  const { presence, usualErrors } = usual.columns;
  for (let call = aligned.size - 1; call >= 0; call -= 1) {
    const node = aligned.nodes[call * aligned.traceCount] ?? -1;
    const above = aligned.parent[call] ?? -1;
    const share = (usualErrors[call] ?? 0) / Math.max(1, presence[call] ?? 0);
    const isNew = node !== -1 && here.tree.status[node] === 2 && share <= UNUSUAL_ERROR && others.length > 0;
    if (isNew) {
      flags[call] = (flags[call] ?? 0) | DIFFERENCE.error;
      if (hasBelow[call] === 0) found.add('error', call, { nanos: here.self[node] ?? 0, score: ERROR_WEIGHT * (1 - share) });
    }
    if (above !== -1 && (isNew || hasBelow[call] === 1)) hasBelow[above] = 1;
  }
}

function portion(nanos: number, whole: number): number {
  return Math.min(1, Math.max(0, nanos / whole));
}

/** Equal calls of one parent that differ alike are one finding. */
class Findings {
  readonly #aligned: AlignedTraces;
  readonly #found = new Map<string, Finding>();

  constructor(aligned: AlignedTraces) {
    this.#aligned = aligned;
  }

  add(type: DifferenceType, call: number, { nanos, score }: { readonly nanos: number; readonly score: number }): void {
    const { parent, service, name, subtreeEnd } = this.#aligned;
    const key = `${type} ${parent[call]} ${service[call]} ${name[call]}`;
    const known = this.#found.get(key);
    const spans = type === 'missing' || type === 'new' ? (subtreeEnd[call] ?? 0) - call : 1;
    this.#found.set(key, {
      type,
      node: Math.min(known?.node ?? call, call),
      count: (known?.count ?? 0) + 1,
      spans: (known?.spans ?? 0) + spans,
      nanos: (known?.nanos ?? 0) + nanos,
      score: Math.max(known?.score ?? Number.NEGATIVE_INFINITY, score),
    });
  }

  ranked(): Finding[] {
    return [...this.#found.values()].sort(
      (left, right) => right.score - left.score || Math.abs(right.nanos) - Math.abs(left.nanos) || left.node - right.node,
    );
  }
}
