import type { Page, Route } from '@playwright/test';
import { expect, type Shop, test } from './shop-test.ts';

/** A page, the request without which it has nothing to show, what it says where that fails, and a text that is there once it has come. */
interface PageWithAnswer {
  readonly path: string;
  readonly request: string;
  readonly failed: string;
  readonly ready: string;
}

function pagesOf(shop: Shop): readonly PageWithAnswer[] {
  return [
    { path: '/logs', request: '/logs?*', failed: 'The records could not be read', ready: 'a long line' },
    { path: '/logs?view=patterns', request: '/logs/patterns?*', failed: 'The patterns could not be read', ready: 'Most first' },
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
    { path: '/service/orders', request: '/services/orders/figures?*', failed: 'The service could not be read', ready: 'Called by' },
    { path: '/errors', request: '/errors?*', failed: 'The errors could not be read', ready: 'card declined' },
    { path: '/status', request: '/status', failed: 'The status could not be read', ready: 'delivering' },
  ];
}

/** While `answer` is given, requests get it in the place of the collector's own. */
async function answerWith(
  page: Page,
  { request }: PageWithAnswer,
  answer: (route: Route) => Promise<void> | undefined,
): Promise<() => Promise<void>> {
  const pattern = `**/api/v1${request}`;
  await page.route(pattern, answer);
  return () => page.unroute(pattern);
}

test('stops on every page what it waits for, and runs it again', async ({ page, shop }) => {
  test.slow();
  for (const entry of pagesOf(shop)) {
    await test.step(entry.path, async () => {
      const letThrough = await answerWith(page, entry, () => undefined);
      await page.goto(entry.path);
      const cancelled = page.waitForEvent('requestfailed');
      await page.getByRole('button', { name: 'Stop' }).click();
      await cancelled;
      await expect(page.getByRole('heading', { name: 'Stopped' })).toBeVisible();
      await expect(page.getByRole('progressbar', { name: /Reading|Counting|Folding/ })).toBeHidden();
      await letThrough();
      await page.getByRole('button', { name: 'Run again' }).first().click();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await expect(page.getByText('Stopped')).toBeHidden();
    });
  }
});

test('says on every page what failed, and tries again', async ({ page, shop }) => {
  test.slow();
  for (const entry of pagesOf(shop)) {
    await test.step(entry.path, async () => {
      const letThrough = await answerWith(page, entry, (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
      await page.goto(entry.path);
      await expect(page.getByRole('heading', { name: entry.failed })).toBeVisible();
      await expect(page.getByRole('alert').filter({ hasText: entry.failed }).getByText('(status 500)')).toBeVisible();
      await letThrough();
      await page.getByRole('alert').filter({ hasText: entry.failed }).getByRole('button', { name: 'Try again' }).click();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
    });
  }
});

test('keeps what a page shows where it cannot be read again, and says of when it is', async ({ page, shop }) => {
  test.slow();
  const range = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;
  for (const entry of pagesOf(shop).filter(({ path }) => path !== '/status')) {
    await test.step(entry.path, async () => {
      const answered = page.waitForResponse((response) => new URL(response.url()).pathname === `/api/v1${entry.request.replace('?*', '')}`);
      await page.goto(`${entry.path}${entry.path.includes('?') ? '&' : '?'}${range}`);
      await (await answered).finished();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      const letThrough = await answerWith(page, entry, (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
      await page.keyboard.press('r');
      const notice = page.getByRole('status').filter({ hasText: 'Not read again' });
      await expect(notice).toContainText('(status 500)');
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await letThrough();
      await notice.getByRole('button', { name: 'Try again' }).click();
      await expect(notice).toBeHidden();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
    });
  }
});
