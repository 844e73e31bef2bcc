import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
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

/** Reads again until it holds: what services send comes within a second or two. */
async function untilThere(page: Page, there: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.reload();
    await there();
  }).toPass({ timeout: 50_000 });
}

test('@elasticsearch leads from a failure of the demo to the call, the request, and what its neighbours said', async ({ page, visit }) => {
  const { correlationId, status } = await visit({ voucher: 'SUMMER24' });
  expect(status).toBe(500);
  await page.goto('/errors');
  const failure = errors(page)
    .getByRole('button', { name: /orders/ })
    .filter({ hasText: /voucher .* has no percentOff/ });
  await untilThere(page, () => expect(failure).toBeVisible({ timeout: 3_000 }));
  await failure.click();
  await expect(detail(page).getByRole('region', { name: 'Stack' })).toContainText('applyVoucher');

  // The call, in this service, for this request.
  await detail(page).getByRole('link', { name: 'Trace', exact: true }).first().click();
  await expect(page).toHaveURL(/\/trace\/[0-9a-f]{32}\?span=[0-9a-f]{16}/);
  await expect(page.getByRole('treegrid')).toContainText('POST /checkout');

  // The visitor's own request, whole, with nothing missing in it.
  await page.goto(`/flow/${correlationId}`);
  await untilThere(page, () => expect(page.getByText('3 services')).toBeVisible({ timeout: 3_000 }));
  await expect(page.getByText('✓ complete')).toBeVisible();
  for (const service of ['orders', 'gateway'])
    await expect(causalOrder(page).filter({ hasText: 'request failed' }).filter({ hasText: service })).toHaveCount(1);

  // And its lines among those of all.
  await page.getByRole('link', { name: 'Search its logs' }).click();
  await expect(page).toHaveURL(/\/logs/);
  await expect(page.getByRole('row').filter({ hasText: 'request failed' }).filter({ hasText: 'orders' })).toBeVisible();
});

test('@elasticsearch shows a checkout of the demo as one flow through five services, jobs after the answer too', async ({
  page,
  visit,
}) => {
  const { correlationId, status } = await visit({ card: 'tok_bank_unavailable' });
  expect(status).toBe(201);
  await page.goto(`/flow/${correlationId}`);
  const last = causalOrder(page).filter({ hasText: 'receipt sent' });
  await untilThere(page, async () => {
    await expect(page.getByText('5 services')).toBeVisible({ timeout: 3_000 });
    await causalOrder(page).nth(1).click();
    await page.keyboard.press('End');
    await expect(last).toBeVisible({ timeout: 3_000 });
  });
  await expect(page.getByText('✓ complete')).toBeVisible();

  await page.getByRole('link', { name: 'Search its logs' }).click();
  const rows = page.getByRole('grid', { name: 'Log records' }).getByRole('row');
  await expect(rows.filter({ hasText: 'receipt sent' })).toBeVisible();
  // The newest first.
  const texts = await rows.allTextContents();
  const place = (text: RegExp): number => texts.findIndex((row) => text.test(row));
  expect(place(/payment attempt failed, trying again/)).toBeGreaterThan(place(/order paid/));
  expect(place(/order paid/)).toBeGreaterThan(place(/receipt sent/));
});

test('@elasticsearch knows the services of the demo, who calls whom, and their lines', async ({ page }) => {
  await page.goto('/services');
  const table = page.getByRole('grid', { name: 'Services' });
  await untilThere(page, async () => {
    for (const service of SERVICES)
      await expect(table.getByRole('row').filter({ hasText: service }).first()).toBeVisible({ timeout: 3_000 });
  });
  await page.getByText('Map', { exact: true }).click();
  const calls = page.getByRole('region', { name: 'Calls of the map' }).getByRole('row');
  await untilThere(page, () => expect(calls.filter({ hasText: /gateway.*inventory.*gRPC/ })).toBeVisible({ timeout: 3_000 }));
  await expect(calls.filter({ hasText: /orders.*payments.*HTTP/ })).toBeVisible();

  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await page
    .getByRole('list', { name: 'service', exact: true })
    .getByRole('button', { name: /^inventory [\d,]+$/ })
    .click();
  await expect(page).toHaveURL(/q=service:inventory$/);
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toContainText('inventory');
});
