import type { SearchStore } from '../../storage/searches/search-store.ts';
import type { ApiRoute } from '../api-route.ts';
import type { CollectorView } from '../collector-view.ts';
import { createSavedSearchesRoute } from '../saved-searches/saved-search-routes.ts';
import { createDeadLettersRoute } from './dead-letters-route.ts';
import { deploymentsRoute, errorRoute, errorsRoute, serviceErrorsRoute } from './errors-routes.ts';
import { createFlowRoute } from './flow-route.ts';
import { createHealthRoute, type HealthOptions } from './health-route.ts';
import { logContextRoute } from './log-context-route.ts';
import { logFieldsRoute, logFieldValuesRoute } from './log-fields-routes.ts';
import { logHistogramRoute } from './log-histogram-route.ts';
import { logPatternsRoute } from './log-patterns-route.ts';
import { logRecordRoute } from './log-record-route.ts';
import { logSearchRoute } from './log-search-route.ts';
import { createOpenApiRoute } from './openapi-route.ts';
import { createServiceFiguresRoutes, environmentsRoute, operationFiguresRoute } from './service-figures-routes.ts';
import { operationsRoute, servicesRoute } from './services-routes.ts';
import { logStatsRoute, spanStatsRoute } from './stats-routes.ts';
import { createStatusRoute } from './status-route.ts';
import { traceClocksRoute } from './trace-clocks-route.ts';
import { traceRoute } from './trace-route.ts';
import { traceSearchRoute } from './trace-search-route.ts';
import { traceSpanRoute } from './trace-span-route.ts';

export interface ApiRoutesOptions extends HealthOptions {
  readonly collector: CollectorView;
  readonly searches: SearchStore;
}

/** Every endpoint. The first path that fits answers. */
export function apiRoutes(options: ApiRoutesOptions): readonly ApiRoute[] {
  return [
    logHistogramRoute,
    logFieldsRoute,
    logFieldValuesRoute,
    logPatternsRoute,
    logStatsRoute,
    spanStatsRoute,
    logSearchRoute,
    logContextRoute,
    logRecordRoute,
    traceSearchRoute,
    traceSpanRoute,
    traceClocksRoute,
    traceRoute,
    createFlowRoute(),
    servicesRoute,
    operationsRoute,
    ...createServiceFiguresRoutes(),
    operationFiguresRoute,
    environmentsRoute,
    serviceErrorsRoute,
    deploymentsRoute,
    errorsRoute,
    errorRoute,
    createSavedSearchesRoute(options.searches),
    createHealthRoute(options),
    createStatusRoute(options.collector),
    createDeadLettersRoute(options.collector),
    createOpenApiRoute(options),
  ];
}
