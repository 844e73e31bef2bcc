import type { TraceHeadLine, TraceLogsLine, TraceSpansLine, UnfinishedSpan } from '@threadline/collector/api';
import fc from 'fast-check';
import { criticalPath } from './critical-path.ts';
import { selfTimes } from './self-time.ts';
import type { TraceMeasures } from './trace-measures.ts';
import { addEnd, addLogs, addSpans, createTraceStore, type TraceStore } from './trace-store.ts';
import { buildTraceTree, NODE, spanIdOf, type TraceTree } from './trace-tree.ts';

/** Spans and records by short names, with only what a test is about; for tests alone. */
export interface SpanDraft {
  /** Up to eight characters: they are the id. */
  readonly id: string;
  readonly parent?: string | undefined;
  readonly start?: number;
  readonly end?: number;
  readonly name?: string;
  readonly service?: string;
  readonly target?: string;
  readonly kind?: number;
  readonly status?: number;
  readonly events?: readonly { readonly time: number; readonly name: string }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface LogDraft {
  readonly id: string;
  readonly span?: string;
  readonly time: number;
  /** Place in `LEVEL_NAMES`. */
  readonly level?: number;
}

export interface TraceDraft {
  readonly spans?: readonly SpanDraft[];
  readonly logs?: readonly LogDraft[];
  readonly unfinished?: readonly UnfinishedSpan[];
  readonly isComplete?: boolean;
  /** How many spans of other traces link to a span. */
  readonly linkedFrom?: Readonly<Record<string, number>>;
}

const START = 1_000n;

/** The id of a short name. */
export function hexOf(name: string): string {
  return [...name]
    .map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('')
    .padStart(16, '0');
}

export function headLine(spanCount: number, unfinished: readonly UnfinishedSpan[] = []): TraceHeadLine {
  return {
    type: 'head',
    summary: {
      traceId: 't',
      rootService: '',
      rootOperation: '',
      rootSpanId: '',
      rootStartTimeUnixNano: String(START),
      rootDurationNano: '0',
      startTimeUnixNano: String(START),
      durationNano: '0',
      spanCount,
      errorCount: 0,
      services: [],
    },
    unfinished: [...unfinished],
    drops: [],
    warnings: [],
  };
}

export function spansLine(drafts: readonly SpanDraft[], known: { names: string[]; services: string[] }): TraceSpansLine {
  const spans = drafts.toSorted((left, right) => (left.start ?? 0) - (right.start ?? 0));
  const [firstName, firstService] = [known.names.length, known.services.length];
  const place = (list: string[], text: string): number => (list.includes(text) ? list.indexOf(text) : list.push(text) - 1);
  const names = spans.map(({ name = 'operation' }) => place(known.names, name));
  const services = spans.map(({ service = 'orders' }) => place(known.services, service));
  const targets = [...new Set(spans.map(({ target = '' }) => target))];
  return {
    type: 'spans',
    ids: spans.map(({ id }) => hexOf(id)).join(''),
    parents: spans.map(({ parent }) => (parent === undefined ? '0'.repeat(16) : hexOf(parent))).join(''),
    starts: spans.map(({ start = 0 }) => start),
    durations: spans.map(({ start = 0, end = start }) => end - start),
    newNames: known.names.slice(firstName),
    names,
    newServices: known.services.slice(firstService),
    services,
    newTargets: targets,
    targets: spans.map(({ target = '' }) => targets.indexOf(target)),
    kinds: spans.map(({ kind = 1 }) => kind).join(''),
    statuses: spans.map(({ status = 0 }) => status).join(''),
    events: spans.flatMap(({ events = [] }, span) => events.map((event) => ({ span, ...event }))),
    links: spans.flatMap(({ links = [] }, span) => links.map((link) => ({ span, ...link }))),
    dropped: [],
    early: [],
  };
}

export function logsLine(logs: readonly LogDraft[]): TraceLogsLine {
  return {
    type: 'logs',
    ids: logs.map(({ id }) => id),
    spans: logs.map(({ span }) => (span === undefined ? '0'.repeat(16) : hexOf(span))).join(''),
    times: logs.map(({ time }) => time),
    levels: logs.map(({ level = 2 }) => level),
    newServices: [],
    services: logs.map(() => 0),
    bodies: logs.map(({ id }) => ({ stringValue: id })),
  };
}

export function storeOf({ spans = [], logs = [], unfinished = [], linkedFrom = {} }: TraceDraft): TraceStore {
  const store = createTraceStore(headLine(spans.length, unfinished));
  addSpans(store, spansLine(spans, { names: [], services: [] }));
  addLogs(store, logsLine(logs.toSorted((left, right) => left.time - right.time)));
  const links = Object.entries(linkedFrom).map(([id, count]) => ({ spanId: hexOf(id), count }));
  addEnd(store, { type: 'end', spanCount: spans.length, logCount: logs.length, linkedFrom: links });
  return store;
}

export function treeOf(draft: TraceDraft): TraceTree {
  return buildTraceTree(storeOf(draft), { isComplete: draft.isComplete ?? true });
}

export function measuresOf(draft: TraceDraft): TraceMeasures {
  const tree = treeOf(draft);
  return { tree, self: selfTimes(tree), critical: criticalPath(tree).nanos };
}

/** The answer of a trace in columns, as the collector gives it. */
export function answerOf({ spans = [] }: TraceDraft): string {
  const lines = [
    headLine(spans.length),
    spansLine(spans, { names: [], services: [] }),
    { type: 'end', spanCount: spans.length, logCount: 0, linkedFrom: [] },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Trees of spans at any times under any parents, of a few services and operations. */
export function anySpans(maxLength = 25): fc.Arbitrary<SpanDraft[]> {
  const draft = fc.record({
    parent: fc.option(fc.nat(50)),
    start: fc.nat(100),
    length: fc.nat(100),
    name: fc.constantFrom('a', 'b', 'c'),
    service: fc.constantFrom('x', 'y'),
    status: fc.constantFrom(0, 0, 2),
  });
  return fc.array(draft, { minLength: 1, maxLength }).map((drafts) =>
    drafts.map(({ parent, start, length, ...rest }, index) => ({
      ...rest,
      id: `s${index}`,
      parent: parent === null || index === 0 ? undefined : `s${parent % index}`,
      start,
      end: start + length,
    })),
  );
}

/** Short names of a tree's nodes, with a dot for each level. */
export function namesOf(tree: TraceTree, nodes: Iterable<number> = Array.from({ length: tree.size }, (_, node) => node)): string[] {
  return [...nodes].map((node) => {
    const name = tree.type[node] === NODE.log ? (tree.logs.ids[tree.source[node] ?? 0] ?? '') : shortName(spanIdOf(tree, node));
    return `${'.'.repeat(tree.depth[node] ?? 0)}${tree.type[node] === NODE.missing ? '?' : ''}${name}`;
  });
}

function shortName(id: string): string {
  return (id.replace(/^(00)+/, '').match(/../g) ?? []).map((digits) => String.fromCharCode(Number.parseInt(digits, 16))).join('');
}
