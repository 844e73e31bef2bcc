import { ELASTICSEARCH_ROUTES } from './elasticsearch-routes.ts';
import type { ForeignRoute } from './foreign-route.ts';
import { LOKI_ROUTES } from './loki-route.ts';
import { zipkinRoute } from './zipkin-route.ts';

/** Every protocol beside OTLP that is taken on OTLP/HTTP's port. */
export const FOREIGN_ROUTES: readonly ForeignRoute[] = [zipkinRoute, ...LOKI_ROUTES, ...ELASTICSEARCH_ROUTES];
