import { type AlignedTraces, alignTraces, nodesOf } from './align-traces.ts';
import type { TraceMeasures } from './trace-measures.ts';
import { durationOfSpans, isSpanNode } from './trace-tree.ts';

/** What of a call is not as in the other traces; several may hold of one. More and fewer are of how often it was called. */
export const DIFFERENCE = { missing: 1, new: 2, slower: 4, faster: 8, error: 16, more: 32, fewer: 64 } as const;
export type DifferenceType = keyof typeof DIFFERENCE;
/** Beside slower and faster: the call spent more, or less, time itself, but took no longer, or no less, than it usually does in all. */
export const OWN_TIME_ALONE = 128;

/**
 * A trace beside others of the same request. Column by column, calls as in `aligned`, whose first trace is the one that is compared. Figures of a call that is
 * made several times are of all of them together.
 */
export interface TraceComparison {
  readonly aligned: AlignedTraces;
  /** Of `DIFFERENCE` and `OWN_TIME_ALONE`. */
  readonly flags: Uint8Array;
  /** How long the call took here, nanoseconds. */
  readonly duration: Float64Array;
  /** How many of the others have the call. */
  readonly presence: Uint32Array;
  /** How often those that have the call make it: tenth, fiftieth and ninetieth percentile. */
  readonly usualCountLow: Uint32Array;
  readonly usualCount: Uint32Array;
  readonly usualCountHigh: Uint32Array;
  /** Of the others, nanoseconds: the time from the start of the request to the call's, and how long the call took: tenth, fiftieth and ninetieth percentile. */
  readonly usualStart: Float64Array;
  readonly usualLow: Float64Array;
  readonly usualMedian: Float64Array;
  readonly usualHigh: Float64Array;
  /** From the start of the first to the end of the last. */
  readonly usualExtentLow: Float64Array;
  readonly usualExtent: Float64Array;
  readonly usualExtentHigh: Float64Array;
  /** In how many of the others it failed. */
  readonly usualErrors: Uint32Array;
  /** The first of the others that has the call, and its first span's id there; -1 for none. */
  readonly example: Int32Array;
  readonly exampleHigh: Uint32Array;
  readonly exampleLow: Uint32Array;
  /** How long the trace took, from its first span that is drawn to the last. */
  readonly durationNanos: number;
  /** How long the others took. */
  readonly durations: Float64Array;
  /** The most telling first, at most 200. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

/** One difference: of a call, or of a call with all that is under it. */
export interface Finding {
  readonly type: DifferenceType;
  readonly call: number;
  /** How often the call is made here, or usually where it is missing here; of an error how often it failed. */
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
/** A call is slower where its own time is this many times what is usual, and makes this share of the trace; it is made more often from as many times on. */
const BEYOND = 1.2;
const MIN_SHARE = 0.01;
/** What is missing, slow or made too often comes before what is new: a call that fails or is left out makes others, seldom the other way round. */
const CAUSE_WEIGHT = 2;
/** What is wrong beside an error explains it; alone it is what is told. */
const ERROR_WEIGHT = 0.9;
/** What a call that failed did not come to any more follows from an error that is told: no more than this in all. */
const AFTERMATH_SCORE = 0.6;

/**
 * Compares the first trace with the others: one, or healthy ones of the same request. A trace beside itself has no difference; a subtree that is gone is
 * one finding; time is told where it was spent, by own times, and not again of all that waited for it; a call that is made more often is told once, and not of
 * all that it calls in its turn.
 */
export function compareTraces(here: TraceMeasures, others: readonly TraceMeasures[]): TraceComparison {
  const aligned = alignTraces([here, ...others].map(({ tree }) => tree));
  const columns = emptyColumns(aligned.size);
  const whole = Math.max(1, here.tree.durationNanos, percentiles(others.map(({ tree }) => tree.durationNanos)).middle);
  const search: Search = { aligned, here, others, columns, whole, findings: [] };
  // Parents come before their children, so that what a subtree's first call says need not be said of the others.
  for (let call = 0; call < aligned.size; call += 1) {
    const usual = usualFigures(search, call);
    if (others.length > 0) findDifferences(search, call, usual);
    else columns.duration[call] = figuresOf(here, nodesOf(aligned, call)).duration;
  }
  if (others.length > 0) addErrors(search);
  const failedBy = firstFailures(search);
  const findings = ranked(search.findings.map((finding) => withSubtree(search, afterFailure(search, { finding, failedBy }))));
  return {
    aligned,
    ...columns,
    durationNanos: durationOfSpans(here.tree),
    durations: Float64Array.from(others, ({ tree }) => durationOfSpans(tree)),
    findings: findings.slice(0, MAX_FINDINGS),
    findingCount: findings.length,
  };
}

type Columns = Omit<TraceComparison, 'aligned' | 'durationNanos' | 'durations' | 'findings' | 'findingCount'>;

function emptyColumns(size: number): Columns {
  const numbers = (): Float64Array => new Float64Array(size);
  const counts = (): Uint32Array => new Uint32Array(size);
  return {
    flags: new Uint8Array(size),
    duration: numbers(),
    presence: counts(),
    usualCountLow: counts(),
    usualCount: counts(),
    usualCountHigh: counts(),
    usualStart: numbers(),
    usualLow: numbers(),
    usualMedian: numbers(),
    usualHigh: numbers(),
    usualExtentLow: numbers(),
    usualExtent: numbers(),
    usualExtentHigh: numbers(),
    usualErrors: counts(),
    example: new Int32Array(size).fill(-1),
    exampleHigh: counts(),
    exampleLow: counts(),
  };
}

interface Search {
  readonly aligned: AlignedTraces;
  readonly here: TraceMeasures;
  readonly others: readonly TraceMeasures[];
  readonly columns: Columns;
  readonly whole: number;
  readonly findings: Finding[];
}

/** Of a call in one trace, all of its spans together. */
interface CallFigures {
  readonly count: number;
  /** Of those, how many have ended. */
  readonly ended: number;
  readonly failed: number;
  readonly start: number;
  readonly extent: number;
  readonly duration: number;
  readonly self: number;
  /** Own time of the one that spent the most. */
  readonly longest: number;
}

function figuresOf({ tree, self }: TraceMeasures, nodes: Uint32Array): CallFigures {
  let [ended, failed, duration, ownTime, longest, start, end] = [0, 0, 0, 0, 0, Number.POSITIVE_INFINITY, 0];
  for (const node of nodes) {
    if (tree.status[node] === 2) failed += 1;
    if (!isSpanNode(tree, node)) continue;
    const [begin, length, own] = [tree.start[node] ?? 0, tree.duration[node] ?? 0, self[node] ?? 0];
    ended += 1;
    duration += length;
    ownTime += own;
    longest = Math.max(longest, own);
    start = Math.min(start, begin);
    end = Math.max(end, begin + length);
  }
  return { count: nodes.length, ended, failed, start, extent: Math.max(0, end - start), duration, self: ownTime, longest };
}

/** Tenth, fiftieth and ninetieth percentile, by nearest rank, of no values 0. */
interface Percentiles {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { low: at(0.1), middle: at(0.5), high: at(0.9) };
}

/** What is usual of a call beside what the columns tell. */
interface Usual {
  /** Calls for each call of what it is under. */
  readonly rate: Percentiles;
  /** Own time and duration of one call, at the mean of a trace. */
  readonly self: Percentiles;
  readonly each: Percentiles;
  readonly longest: Percentiles;
}

function usualFigures({ aligned, others, columns }: Search, call: number): Usual {
  const having: { readonly figures: CallFigures; readonly rate: number }[] = [];
  for (const [other, measures] of others.entries()) {
    const nodes = nodesOf(aligned, call, other + 1);
    const first = nodes[0];
    if (first === undefined) continue;
    if (columns.example[call] === -1) {
      columns.example[call] = other;
      columns.exampleHigh[call] = measures.tree.idHigh[first] ?? 0;
      columns.exampleLow[call] = measures.tree.idLow[first] ?? 0;
    }
    const figures = figuresOf(measures, nodes);
    having.push({ figures, rate: nodes.length / countAbove(aligned, call, other + 1) });
  }
  const all = having.map(({ figures }) => figures);
  const timed = all.filter(({ ended }) => ended > 0);
  const of = (figure: (figures: CallFigures) => number): Percentiles => percentiles(timed.map(figure));
  const counts = percentiles(all.map(({ count }) => count));
  const durations = of(({ duration }) => duration);
  const extents = of(({ extent }) => extent);
  columns.presence[call] = all.length;
  columns.usualErrors[call] = all.filter(({ failed }) => failed > 0).length;
  columns.usualStart[call] = of(({ start }) => start).middle;
  [columns.usualCountLow[call], columns.usualCount[call], columns.usualCountHigh[call]] = [counts.low, counts.middle, counts.high];
  [columns.usualLow[call], columns.usualMedian[call], columns.usualHigh[call]] = [durations.low, durations.middle, durations.high];
  [columns.usualExtentLow[call], columns.usualExtent[call], columns.usualExtentHigh[call]] = [extents.low, extents.middle, extents.high];
  return {
    rate: percentiles(having.map(({ rate }) => rate)),
    self: of(({ self, ended }) => self / ended),
    each: of(({ duration, ended }) => duration / ended),
    longest: of(({ longest }) => longest),
  };
}

/** How often what a call is under is made in a trace. */
function countAbove(aligned: AlignedTraces, call: number, trace: number): number {
  const above = aligned.parent[call] ?? -1;
  return above === -1 ? 1 : nodesOf(aligned, above, trace).length;
}

function findDifferences(search: Search, call: number, usual: Usual): void {
  const { aligned, here, others, columns, whole, findings } = search;
  const { flags, duration, presence, usualMedian } = columns;
  const figures = figuresOf(here, nodesOf(aligned, call));
  duration[call] = figures.duration;
  const share = (presence[call] ?? 0) / others.length;
  const above = flags[aligned.parent[call] ?? -1] ?? 0;
  if (figures.count === 0) {
    const isUnder = (above & DIFFERENCE.missing) !== 0;
    if (share < EXPECTED && !isUnder) return;
    flags[call] = DIFFERENCE.missing;
    if (isUnder) return;
    const nanos = usualMedian[call] ?? 0;
    const count = columns.usualCount[call] ?? 0;
    findings.push({ type: 'missing', call, count, spans: count, nanos: -nanos, score: CAUSE_WEIGHT * share + portion(nanos, whole) });
  } else if (share <= UNKNOWN) {
    flags[call] = DIFFERENCE.new;
    if ((above & DIFFERENCE.new) !== 0) return;
    const nanos = figures.duration;
    findings.push({ type: 'new', call, count: figures.count, spans: figures.count, nanos, score: 1 - share + portion(nanos, whole) });
  } else {
    compareCounts(search, call, { figures, usual });
    if (figures.ended > 0) compareTimes(search, call, { figures, usual });
  }
}

interface Compared {
  readonly figures: CallFigures;
  readonly usual: Usual;
}

/** By calls for each call of what it is under: what a call that is made more often calls in its turn is as usual. */
function compareCounts({ aligned, columns, whole, findings }: Search, call: number, { figures, usual }: Compared): void {
  const { count } = figures;
  const rate = count / countAbove(aligned, call, 0);
  const nanos = figures.duration - (columns.usualMedian[call] ?? 0);
  if (count > (columns.usualCountHigh[call] ?? 0) && rate > usual.rate.high * BEYOND) {
    columns.flags[call] = (columns.flags[call] ?? 0) | DIFFERENCE.more;
    const score = CAUSE_WEIGHT * (1 - usual.rate.high / rate) + portion(nanos, whole);
    findings.push({ type: 'more', call, count, spans: count, nanos, score });
  } else if (count < (columns.usualCountLow[call] ?? 0) && rate * BEYOND < usual.rate.low) {
    columns.flags[call] = (columns.flags[call] ?? 0) | DIFFERENCE.fewer;
    const score = 1 - rate / usual.rate.low + portion(-nanos, whole);
    findings.push({ type: 'fewer', call, count, spans: count, nanos, score });
  }
}

/** One call beside one: of calls that are made several times their mean, or the longest where that alone stands out. */
function compareTimes(search: Search, call: number, { figures, usual }: Compared): void {
  const { self, ended, duration, longest, count } = figures;
  // The time of calls that are made beyond what is usual is told of their number.
  const means = { value: self / ended, usual: usual.self, times: Math.min(ended, search.columns.usualCount[call] ?? 0) };
  const { value, usual: range, times } = timeChange(means, search.whole) === 0 ? { value: longest, usual: usual.longest, times: 1 } : means;
  const change = timeChange({ value, usual: range, times }, search.whole);
  if (change === 0) return;
  const nanos = (value - range.middle) * times;
  const each = duration / ended;
  const isOwnTimeAlone = change > 0 ? each <= usual.each.high : each >= usual.each.low;
  const { flags } = search.columns;
  const type = change > 0 ? 'slower' : 'faster';
  flags[call] = (flags[call] ?? 0) | DIFFERENCE[type] | (isOwnTimeAlone ? OWN_TIME_ALONE : 0);
  const score = change > 0 ? CAUSE_WEIGHT * (1 - range.high / value) + portion(nanos, search.whole) : portion(-nanos, search.whole) - 1;
  search.findings.push({ type, call, count, spans: count, nanos, score });
}

interface TimeOfCall {
  readonly value: number;
  readonly usual: Percentiles;
  readonly times: number;
}

/** 1 for slower, -1 for faster, 0 for as usual. */
function timeChange({ value, usual, times }: TimeOfCall, whole: number): -1 | 0 | 1 {
  if (Math.abs(value - usual.middle) * times < whole * MIN_SHARE) return 0;
  if (value > usual.high * BEYOND) return 1;
  return value * BEYOND < usual.low ? -1 : 0;
}

/** An error is told where it came from: of the deepest call that has it. */
function addErrors({ aligned, here, columns: { flags, presence, usualErrors }, findings }: Search): void {
  const hasBelow = new Uint8Array(aligned.size);
  for (let call = aligned.size - 1; call >= 0; call -= 1) {
    const above = aligned.parent[call] ?? -1;
    const share = (usualErrors[call] ?? 0) / Math.max(1, presence[call] ?? 0);
    const failed = nodesOf(aligned, call).filter((node) => here.tree.status[node] === 2);
    const isNew = failed.length > 0 && share <= UNUSUAL_ERROR;
    if (isNew) {
      flags[call] = (flags[call] ?? 0) | DIFFERENCE.error;
      if (hasBelow[call] === 0) {
        const nanos = failed.reduce((sum, node) => sum + (here.self[node] ?? 0), 0);
        findings.push({ type: 'error', call, count: failed.length, spans: failed.length, nanos, score: ERROR_WEIGHT * (1 - share) });
      }
    }
    if (above !== -1 && (isNew || hasBelow[call] === 1)) hasBelow[above] = 1;
  }
}

/** Of each call that failed of one that it made: when, from the start of the request, the first of those usually has ended. */
function firstFailures({ aligned, columns: { flags, presence, usualStart, usualExtent } }: Search): ReadonlyMap<number, number> {
  const failedBy = new Map<number, number>();
  for (let call = 0; call < aligned.size; call += 1) {
    const above = aligned.parent[call] ?? -1;
    const haveFailed = ((flags[call] ?? 0) & (flags[above] ?? 0) & DIFFERENCE.error) !== 0;
    // When a call ends that others do not make is not known.
    if (!haveFailed || presence[call] === 0) continue;
    const end = (usualStart[call] ?? 0) + (usualExtent[call] ?? 0);
    failedBy.set(above, Math.min(end, failedBy.get(above) ?? end));
  }
  return failedBy;
}

interface MaybeAftermath {
  readonly finding: Finding;
  readonly failedBy: ReadonlyMap<number, number>;
}

/** What is missing, as usually it comes after a call beside it that failed here, and with it what both are under. */
function afterFailure({ aligned, columns: { usualStart } }: Search, { finding, failedBy }: MaybeAftermath): Finding {
  if (finding.type !== 'missing') return finding;
  const failed = failedBy.get(aligned.parent[finding.call] ?? -1);
  if (failed === undefined || (usualStart[finding.call] ?? 0) < failed) return finding;
  // In the same order among themselves.
  return { ...finding, score: (AFTERMATH_SCORE * finding.score) / (CAUSE_WEIGHT + 1) };
}

/** Of a subtree that is missing or new: the spans that it has here, or usually has. */
function withSubtree({ aligned, columns: { presence, usualCount } }: Search, finding: Finding): Finding {
  if (finding.type !== 'missing' && finding.type !== 'new') return finding;
  let spans = 0;
  for (let call = finding.call; call < (aligned.subtreeEnd[finding.call] ?? 0); call += 1) {
    if (finding.type === 'new') spans += nodesOf(aligned, call).length;
    else if ((presence[call] ?? 0) * 2 >= (presence[finding.call] ?? 0)) spans += usualCount[call] ?? 0;
  }
  return { ...finding, spans };
}

function portion(nanos: number, whole: number): number {
  return Math.min(1, Math.max(0, nanos / whole));
}

function ranked(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (left, right) => right.score - left.score || Math.abs(right.nanos) - Math.abs(left.nanos) || left.call - right.call,
  );
}
