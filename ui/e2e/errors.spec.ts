import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { seedErrors, WILD_GROUPS } from './errors-seed.ts';
import { seriousViolations } from './serious-violations.ts';
import { test as base, expect } from './shop-test.ts';

/** A collector that holds failures, beside that of the shop. */
const test = base.extend<object, { readonly failures: CollectorProcess }>({
  failures: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      await seedErrors({ otlpHttp: collector.otlpHttp, endMillis: Date.now(), isWild: true });
      await collector.hasStored();
      await use(collector);
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ failures }, use) => use(failures.ui),
});

const list = (page: Page): Locator => page.getByRole('list', { name: 'Errors', exact: true });
const row = (page: Page, type: string): Locator => list(page).getByRole('button', { name: type }).first();
const detail = (page: Page): Locator => page.getByRole('region', { name: 'Where the error comes from' });

test('shows errors by where they come from, counted once whatever says them', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs');
  await page.getByRole('link', { name: 'Errors', exact: true }).click();
  await expect(page).toHaveURL(/\/errors/);
  await expect(page.getByText(/^\d+ errors from \d+ places$/)).toBeVisible();
  const card = row(page, 'CardDeclined');
  await expect(card).toContainText('card number was declined');
  await expect(card).toContainText('payments');
  await expect(card).toContainText('6 times');
  await expect(card).toContainText('NEW in 1.5.0');
  await expect(card.getByRole('img', { name: /^At most \d+ at a time, from/ })).toBeVisible();
  await expect(row(page, 'TypeError')).not.toContainText('NEW');
  await expect(row(page, 'connect ECONNREFUSED')).toContainText('connect ECONNREFUSED ip');
});

test('scrolls in its list, and not the whole page away', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  for (const path of ['/errors', '/service/payments']) {
    await page.goto(path);
    await expect(page.getByRole('button', { name: /times/ }).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollHeight), path).toBe(600);
  }
});

test('opens to the stack, the requests, operations and versions, in the address too', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/errors');
  await row(page, 'CardDeclined').click();
  await expect(page).toHaveURL(/sel=[0-9a-f]{16}\.payments/);
  const stack = detail(page).getByRole('region', { name: 'Stack' });
  await expect(stack).toContainText('at charge (/app/dist/charge.js:41:11)');
  await expect(stack).not.toContainText('node_modules');
  await stack.getByRole('button', { name: '3 library frames' }).click();
  await expect(stack).toContainText('/app/node_modules/express/lib/router/layer.js:95:5');
  await detail(page).getByRole('button', { name: 'Fold library frames' }).click();
  await expect(stack).not.toContainText('node_modules');
  await expect(detail(page)).toContainText('POST /charge');
  await expect(detail(page).getByRole('table')).toContainText('1.5.0');
  await page.reload();
  await expect(detail(page)).toContainText('at charge');
  await page.goBack();
  await expect(detail(page)).toBeHidden();
});

test('leads to the trace, the flow, the log of a request, and to all records of the type', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/errors');
  await row(page, 'CardDeclined').click();
  await detail(page).getByRole('link', { name: 'Trace', exact: true }).first().click();
  await expect(page).toHaveURL(/\/trace\/[0-9a-f]{32}\?span=[0-9a-f]{16}/);
  await expect(page.getByRole('treegrid')).toContainText('POST /charge');
  await page.goBack();
  await detail(page).getByRole('link', { name: 'Flow', exact: true }).first().click();
  await expect(page).toHaveURL(/\/flow\/order-payments-\d/);
  await page.goBack();
  await detail(page).getByRole('link', { name: 'Log', exact: true }).first().click();
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('charge failed');
  await page.goBack();
  await detail(page).getByRole('link', { name: 'Its logs' }).click();
  await expect(page).toHaveURL(/q=service:payments\+errorGroup:[0-9a-f]{16}/);
  await expect(page.getByText('6 records', { exact: true })).toBeVisible();
  await page.goBack();
  await detail(page).getByRole('link', { name: 'Its traces' }).click();
  await expect(page.getByRole('row', { name: /POST \/charge/ })).toHaveCount(6);
  // No log says this one: nothing leads to an empty list.
  await page.goto('/errors');
  await row(page, 'TypeError').click();
  await expect(detail(page).getByRole('link', { name: 'Its traces' })).toBeVisible();
  await expect(detail(page).getByRole('link', { name: 'Its logs' })).toHaveCount(0);
});

test('is led to from a log and from a span that says it', { tag: '@elasticsearch' }, async ({ page }) => {
  const isOpen = async (): Promise<void> => {
    await expect(page).toHaveURL(/\/errors\?.*service=payments.*sel=[0-9a-f]{16}\.payments/);
    await expect(row(page, 'CardDeclined')).toHaveAttribute('aria-expanded', 'true');
    await expect(detail(page)).toContainText('POST /charge');
  };
  const leads = page.getByRole('complementary').getByRole('link', { name: 'Error', exact: true });
  await page.goto('/logs?q=service:payments "charge failed" attributes.exception.type:CardDeclined&from=now-3h');
  await page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1).click();
  await expect(leads).toHaveAttribute('href', /sel=/);
  await leads.click();
  await isOpen();
  await detail(page).getByRole('link', { name: 'Trace', exact: true }).first().click();
  await expect(leads).toHaveAttribute('href', /sel=/);
  await leads.click();
  await isOpen();
});

test('marks over the counts of logs which version came when, of the services that are searched', { tag: '@elasticsearch' }, async ({
  page,
}) => {
  await page.goto('/logs?q=service:payments&from=now-3h');
  const marks = page.getByRole('region', { name: 'Records over time' }).getByRole('list', { name: 'Versions that came in this time' });
  await expect(marks.getByRole('listitem')).toHaveText([/Version 1\.5\.0, first seen \d{4}-\d\d-\d\d \d\d:\d\d:00$/]);
  const [chart, mark] = await Promise.all([marks.boundingBox(), marks.getByRole('listitem').boundingBox()]);
  const place = ((mark?.x ?? 0) - (chart?.x ?? 0)) / (chart?.width ?? 1);
  expect(place).toBeGreaterThan(0.3);
  expect(place).toBeLessThan(1);
  await page.goto('/logs?q=service:gateway&from=now-3h');
  await expect(page.getByRole('region', { name: 'Records over time' }).getByText(/records?$/)).toBeVisible();
  await expect(marks).toHaveCount(0);
});

test('marks in the chart of an error which version came when', async ({ page }) => {
  await page.goto('/errors');
  await row(page, 'TypeError').click();
  const marks = detail(page).getByRole('list', { name: 'Versions that came in this time' }).getByRole('listitem');
  await expect(marks).toHaveCount(1);
  await expect(marks).toContainText('Version 1.5.0, first seen');
});

test('is of one service where that is asked for, in the address too', async ({ page }) => {
  await page.goto('/errors');
  await expect(row(page, 'CardDeclined')).toBeVisible();
  await page.getByRole('combobox', { name: 'Service' }).selectOption('mailer');
  await expect(page).toHaveURL(/service=mailer/);
  await expect(list(page).getByRole('button')).toHaveCount(1);
  await expect(list(page)).toContainText('smtplib.SMTPServerDisconnected');
  await page.reload();
  await expect(list(page).getByRole('button')).toHaveCount(1);
  await page.getByRole('combobox', { name: 'Service' }).selectOption('');
  await expect(row(page, 'CardDeclined')).toBeVisible();
});

test('has them in the order asked for, and says what is not shown', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/errors');
  const first = list(page).getByRole('button').first();
  await expect(first).toContainText('TypeError');
  await page.getByText('Newest first').click();
  await expect(page).toHaveURL(/sort=first/);
  await expect(first).toContainText('com.example.wild');
  await expect(page.getByText(`The first 200 of ${WILD_GROUPS + 4} are shown`)).toBeVisible();
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Newest first' })).toBeChecked();
});

test('is of the range, and says where there are none', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/errors?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z');
  await expect(page.getByRole('heading', { name: 'No errors in this time' })).toBeVisible();
  await page.getByRole('button', { name: 'Show the last 7 days' }).click();
  await expect(page).toHaveURL(/\/errors\?from=now-7d/);
  await expect(row(page, 'CardDeclined')).toBeVisible();
});

test('has the times of all errors in one column on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/errors');
  const times = page.getByText('First seen');
  await expect(times.nth(3)).toBeVisible();
  const places = await times.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
  expect(new Set(places).size).toBe(1);
});

test('is gone through by keys', async ({ page }) => {
  await page.goto('/logs');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await expect(row(page, 'TypeError')).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(list(page).getByRole('button').nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(list(page).getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(detail(page)).toContainText('cards.js');
  await page.keyboard.press('Enter');
  await expect(detail(page)).toBeHidden();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(detail(page)).toBeHidden();
  await expect(page).not.toHaveURL(/sel=/);
  await expect(list(page).getByRole('button').first()).toBeFocused();
});

test('has the trend of an error beside its message on a phone, not under it', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/errors');
  const card = row(page, 'CardDeclined');
  const [trend, message] = [card.getByRole('img', { name: /^At most/ }), card.getByText('card number was declined')];
  await expect(message).toBeVisible();
  const [left, right] = [await trend.boundingBox(), await message.boundingBox()];
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
});

test('says what failed, of the list and of one error', async ({ page }) => {
  // Not 503: what was away is read again by itself once it is there, as soon as a click.
  const broken = { status: 500, json: { error: { code: 'internal', message: 'It broke.' } } };
  await page.route('**/api/v1/errors?*', (route) => route.fulfill(broken));
  await page.goto('/errors');
  await expect(page.getByText('The errors could not be read')).toBeVisible();
  await page.unroute('**/api/v1/errors?*');
  await page.route('**/api/v1/errors/*', (route) => route.fulfill(broken));
  await page.getByRole('button', { name: 'Try again' }).click();
  await row(page, 'CardDeclined').click();
  await expect(page.getByText('The error could not be read')).toBeVisible();
  await page.unroute('**/api/v1/errors/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(detail(page)).toContainText('charge.js');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1024, height: 600 });
    await page.goto('/errors');
    await row(page, 'CardDeclined').click();
    await expect(detail(page)).toContainText('charge.js');
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}
