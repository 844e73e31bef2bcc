import { defineRoute } from '../api-route.ts';
import { parseTraceId } from '../parameters/trace-id.ts';
import { readTraceClocks } from '../trace-clocks.ts';

/** How far the clocks of a trace's machines are apart, with what shows it. */
export const traceClocksRoute = defineRoute({
  path: '/api/v1/traces/:traceId/clocks',
  names: { single: [] },
  parse: ({ path }) => ({ traceId: parseTraceId(path.traceId ?? '') }),
  answer: ({ traceId }, reader) => readTraceClocks(traceId, reader),
});
