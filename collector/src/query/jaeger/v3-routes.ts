import type { TraceSummary } from '../../api/index.ts';
import { ThreadlineError } from '../../errors.ts';
import type { PartialRead, TimeRange, TraceSearch } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import { type ApiRoute, defineRoute, type RouteInput } from '../api-route.ts';
import { invalidValue, type ParameterNames, type Parameters } from '../parameters/parameters.ts';
import { parseTimeParameter, toStorageRange } from '../parameters/time-range.ts';
import { JAEGER_API } from './jaeger-model.ts';
import { readOperations, readServiceNames } from './read-names.ts';
import { readTraces, type TracesRead } from './read-traces.ts';
import { given, parseLimit, parseSpanFilters, parseSpanKind, type SearchParameterNames } from './search-request.ts';
import { KIND_TAGS } from './to-jaeger-trace.ts';
import { toOtlpTrace } from './to-otlp-trace.ts';
import { parseJaegerTraceId } from './trace-ids.ts';

const NAMES: SearchParameterNames = {
  service: 'query.serviceName',
  operation: 'query.operationName',
  minDuration: 'query.durationMin',
  maxDuration: 'query.durationMax',
  tags: 'query.attributes',
  limit: 'query.searchDepth',
};
const FROM = 'query.startTimeMin';
const TO = 'query.startTimeMax';
const ALL_NAMES = [...Object.values(NAMES), FROM, TO];
const SEARCH_NAMES: ParameterNames = { single: [...new Set([...ALL_NAMES, ...ALL_NAMES.map(oldName)])], ignoresOthers: true };

const servicesRoute = defineRoute({
  path: `${JAEGER_API}/v3/services`,
  names: { single: [], ignoresOthers: true },
  parse: () => ({}),
  answer: async (_request, reader) => ({ services: await readServiceNames(reader) }),
});

/** An operation of no kind counts as internal here, as in Jaeger. */
const operationsRoute = defineRoute({
  path: `${JAEGER_API}/v3/operations`,
  names: { single: ['service', 'spanKind'], ignoresOthers: true },
  parse: ({ parameters }) => ({ service: given(parameters, 'service') ?? '', kind: parseSpanKind(parameters, 'spanKind') }),
  async answer(request, reader) {
    const operations = await readOperations(request, reader);
    return { operations: operations.map(({ name, kind }) => ({ name, spanKind: KIND_TAGS[kind] || 'internal' })) };
  },
});

/** What a list shows of the traces of which one single span fulfils everything, newest first; without a service of any. */
const summariesRoute = defineRoute({
  path: `${JAEGER_API}/v3/trace-summaries`,
  names: SEARCH_NAMES,
  parse: parseSearch,
  async answer(search, { storage, context }) {
    const page = await storage.searchTraces(search, context);
    return { summaries: page.traces.map(({ summary }) => summaryOf(summary)), ...answerNotes({ partial: page.partial }) };
  },
});

/** Whole traces that a search finds, as OTLP. */
const tracesRoute = defineRoute({
  path: `${JAEGER_API}/v3/traces`,
  names: SEARCH_NAMES,
  parse: parseSearch,
  async answer(search, reader) {
    const page = await reader.storage.searchTraces(search, reader.context);
    const read = await readTraces(
      page.traces.map(({ summary }) => summary),
      reader,
    );
    return answerTraces(read, page.partial);
  },
});

/** `startTime` and `endTime` are hints where to look; an id is found without them. */
const traceRoute = defineRoute({
  path: `${JAEGER_API}/v3/traces/:traceId`,
  names: { single: [], ignoresOthers: true },
  parse: ({ path }) => ({ traceId: parseJaegerTraceId(path.traceId ?? '') }),
  async answer({ traceId }, reader) {
    const summaries = await reader.storage.summarizeTraces([traceId], reader.context);
    return answerTraces(await readTraces(summaries, reader), undefined);
  },
});

/** The third version of Jaeger's API, over HTTP: Jaeger UI asks it for lists, Grafana, where it is told to, for traces too. */
export const JAEGER_V3_ROUTES: readonly ApiRoute[] = [servicesRoute, operationsRoute, summariesRoute, tracesRoute, traceRoute];

function parseSearch({ parameters, nowNanos }: RouteInput): TraceSearch {
  const named = withOldNames(parameters);
  return { query: parseSpanFilters(named, NAMES), limit: parseLimit(named, NAMES), range: parseRange(named, nowNanos) };
}

/** Each parameter may also be called as it was first: `query.service_name`. */
function withOldNames(parameters: Parameters): Parameters {
  return {
    get: (name) => parameters.get(name) ?? parameters.get(oldName(name)),
    all: (name) => [...parameters.all(name), ...(oldName(name) === name ? [] : parameters.all(oldName(name)))],
  };
}

function oldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** In one piece, and an error where there is nothing, as in Jaeger. */
function answerTraces({ traces, leftOut }: TracesRead, partial: PartialRead | undefined): object {
  if (traces.length === 0) throw new ThreadlineError('not_found', 'No traces found');
  const warnings = [
    ...new Set(traces.flatMap((trace) => trace.warnings)),
    ...(leftOut.length === 0 ? [] : [`One answer has no room for these traces too: ${leftOut.join(', ')}`]),
  ];
  return { result: toOtlpTrace(traces.flatMap(({ spans }) => spans)), ...answerNotes({ partial, warnings }) };
}

/** Both ends are in the range. */
function parseRange(parameters: Parameters, nowNanos: bigint): TimeRange {
  const fromNanos = parseTime(parameters, FROM, nowNanos);
  const lastNanos = parseTime(parameters, TO, nowNanos);
  if (fromNanos > lastNanos) throw invalidValue(FROM, `before "${TO}"`);
  return toStorageRange({ fromNanos, toNanos: lastNanos + 1n });
}

function parseTime(parameters: Parameters, name: string, nowNanos: bigint): bigint {
  const text = given(parameters, name);
  if (text === undefined) throw invalidValue(name, 'there; a search needs both ends of its time');
  return parseTimeParameter(text, name, nowNanos);
}

/** Jaeger's count of spans whose parent is missing is left out: that is known only from all the spans. */
function summaryOf({
  traceId,
  rootService,
  rootOperation,
  startTimeUnixNano,
  durationNano,
  spanCount,
  errorCount,
  services,
}: TraceSummary) {
  return {
    traceId,
    rootServiceName: rootService,
    rootOperationName: rootOperation,
    minStartTimeUnixNano: startTimeUnixNano,
    maxEndTimeUnixNano: (BigInt(startTimeUnixNano) + BigInt(durationNano)).toString(),
    spanCount,
    errorSpanCount: errorCount,
    services: services.map((service) => ({ name: service.name, spanCount: service.spanCount, errorSpanCount: service.errorCount })),
  };
}
