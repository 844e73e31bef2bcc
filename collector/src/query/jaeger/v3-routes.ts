import type { TraceSummary } from '../../api/index.ts';
import type { TimeRange } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import { type ApiRoute, defineRoute } from '../api-route.ts';
import { invalidValue, type Parameters } from '../parameters/parameters.ts';
import { parseTimeParameter, toStorageRange } from '../parameters/time-range.ts';
import { JAEGER_API } from './jaeger-model.ts';
import { readOperations, readServiceNames } from './read-names.ts';
import { given, parseLimit, parseSpanFilters, parseSpanKind, type SearchParameterNames } from './search-request.ts';
import { KIND_TAGS } from './to-jaeger-trace.ts';

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
  names: { single: [...Object.values(NAMES), FROM, TO], ignoresOthers: true },
  parse: ({ parameters, nowNanos }) => ({
    query: parseSpanFilters(parameters, NAMES),
    limit: parseLimit(parameters, NAMES),
    range: parseRange(parameters, nowNanos),
  }),
  async answer(search, { storage, context }) {
    const page = await storage.searchTraces(search, context);
    return { summaries: page.traces.map(({ summary }) => summaryOf(summary)), ...answerNotes({ partial: page.partial }) };
  },
});

/** What Jaeger UI asks of the third version of Jaeger's API; whole traces it reads from the first. */
export const JAEGER_V3_ROUTES: readonly ApiRoute[] = [servicesRoute, operationsRoute, summariesRoute];

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
