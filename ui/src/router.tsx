import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Frame } from './frame/frame.tsx';
import { NotFound } from './frame/not-found.tsx';
import { PageCrash } from './frame/page-crash.tsx';
import { withTexts } from './messages/load-messages.ts';
import { newLogsUrl } from './state/log-look.ts';
import {
  parseErrorsUrl,
  parseFlowUrl,
  parseLogsUrl,
  parseSearchText,
  parseSearchUrl,
  parseServicesUrl,
  parseServiceUrl,
  parseTracesUrl,
  parseTraceUrl,
  writeSearchText,
} from './state/url-state.ts';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: PageCrash });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/logs', search: newLogsUrl({}), replace: true });
  },
});
const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  validateSearch: parseLogsUrl,
  component: lazyRouteComponent(() => import('./panels/log-search/log-search-page.tsx'), 'LogSearchPage'),
});
const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  validateSearch: parseTracesUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/trace-search/trace-search-page.tsx')), 'TraceSearchPage'),
});
const trace = createRoute({
  getParentRoute: () => root,
  path: '/trace/$traceId',
  validateSearch: parseTraceUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/trace-view/trace-view-page.tsx')), 'TraceViewPage'),
});
const flows = createRoute({
  getParentRoute: () => root,
  path: '/flows',
  validateSearch: parseSearchUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/flow-index/flow-index-page.tsx')), 'FlowIndexPage'),
});
const flow = createRoute({
  getParentRoute: () => root,
  path: '/flow/$correlationId',
  validateSearch: parseFlowUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/flow/flow-page.tsx')), 'FlowPage'),
});

const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  validateSearch: parseServicesUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/services/services-page.tsx')), 'ServicesPage'),
});
const service = createRoute({
  getParentRoute: () => root,
  path: '/service/$service',
  validateSearch: parseServiceUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/service/service-page.tsx')), 'ServicePage'),
});
const errors = createRoute({
  getParentRoute: () => root,
  path: '/errors',
  validateSearch: parseErrorsUrl,
  component: lazyRouteComponent(() => withTexts(import('./panels/errors/errors-page.tsx')), 'ErrorsPage'),
});
const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: lazyRouteComponent(() => withTexts(import('./panels/status/status-page.tsx')), 'StatusPage'),
});

/** An address of one trace, flow or service whose end was cut off leads to the list of them. */
const shortened = (
  [
    ['/trace', '/traces'],
    ['/flow', '/flows'],
    ['/service', '/services'],
  ] as const
).map(([path, to]) =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: () => {
      throw redirect({ to, replace: true });
    },
  }),
);

/** Every address there is. Pages come as chunks of their own. */
export function createAppRouter() {
  return createRouter({
    routeTree: root.addChildren([home, logs, traces, trace, flows, flow, services, service, errors, status, ...shortened]),
    parseSearch: parseSearchText,
    stringifySearch: writeSearchText,
    defaultPreload: 'intent',
    defaultErrorComponent: PageCrash,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
