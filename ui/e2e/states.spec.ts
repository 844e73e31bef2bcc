import type { Locator, Page, Route } from '@playwright/test';
import { type PageWithAnswer, pagesOf } from './page-table.ts';
import { expect, test } from './shop-test.ts';

/** Read again by themselves every few seconds: what failed is soon made good. */
const RENEWED = ['/status', '/services?view=map'];

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

test('reads by itself what failed while the collector was away, once it is there again', async ({ page, shop }) => {
  test.slow();
  const failing = pagesOf(shop).filter(({ path }) => /^\/(logs\?view|trace\/|services$)/.test(path));
  for (const entry of failing) {
    await test.step(entry.path, async () => {
      await page.route('**/api/v1/**', (route) => route.abort());
      await page.goto(entry.path);
      await expect(page.getByRole('heading', { name: entry.failed })).toBeVisible();
      await page.unroute('**/api/v1/**');
      await expect(page.getByText(entry.ready).first()).toBeVisible({ timeout: 30_000 });
      await expect(page.getByRole('alert').filter({ hasText: entry.failed })).toHaveCount(0);
    });
  }
});

test('reads again by itself what it could not, once the collector is there again', async ({ page }) => {
  test.slow();
  const ofNow = 'from=now-1h&to=now';
  const fixed = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;
  for (const [path, away, told] of [
    [`/logs?${ofNow}`, '**/api/v1/**', 'Not read again'],
    [`/logs?${fixed}`, '**/api/v1/**', 'not read again'],
    [`/logs?${ofNow}`, '**/api/v1/logs/histogram?*', 'Records over time: not read again'],
  ] as const) {
    await test.step(`${path} ${away}`, async () => {
      await page.goto(path);
      await expect(page.getByText(/ERROR \d/).first()).toBeVisible();
      await page.waitForLoadState('networkidle');
      await page.route(away, (route) => route.abort());
      const notice = page.getByRole('status').filter({ hasText: told });
      await expect(async () => {
        await page.keyboard.press('r');
        await expect(notice).toContainText('The collector does not answer', { timeout: 5_000 });
      }).toPass();
      await page.unroute(away);
      await expect(notice).toBeHidden({ timeout: 30_000 });
      await expect(page.getByText(/ERROR \d/).first()).toBeVisible();
      await expect(page.getByRole('alert')).toHaveCount(0);
    });
  }
});

test('keeps what a page shows where a range that ends now cannot be read again', async ({ page, shop }) => {
  test.slow();
  const ofRange = pagesOf(shop).filter(({ path }) => /^\/(logs|traces|flows|errors|service\/)/.test(path));
  for (const entry of ofRange) {
    await test.step(entry.path, async () => {
      await page.goto(`${entry.path}${entry.path.includes('?') ? '&' : '?'}from=now-1h&to=now`);
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await page.waitForLoadState('networkidle');
      await page.route('**/api/v1/**', (route) => route.abort());
      const notice = page.getByRole('status').filter({ hasText: 'Not read again' });
      // On a busy machine the page may still be at work on what it was asked before.
      await expect(async () => {
        await page.keyboard.press('r');
        await expect(notice).toContainText('The collector does not answer', { timeout: 5_000 });
      }).toPass();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await expect(page.getByRole('alert').filter({ hasText: entry.failed })).toHaveCount(0);
      // While nobody says that all is well nothing is read again by itself, and the button stays.
      await page.route('**/api/v1/status', (route) => route.abort());
      await page.unroute('**/api/v1/**');
      await notice.getByRole('button', { name: 'Try again' }).click();
      await expect(notice).toBeHidden();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await page.unroute('**/api/v1/status');
    });
  }
});

test('keeps what a page shows where it cannot be read again, and says of when it is', async ({ page, shop }) => {
  test.slow();
  const range = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;
  for (const entry of pagesOf(shop).filter(({ path }) => !RENEWED.includes(path))) {
    await test.step(entry.path, async () => {
      const answered = page.waitForResponse((response) => new URL(response.url()).pathname === `/api/v1${entry.request.replace('?*', '')}`);
      await page.goto(`${entry.path}${entry.path.includes('?') ? '&' : '?'}${range}`);
      await answered;
      await page.waitForLoadState('networkidle');
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      const letThrough = await answerWith(page, entry, (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
      const notice = page.getByRole('status').filter({ hasText: 'Not read again' });
      // On a busy machine the page may still be at work on what it was asked before.
      await expect(async () => {
        await page.keyboard.press('r');
        await expect(notice).toContainText('(status 500)', { timeout: 3_000 });
      }).toPass();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
      await letThrough();
      await notice.getByRole('button', { name: 'Try again' }).click();
      await expect(notice).toBeHidden();
      await expect(page.getByText(entry.ready).first()).toBeVisible();
    });
  }
});

/** Parts of pages, the request of each, what it is called, and what is there of it once it has come. */
const PARTS = [
  { path: '/logs', request: '/logs?*', name: 'Log records', seen: 'a long line' },
  { path: '/logs', request: '/logs/histogram?*', name: 'Records over time', seen: /ERROR \d/ },
  { path: '/logs', request: '/logs/fields?*', name: 'Fields', seen: 'Resource' },
  { path: '/logs', request: '/logs/fields/*/values?*', name: 'Fields', seen: 'payments' },
  { path: '/logs?view=patterns', request: '/logs/patterns?*', name: 'Patterns', seen: 'Most first' },
  { path: '/logs?view=stats', request: '/logs/stats?*', name: 'Statistics', seen: 'Over time' },
  { path: '/traces', request: '/traces?*', name: 'Traces', seen: 'GET /status' },
  {
    path: '/traces',
    request: '/services/*/figures?*',
    name: 'p50, p95, p99 of operations',
    seen: /^\d+(\.\d+)? ms\s?\d+(\.\d+)? ms\s?\d+(\.\d+)? ms$/,
  },
  { path: '/service/payments', request: '/services/*/figures?*', name: 'Figures of the service', seen: 'Called by' },
  { path: '/service/payments', request: '/services/*/errors?*', name: 'Errors', seen: 'card declined' },
] as const;

test('keeps what one part shows where only that cannot be read again, and says which and of when', async ({ page }) => {
  test.slow();
  for (const { path, request, name, seen } of PARTS) {
    await test.step(`${path} ${request}`, async () => {
      await page.goto(`${path}${path.includes('?') ? '&' : '?'}from=now-1h&to=now`);
      const shown = page.getByText(seen).first();
      await expect(shown).toBeVisible();
      await page.waitForLoadState('networkidle');
      await page.route(`**/api/v1${request}`, (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
      // On a busy machine the page may still be at work on what it was asked before.
      await expect(async () => {
        const others = page.waitForResponse((response) => response.ok() && response.url().includes('&to='), { timeout: 5_000 });
        await page.keyboard.press('r');
        await others;
      }).toPass();
      await expectKept(page, { name, shown });
      await page.unroute(`**/api/v1${request}`);
      await page.getByRole('status').filter({ hasText: 'not read again' }).getByRole('button', { name: 'Try again' }).click();
      await expect(page.getByText('not read again')).toBeHidden();
      await expect(shown).toBeVisible();
    });
  }
});

test('keeps the fields of a list whose next page cannot be read', async ({ page }) => {
  // More is said to follow the first page, and cannot be read.
  await page.route(/\/api\/v1\/logs\?/, async (route) => {
    if (new URL(route.request().url()).searchParams.has('cursor'))
      return route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' });
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()), nextCursor: 'next' } });
  });
  await page.goto('/logs');
  const fields = page.getByRole('region', { name: 'Fields', exact: true });
  await expect(fields.getByRole('button', { name: /^service \d/ })).toBeVisible();
  await page.getByRole('row').nth(5).hover();
  await page.mouse.wheel(0, 1_000_000);
  await expect(page.getByRole('alert').filter({ hasText: 'The next page could not be read' })).toBeVisible();
  await expect(fields.getByRole('button', { name: /^service \d/ })).toBeVisible();
});

test('keeps where an error comes from where only that cannot be read again', async ({ page }) => {
  await page.goto('/errors?from=now-1h&to=now');
  await page
    .getByRole('button', { name: /card declined/ })
    .first()
    .click();
  const shown = page.getByRole('heading', { name: 'Newest requests that met it' });
  await expect(shown).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.route('**/api/v1/errors/*', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
  await expect(async () => {
    await page.keyboard.press('r');
    await expect(page.getByText('not read again')).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expectKept(page, { name: 'Where the error comes from', shown });
});

test('keeps the list of services where the same range is read anew and cannot be', async ({ page }) => {
  for (const [path, seen] of [
    ['/services?live=0', 'State now'],
    ['/services?live=0&view=map', 'Group by'],
  ] as const) {
    await page.goto(`${path}&from=now-1h&to=now`);
    const shown = page.getByText(seen).first();
    await expect(shown).toBeVisible();
    await page.waitForLoadState('networkidle');
    await page.route('**/api/v1/service-map?*', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
    await page.getByText(path.includes('map') ? 'List' : 'Map', { exact: true }).click();
    await expectKept(page, { name: 'Services', shown: page.getByText(path.includes('map') ? 'State now' : 'Group by').first() });
    await page.unroute('**/api/v1/service-map?*');
  }
});

async function expectKept(page: Page, { name, shown }: { readonly name: string; readonly shown: Locator }): Promise<void> {
  const notice = page.getByRole('status').filter({ hasText: 'not read again' });
  await expect(notice).toContainText(`${name}: not read again, what is shown there is of`);
  await expect(notice).toContainText('(status 500)');
  await expect(shown).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
}

test('shows what failed, and nothing of before, where another question is asked', async ({ page }) => {
  await page.goto('/logs?from=now-1h&to=now');
  await expect(page.getByText(/ERROR \d/).first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.route('**/api/v1/logs/histogram?*', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
  await page
    .getByRole('region', { name: 'Records over time' })
    .getByRole('button', { name: /ERROR \d/ })
    .click();
  await expect(page.getByRole('alert').filter({ hasText: 'The counts could not be read' })).toBeVisible();
  await expect(page.getByText('not read again')).toBeHidden();
});
