import type { Shop } from './shop-test.ts';

/** A page, the request without which it has nothing to show, what it says where that fails, and a text that is there once it has come. */
export interface PageWithAnswer {
  readonly path: string;
  readonly request: string;
  readonly failed: string;
  readonly ready: string;
}

/** Every page that asks for something: a new one adds its row, and is tried in every state. */
export function pagesOf(shop: Shop): readonly PageWithAnswer[] {
  return [
    { path: '/logs', request: '/logs?*', failed: 'The records could not be read', ready: 'a long line' },
    { path: '/logs?view=patterns', request: '/logs/patterns?*', failed: 'The patterns could not be read', ready: 'Most first' },
    { path: '/logs?view=stats', request: '/logs/stats?*', failed: 'The figures could not be read', ready: 'Over time' },
    { path: '/traces', request: '/traces?*', failed: 'The traces could not be read', ready: 'GET /status' },
    {
      path: `/trace/${shop.failedTraceId}`,
      request: `/traces/${shop.failedTraceId}/columns`,
      failed: 'The trace could not be read',
      ready: 'card declined',
    },
    { path: '/flows', request: '/logs?*', failed: 'The records could not be read', ready: 'order-failed' },
    { path: '/flow/order-failed', request: '/flows/order-failed?*', failed: 'The flow could not be read', ready: 'card declined' },
    { path: '/services', request: '/service-map?*', failed: 'The services could not be read', ready: 'State now' },
    { path: '/services?view=map', request: '/service-map?*', failed: 'The services could not be read', ready: 'Group by' },
    { path: '/service/orders', request: '/services/orders/figures?*', failed: 'The service could not be read', ready: 'Called by' },
    { path: '/errors', request: '/errors?*', failed: 'The errors could not be read', ready: 'card declined' },
    { path: '/status', request: '/status', failed: 'The status could not be read', ready: 'delivering' },
  ];
}
