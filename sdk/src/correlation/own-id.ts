import type { Counters } from '../counters.ts';
import { isCorrelationId } from './correlation-id.ts';

/**
 * What gives a flow its id when it came without one: the app's own function, else the trace id. One that throws, or
 * answers what is no id, is replaced by the trace id and counted, since a request must not fail for it.
 */
export function createIdSource(own: (() => string) | undefined, counters: Counters): (traceId: string) => string {
  if (own === undefined) return (traceId) => traceId;
  return (traceId) => {
    const id = callSafely(own);
    if (isCorrelationId(id)) return id;
    counters.invalidCorrelationIds += 1;
    return traceId;
  };
}

function callSafely(own: () => string): unknown {
  try {
    return own();
  } catch {
    return undefined;
  }
}
