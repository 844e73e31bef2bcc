import type { ApiRoute } from '../api-route.ts';
import { flowRoute } from './flow-route.ts';
import { logHistogramRoute } from './log-histogram-route.ts';
import { logRecordRoute } from './log-record-route.ts';
import { logSearchRoute } from './log-search-route.ts';
import { operationsRoute, servicesRoute } from './services-routes.ts';
import { traceRoute } from './trace-route.ts';
import { traceSearchRoute } from './trace-search-route.ts';

/** Every endpoint that answers from the storage. The first path that fits answers. */
export const API_ROUTES: readonly ApiRoute[] = [
  logHistogramRoute,
  logSearchRoute,
  logRecordRoute,
  traceSearchRoute,
  traceRoute,
  flowRoute,
  servicesRoute,
  operationsRoute,
];
