import { ThreadlineError } from '../../errors.ts';
import { type ApiRoute, defineRoute, type Reader } from '../api-route.ts';
import { invalidValue, type ParameterNames } from '../parameters/parameters.ts';
import { toStorageRange } from '../parameters/time-range.ts';
import { chunksOf } from '../read-rows.ts';
import { envelope, JAEGER_API, type JaegerEnvelope, type JaegerError, withJaegerErrors } from './jaeger-model.ts';
import { readOperations, readServiceNames } from './read-names.ts';
import { readServiceLinks } from './read-service-links.ts';
import { readTraces, type TracesRead } from './read-traces.ts';
import { given, parseSearchRequest, parseSpanKind, parseWhole, SEARCH_NAMES, type SearchRequest } from './search-request.ts';
import { KIND_TAGS, toJaegerTrace } from './to-jaeger-trace.ts';
import { formatJaegerTraceId, parseJaegerTraceId } from './trace-ids.ts';
import { JAEGER_V3_ROUTES } from './v3-routes.ts';

const NANOS_PER_MILLI = 1_000_000n;
/** How far back dependencies are counted without `lookback`, as in Jaeger. */
const DEFAULT_DEPENDENCY_LOOKBACK_MILLIS = 86_400_000n;
/** Of the 30 seconds that a read may take. */
const DELIVERY_WAIT_MILLIS = 10_000;
const NOT_FOUND = 'trace not found';
/** Clients send what Jaeger does not read either. */
const NO_NAMES: ParameterNames = { single: [], ignoresOthers: true };

const servicesRoute = defineRoute({
  path: `${JAEGER_API}/services`,
  names: NO_NAMES,
  parse: () => ({}),
  answer: async (_request, reader): Promise<JaegerEnvelope> => list(await readServiceNames(reader)),
});

/** Names alone; one that stands for spans of several kinds is there once. */
const serviceOperationsRoute = defineRoute({
  path: `${JAEGER_API}/services/:service/operations`,
  names: NO_NAMES,
  parse: ({ path }) => ({ service: path.service ?? '' }),
  async answer({ service }, reader): Promise<JaegerEnvelope> {
    const operations = await readOperations({ service }, reader);
    return list([...new Set(operations.map(({ name }) => name))]);
  },
});

const operationsRoute = defineRoute({
  path: `${JAEGER_API}/operations`,
  names: { single: ['service', 'spanKind'], ignoresOthers: true },
  parse({ parameters }) {
    const service = given(parameters, 'service');
    if (service === undefined) throw invalidValue('service', 'there; operations are those of one service');
    return { service, kind: parseSpanKind(parameters, 'spanKind') };
  },
  async answer(request, reader): Promise<JaegerEnvelope> {
    const operations = await readOperations(request, reader);
    return list(operations.map(({ name, kind }) => ({ name, spanKind: KIND_TAGS[kind] ?? '' })));
  },
});

/** Whole traces of which one single span fulfils everything that is asked for, or those of the ids that are named, newest first. */
const searchRoute = defineRoute({
  path: `${JAEGER_API}/traces`,
  names: SEARCH_NAMES,
  parse: (input) => parseSearchRequest(input),
  answer: (request: SearchRequest, reader) =>
    request.type === 'ids' ? answerByIds(request.traceIds, reader) : answerSearch(request, reader),
});

/** `start` and `end` are hints where to look; an id is found without them, so the trace is always the whole one. */
const traceRoute = defineRoute({
  path: `${JAEGER_API}/traces/:traceId`,
  names: NO_NAMES,
  parse: ({ path }) => ({ traceId: parseJaegerTraceId(path.traceId ?? '') }),
  async answer({ traceId }, reader): Promise<JaegerEnvelope> {
    const { data, errors } = await answerByIds([traceId], reader);
    if (errors !== null) throw new ThreadlineError('not_found', NOT_FOUND, { field: 'traceID' });
    return envelope(data);
  },
});

const dependenciesRoute = defineRoute({
  path: `${JAEGER_API}/dependencies`,
  names: { single: ['endTs', 'lookback', 'service'], ignoresOthers: true },
  parse({ parameters, nowNanos }) {
    const endMillis = parseWhole(parameters, 'endTs', 'a time in milliseconds since 1970') ?? nowNanos / NANOS_PER_MILLI;
    const lookback = parseWhole(parameters, 'lookback', 'a number of milliseconds') ?? DEFAULT_DEPENDENCY_LOOKBACK_MILLIS;
    const startMillis = lookback > endMillis ? 0n : endMillis - lookback;
    const range = toStorageRange({ fromNanos: startMillis * NANOS_PER_MILLI, toNanos: (endMillis + 1n) * NANOS_PER_MILLI });
    return { range, service: given(parameters, 'service') };
  },
  async answer({ range, service }, reader): Promise<JaegerEnvelope> {
    const { links, warnings } = await readServiceLinks(range, reader);
    const wanted = links.filter(({ parent, child }) => service === undefined || parent === service || child === service);
    return envelope(wanted, warnings.length === 0 ? {} : { warnings });
  },
});

/**
 * Jaeger's query API as Jaeger UI and Grafana call it. The first path that fits answers. Neither shows what an answer says beside its data, so that they wait longer
 * for what is on its way to the storage than others do, and are told of it where that is not enough.
 */
export const JAEGER_ROUTES: readonly ApiRoute[] = [
  ...[servicesRoute, serviceOperationsRoute, operationsRoute, searchRoute, traceRoute, dependenciesRoute].map((route) => ({
    ...route,
    withWarnings: withJaegerErrors,
  })),
  ...JAEGER_V3_ROUTES,
].map((route) => ({ ...route, deliveryWaitMillis: DELIVERY_WAIT_MILLIS }));

function list(data: readonly unknown[]): JaegerEnvelope {
  return envelope(data, { total: data.length });
}

async function answerSearch({ query, range, limit }: Extract<SearchRequest, { type: 'search' }>, reader: Reader): Promise<JaegerEnvelope> {
  const page = await reader.storage.searchTraces({ query, range, limit }, reader.context);
  const read = await readTraces(
    page.traces.map(({ summary }) => summary),
    reader,
  );
  return answerTraces(read, page.partial === undefined ? [] : [{ msg: `The search did not look at everything: ${page.partial.reason}` }]);
}

async function answerByIds(traceIds: readonly string[], reader: Reader): Promise<JaegerEnvelope> {
  const { storage, context } = reader;
  const parts = await Promise.all(chunksOf(traceIds).map((chunk) => storage.summarizeTraces(chunk, context)));
  const summaries = new Map(parts.flat().map((summary) => [summary.traceId, summary]));
  const found = traceIds.flatMap((traceId) => summaries.get(traceId) ?? []);
  const missing = traceIds.filter((traceId) => !summaries.has(traceId));
  return answerTraces(
    await readTraces(found, reader),
    missing.map((traceId) => ({ msg: NOT_FOUND, traceID: formatJaegerTraceId(traceId) })),
  );
}

function answerTraces({ traces, leftOut }: TracesRead, errors: readonly JaegerError[]): JaegerEnvelope {
  const all = [
    ...errors,
    ...leftOut.map((traceId) => ({ msg: 'left out: one answer has no room for this trace too', traceID: formatJaegerTraceId(traceId) })),
  ];
  return envelope(
    traces.map(({ traceId, spans, warnings }) => toJaegerTrace(traceId, spans, warnings)),
    all.length === 0 ? {} : { errors: all },
  );
}
