import type { TraceColumnsLine } from '@threadline/collector/api';
import { type CallGraph, callGraph } from './call-graph.ts';
import { criticalPath } from './critical-path.ts';
import { type FlameGraph, flameGraph } from './flame-graph.ts';
import type { FlameWay } from './flame-ways.ts';
import type { Grouping } from './groupings.ts';
import { selfTimes } from './self-time.ts';
import { compareTraces, type TraceComparison } from './trace-comparison.ts';
import type { TraceMeasures } from './trace-measures.ts';
import { type TraceStatistics, traceStatistics } from './trace-statistics.ts';
import { addLogs, addSpans, createTraceStore, offsetsOf, type TraceStore } from './trace-store.ts';
import { buildTraceTree } from './trace-tree.ts';

/** What a view asks to be worked out of a trace. */
export type ViewRequest =
  | { readonly type: 'flame'; readonly way: FlameWay }
  | { readonly type: 'statistics'; readonly by: Grouping }
  | { readonly type: 'calls'; readonly by: Grouping }
  /** `others`: whole answers of traces in columns. `shifts`: nanoseconds that the times of services are moved by in these; those of the trace itself are as it is drawn. */
  | { readonly type: 'comparison'; readonly others: readonly ArrayBuffer[]; readonly shifts?: ReadonlyMap<string, number> };

export interface ViewAnswers {
  readonly flame: FlameGraph;
  readonly statistics: TraceStatistics;
  readonly calls: CallGraph;
  readonly comparison: TraceComparison;
}

export type ViewAnswer<Request extends ViewRequest = ViewRequest> = ViewAnswers[Request['type']];

export function answerView(measures: TraceMeasures, request: ViewRequest): ViewAnswer {
  switch (request.type) {
    case 'flame':
      return flameGraph(measures, request.way);
    case 'statistics':
      return traceStatistics(measures, request.by);
    case 'calls':
      return callGraph(measures, request.by);
    case 'comparison':
      return compareTraces(
        measures,
        request.others.map((bytes) => measureAnswer(bytes, request.shifts)),
      );
  }
}

const NO_SHIFTS: ReadonlyMap<string, number> = new Map();

/** A whole answer of a trace in columns, and what is measured of it. Throws where the answer was cut. */
function measureAnswer(bytes: ArrayBuffer, shifts: ReadonlyMap<string, number> = NO_SHIFTS): TraceMeasures {
  const store = readStore(new TextDecoder().decode(bytes));
  const tree = buildTraceTree(store, { isComplete: true, ...offsetsOf(store, shifts) });
  return { tree, self: selfTimes(tree), critical: criticalPath(tree).nanos };
}

function readStore(text: string): TraceStore {
  let store: TraceStore | undefined;
  let isWhole = false;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const part: TraceColumnsLine = JSON.parse(line);
    if (part.type === 'head') store = createTraceStore(part);
    else if (part.type === 'end') isWhole = true;
    else if (store !== undefined && part.type === 'spans') addSpans(store, part);
    else if (store !== undefined && part.type === 'logs') addLogs(store, part);
  }
  if (store === undefined || !isWhole) throw new Error('The answer of a trace was cut');
  return store;
}

/** The buffers of an answer, which a worker hands over without a copy. */
export function viewBuffers(answer: unknown): ArrayBufferLike[] {
  if (ArrayBuffer.isView(answer)) return [answer.buffer];
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return [];
  return Object.values(answer).flatMap(viewBuffers);
}
