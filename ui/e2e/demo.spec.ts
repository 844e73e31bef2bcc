import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import type { ErrorGroupsAnswer, FlowAnswer, ServiceMapAnswer } from '@threadline/collector/api';
import { test as base, expect } from './console-watch.ts';
import { type DemoShop, startDemoShop } from './demo-shop.ts';

interface Visit {
  readonly correlationId: string;
  readonly status: number;
}

/** A page in front of the demo's collector, while the demo runs: real services under the SDK, with visitors. */
const test = base.extend<{ readonly visit: (body: object) => Promise<Visit> }, { readonly demo: DemoShop }>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const demo = await startDemoShop();
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.collector.ui),
  /** A visitor checks out, under a correlation ID of its own. */
  visit: async ({ demo }, use) =>
    use(async (body) => {
      const correlationId = `visit-${randomUUID()}`;
      const response = await fetch(`${demo.gatewayUrl}/checkout`, {
        method: 'POST',
        headers: { 'x-correlation-id': correlationId, 'content-type': 'application/json' },
        body: JSON.stringify({ lines: [{ sku: 'mug-blue', quantity: 1 }], card: 'tok_visa', email: 'ada@shopper.example', ...body }),
      });
      return { correlationId, status: response.status };
    }),
});

const SERVICES = ['gateway', 'inventory', 'notifications', 'orders', 'payments'];

const errors = (page: Page): Locator => page.getByRole('list', { name: 'Errors', exact: true });
const detail = (page: Page): Locator => page.getByRole('region', { name: 'Where the error comes from' });
const causalOrder = (page: Page): Locator => page.getByRole('grid', { name: 'Spans and records in causal order' }).getByRole('row');

/**
 * Asks the collector until the answer has it: what services send comes within a second or two, and a page that is read at once has what was
 * there at that moment. The page itself is opened after it, and has the time that any page has.
 */
async function untilKept<T>(page: Page, path: string, seen: (answer: Partial<T>) => unknown, expected: unknown): Promise<void> {
  await expect
    .poll(async () => seen((await (await page.request.get(`/api/v1${path}`)).json()) as Partial<T>), { timeout: 50_000 })
    .toEqual(expected);
}

/** Until the flow has spans of these services, and has these among its messages. */
async function untilFlowIsKept(page: Page, correlationId: string, services: readonly string[], messages: readonly string[]): Promise<void> {
  await untilKept<FlowAnswer>(
    page,
    `/flows/${correlationId}`,
    ({ summary, logs }) => ({
      services: summary?.services.map(({ name }) => name).sort(),
      messages: messages.filter((message) => logs?.some(({ body }) => body?.stringValue?.includes(message))),
    }),
    { services, messages },
  );
}

test('leads from a failure of the demo to the call, the request, and what its neighbours said', { tag: '@elasticsearch' }, async ({
  page,
  visit,
}) => {
  const { correlationId, status } = await visit({ voucher: 'SUMMER24' });
  expect(status).toBe(500);
  await untilFlowIsKept(page, correlationId, ['gateway', 'inventory', 'orders'], ['request failed']);
  await untilKept<ErrorGroupsAnswer>(page, '/errors', ({ groups }) => groups?.some(({ service }) => service === 'orders'), true);
  await page.goto('/errors');
  await errors(page)
    .getByRole('button', { name: /orders/ })
    .filter({ hasText: /voucher .* has no percentOff/ })
    .click();
  await expect(detail(page).getByRole('region', { name: 'Stack' })).toContainText('applyVoucher');

  // The call, in this service, for this request.
  await detail(page).getByRole('link', { name: 'Trace', exact: true }).first().click();
  await expect(page).toHaveURL(/\/trace\/[0-9a-f]{32}\?span=[0-9a-f]{16}/);
  await expect(page.getByRole('treegrid')).toContainText('POST /checkout');

  // The visitor's own request, whole, with nothing missing in it.
  await page.goto(`/flow/${correlationId}`);
  await expect(page.getByText('3 services')).toBeVisible();
  await expect(page.getByText('✓ complete')).toBeVisible();
  for (const service of ['orders', 'gateway'])
    await expect(causalOrder(page).filter({ hasText: 'request failed' }).filter({ hasText: service })).toHaveCount(1);

  // And its lines among those of all.
  await page.getByRole('link', { name: 'Search its logs' }).click();
  await expect(page).toHaveURL(/\/logs/);
  await expect(page.getByRole('row').filter({ hasText: 'request failed' }).filter({ hasText: 'orders' })).toBeVisible();
});

test('shows a checkout of the demo as one flow through five services, jobs after the answer too', { tag: '@elasticsearch' }, async ({
  page,
  visit,
}) => {
  const { correlationId, status } = await visit({ card: 'tok_bank_unavailable' });
  expect(status).toBe(201);
  await untilFlowIsKept(page, correlationId, SERVICES, ['receipt sent']);
  await page.goto(`/flow/${correlationId}`);
  await expect(page.getByText('5 services')).toBeVisible();
  await expect(page.getByText('✓ complete')).toBeVisible();
  await causalOrder(page).nth(1).click();
  await page.keyboard.press('End');
  await expect(causalOrder(page).filter({ hasText: 'receipt sent' })).toBeVisible();

  await page.getByRole('link', { name: 'Search its logs' }).click();
  const rows = page.getByRole('grid', { name: 'Log records' }).getByRole('row');
  await expect(rows.filter({ hasText: 'receipt sent' })).toBeVisible();
  // The newest first.
  const texts = await rows.allTextContents();
  const place = (text: RegExp): number => texts.findIndex((row) => text.test(row));
  expect(place(/payment attempt failed, trying again/)).toBeGreaterThan(place(/order paid/));
  expect(place(/order paid/)).toBeGreaterThan(place(/receipt sent/));
});

test('knows the services of the demo, who calls whom, and their lines', { tag: '@elasticsearch' }, async ({ page }) => {
  const calls = [
    { from: 'service:gateway', to: 'service:inventory', protocol: 'grpc' },
    { from: 'service:orders', to: 'service:payments', protocol: 'http' },
  ];
  await untilKept<ServiceMapAnswer>(
    page,
    '/service-map',
    ({ edges }) =>
      calls.filter((call) => edges?.some(({ from, to, protocol }) => call.from === from && call.to === to && call.protocol === protocol)),
    calls,
  );
  await page.goto('/services');
  const table = page.getByRole('grid', { name: 'Services' });
  for (const service of SERVICES) await expect(table.getByRole('row').filter({ hasText: service }).first()).toBeVisible();
  await page.getByText('Map', { exact: true }).click();
  const rows = page.getByRole('region', { name: 'Calls of the map' }).getByRole('row');
  for (const call of [/gateway.*inventory.*gRPC/, /orders.*payments.*HTTP/]) await expect(rows.filter({ hasText: call })).toBeVisible();

  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await page
    .getByRole('list', { name: 'service', exact: true })
    .getByRole('button', { name: /^inventory [\d,]+$/ })
    .click();
  await expect(page).toHaveURL(/q=service:inventory$/);
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toContainText('inventory');
});
