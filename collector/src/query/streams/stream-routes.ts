import type { LogArrivals } from '../../storage/log-arrivals.ts';
import { createLogExportRoute } from './log-export-route.ts';
import { createLogTailRoute } from './log-tail-route.ts';
import type { StreamRoute } from './stream-route.ts';
import { traceColumnsRoute } from './trace-columns-route.ts';

/** Every endpoint whose answer is a stream. They stand before those with an id in their place. */
export function streamRoutes({ arrivals }: { readonly arrivals: LogArrivals }): readonly StreamRoute[] {
  return [createLogTailRoute(arrivals), createLogExportRoute(), traceColumnsRoute];
}
