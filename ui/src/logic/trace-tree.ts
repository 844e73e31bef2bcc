import type { LogRecord, Span, UnfinishedSpan } from '@threadline/collector/api';
import { isErrorLevel, levelOf } from './level.ts';
import { later, nanosBetween, parseNanos } from './nanos.ts';

/** What stands behind one node of the tree. `missing`: a parent that is named and has not arrived. */
export type TraceEntry =
  | { readonly type: 'span'; readonly span: Span }
  | { readonly type: 'unfinished'; readonly span: UnfinishedSpan }
  | { readonly type: 'missing'; readonly spanId: string }
  | { readonly type: 'log'; readonly log: LogRecord };

/**
 * A trace's spans and records as one tree, flat: node `i`'s subtree is the nodes from `i` to `subtreeEnd[i]` (exclusive),
 * children by start, then id. Columns, so that a large trace costs arrays and not objects to walk.
 */
export interface TraceTree {
  readonly entries: readonly TraceEntry[];
  readonly depth: Int32Array;
  /** -1 at the top level. */
  readonly parent: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** From the start of the trace, nanoseconds. */
  readonly start: Float64Array;
  /** Nanoseconds; 0 for records, and to the end of the trace for spans that have not ended. */
  readonly duration: Float64Array;
  /** The earliest start and the latest end, Unix nanoseconds. */
  readonly startNanos: bigint;
  readonly durationNanos: number;
  readonly missingCount: number;
}

export interface TraceParts {
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  readonly unfinished: readonly UnfinishedSpan[];
  /** False while pages are still to come: then an absent parent is not called missing yet. */
  readonly loaded: boolean;
}

interface Draft {
  readonly entry: TraceEntry;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly sortNanos: bigint;
  readonly endNanos: bigint | undefined;
}

/**
 * Builds the tree. Holds for any input: a span id that stands twice keeps both spans (children go to the first), parents that
 * form a ring are cut at the earliest of them, records of a span that is not there stand at the top level.
 */
export function buildTraceTree(parts: TraceParts): TraceTree {
  const drafts = [...draftSpans(parts), ...draftLogs(parts.logs)];
  const known = new Map<string, number>();
  drafts.forEach((draft, index) => {
    if (draft.id !== '' && !known.has(draft.id)) known.set(draft.id, index);
  });
  if (parts.loaded) addMissingParents(drafts, known);
  const children: number[][] = drafts.map(() => []);
  const tops: number[] = [];
  const parentOf = drafts.map((draft, index) => {
    const parent = draft.parentId === undefined ? undefined : known.get(draft.parentId);
    return parent === undefined || parent === index ? -1 : parent;
  });
  parentOf.forEach((parent, index) => {
    (children[parent] ?? tops).push(index);
  });
  const byTime = (left: number, right: number) => compareDrafts(drafts[left], drafts[right]);
  for (const list of [...children, tops]) list.sort(byTime);
  return flatten(drafts, { children, tops, byTime });
}

function draftSpans(parts: TraceParts): Draft[] {
  const finished = new Set(parts.spans.map((span) => span.spanId));
  return [
    ...parts.spans.map((span): Draft => {
      const sortNanos = parseNanos(span.startTimeUnixNano === '0' ? span.arrivalTimeUnixNano : span.startTimeUnixNano);
      return {
        entry: { type: 'span', span },
        id: span.spanId,
        parentId: span.parentSpanId,
        sortNanos,
        endNanos: later(sortNanos, parseNanos(span.endTimeUnixNano)),
      };
    }),
    ...parts.unfinished
      .filter((span) => !finished.has(span.spanId))
      .map(
        (span): Draft => ({
          entry: { type: 'unfinished', span },
          id: span.spanId,
          parentId: span.parentSpanId,
          sortNanos: parseNanos(span.startTimeUnixNano),
          endNanos: undefined,
        }),
      ),
  ];
}

function draftLogs(logs: readonly LogRecord[]): Draft[] {
  return logs.map((log) => {
    const sortNanos = parseNanos([log.timeUnixNano, log.observedTimeUnixNano].find((time) => time !== '0') ?? log.arrivalTimeUnixNano);
    return { entry: { type: 'log', log }, id: '', parentId: log.spanId, sortNanos, endNanos: sortNanos };
  });
}

function addMissingParents(drafts: Draft[], known: Map<string, number>): void {
  const earliest = new Map<string, bigint>();
  for (const { entry, parentId, sortNanos } of drafts) {
    if (entry.type === 'log' || parentId === undefined || known.has(parentId)) continue;
    const before = earliest.get(parentId);
    if (before === undefined || sortNanos < before) earliest.set(parentId, sortNanos);
  }
  for (const [spanId, sortNanos] of earliest) {
    known.set(spanId, drafts.length);
    drafts.push({ entry: { type: 'missing', spanId }, id: spanId, parentId: undefined, sortNanos, endNanos: sortNanos });
  }
}

function compareDrafts(left: Draft | undefined, right: Draft | undefined): number {
  if (left === undefined || right === undefined) return 0;
  if (left.sortNanos !== right.sortNanos) return left.sortNanos < right.sortNanos ? -1 : 1;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

interface Shape {
  readonly children: readonly (readonly number[])[];
  readonly tops: readonly number[];
  readonly byTime: (left: number, right: number) => number;
}

function flatten(drafts: readonly Draft[], shape: Shape): TraceTree {
  const size = drafts.length;
  const depth = new Int32Array(size);
  const parent = new Int32Array(size).fill(-1);
  const subtreeEnd = new Int32Array(size);
  const order: number[] = [];
  const seen = new Uint8Array(size);
  const visit = (top: number) => walk(top, { shape, order, seen, depth, parent, subtreeEnd });
  for (const top of shape.tops) visit(top);
  // What no top leads to hangs in a ring of parents: it is cut before its earliest span.
  if (order.length < size) for (const draft of drafts.map((_, index) => index).sort(shape.byTime)) if (seen[draft] === 0) visit(draft);
  return { ...times(order.map((index) => drafts[index])), depth, parent, subtreeEnd };
}

interface Walk {
  readonly shape: Shape;
  readonly order: number[];
  readonly seen: Uint8Array;
  readonly depth: Int32Array;
  readonly parent: Int32Array;
  readonly subtreeEnd: Int32Array;
}

/** Depth first without recursion: a chain of 100,000 spans is not deeper than the stack. */
function walk(top: number, { shape, order, seen, depth, parent, subtreeEnd }: Walk): void {
  const open: { draft: number; node: number; next: number }[] = [];
  const enter = (draft: number, parentNode: number) => {
    const node = order.length;
    seen[draft] = 1;
    order.push(draft);
    parent[node] = parentNode;
    depth[node] = parentNode === -1 ? 0 : (depth[parentNode] ?? 0) + 1;
    open.push({ draft, node, next: 0 });
  };
  enter(top, -1);
  for (let current = open.at(-1); current !== undefined; current = open.at(-1)) {
    const child = shape.children[current.draft]?.[current.next];
    current.next += 1;
    if (child === undefined) {
      subtreeEnd[current.node] = order.length;
      open.pop();
    } else if (seen[child] === 0) enter(child, current.node);
  }
}

function times(drafts: readonly (Draft | undefined)[]) {
  const present = drafts.filter((draft) => draft !== undefined);
  let startNanos = present[0]?.sortNanos ?? 0n;
  let endNanos = startNanos;
  for (const { sortNanos, endNanos: end } of present) {
    if (sortNanos < startNanos) startNanos = sortNanos;
    if ((end ?? sortNanos) > endNanos) endNanos = end ?? sortNanos;
  }
  return {
    entries: present.map((draft) => draft.entry),
    start: Float64Array.from(present, (draft) => nanosBetween(startNanos, draft.sortNanos)),
    duration: Float64Array.from(present, (draft) => nanosBetween(draft.sortNanos, draft.endNanos ?? endNanos)),
    startNanos,
    durationNanos: nanosBetween(startNanos, endNanos),
    missingCount: present.filter((draft) => draft.entry.type === 'missing').length,
  };
}

/** A span with status error, or a record at `level:>=error`. */
export function isErrorEntry(entry: TraceEntry): boolean {
  if (entry.type === 'span') return entry.span.status?.code === 2;
  return entry.type === 'log' && isErrorLevel(levelOf(entry.log));
}
