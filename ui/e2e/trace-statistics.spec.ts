import type { Locator, Page } from '@playwright/test';
import { countViews, holdRecords } from './hold-records.ts';
import { LARGE_TRACE_SPANS } from './seed.ts';
import { expect, test } from './shop-test.ts';

const statistics = (page: Page): Locator => page.getByRole('grid', { name: 'Statistics' }).getByRole('row');
const calls = (page: Page): Locator => page.getByRole('grid', { name: 'Calls' }).getByRole('row');
const tree = (page: Page): Locator => page.getByRole('treegrid', { name: 'Waterfall' });

test('counts the spans of each operation, sorts by what is clicked, and leads to them in the waterfall', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await expect(statistics(page).nth(1)).toContainText(/payments.*POST \/charge.*2/);
  await expect(statistics(page).nth(1)).toContainText('✕ 2');
  await page.getByRole('button', { name: 'Service and operation' }).click();
  await expect(page).toHaveURL(/sort=name.*dir=asc/);
  await expect(statistics(page).nth(1)).toContainText('gateway');
  await expect(page.getByRole('columnheader', { name: 'Service and operation' })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByText('By service').click();
  await expect(statistics(page)).toHaveCount(5);
  await page.getByText('By operation').click();
  await expect(statistics(page)).toHaveCount(6);
  await page.getByRole('grid', { name: 'Statistics' }).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/service=payments.*operation=POST/);
  await expect(tree(page).getByRole('row', { name: /POST \/charge/ })).toHaveCount(2);
  await expect(tree(page).getByRole('row', { name: /Stock\/Reserve/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'No longer only payments POST /charge' }).click();
  await expect(tree(page).getByRole('row', { name: /Stock\/Reserve/ })).toHaveCount(1);
  await page.goBack();
  await page.goBack();
  await expect(statistics(page)).toHaveCount(6);
});

test('is gone through by keys, statistics and calls, wherever the focus is', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  const tab = page.getByRole('tab', { name: 'Statistics' });
  await tab.click();
  await expect(statistics(page)).toHaveCount(6);
  await expect(tab).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.getByRole('grid', { name: 'Statistics' })).toBeFocused();
  await expect(page.getByRole('grid', { name: 'Statistics' })).toHaveAttribute('aria-activedescendant', /.+/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Next and previous row');
  await expect(page.getByRole('dialog', { name: 'Keys' })).not.toContainText('Unfold all');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/service=payments.*operation=POST/);
  await page.goto(`/trace/${shop.failedTraceId}?view=calls`);
  await expect(calls(page).nth(1)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'In the waterfall' })).toBeVisible();
});

test('counts a trace of many operations without having all of them in the page', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}?view=statistics`);
  await expect(page.getByRole('grid', { name: 'Statistics' })).toHaveAttribute('aria-rowcount', String(LARGE_TRACE_SPANS + 1));
  expect(await statistics(page).count()).toBeLessThan(100);
});

test('draws who calls whom, shows the calls of one box alone, and leads to its spans', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?view=calls`);
  const diagram = page.getByRole('group', { name: 'Who calls whom' });
  await expect(diagram.getByRole('button')).toHaveCount(4);
  await expect(calls(page)).toHaveCount(5);
  await expect(calls(page).filter({ hasText: 'payments' })).toContainText(/orders.*payments.*2.*✕ 2/);
  await diagram.getByRole('button', { name: /payments/ }).focus();
  await page.keyboard.press('Enter');
  await expect(calls(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'All calls' }).click();
  await expect(calls(page)).toHaveCount(5);
  await page.getByText('By operation').click();
  await expect(page).toHaveURL(/by=operation/);
  await expect(diagram.getByRole('button')).toHaveCount(5);
  await diagram.getByRole('button', { name: /sqlite INSERT/ }).click();
  await page.getByRole('button', { name: 'In the waterfall' }).click();
  await expect(page).toHaveURL(/operation=sqlite/);
  await expect(tree(page).getByRole('row', { name: /sqlite INSERT/ })).toHaveCount(1);
});

test('tells how many calls of a line failed by the sign that a box has, apart from how many they are', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?view=calls`);
  const diagram = page.getByRole('group', { name: 'Who calls whom' });
  await expect(diagram.getByRole('button').first()).toBeVisible();
  const line = diagram.locator('text').filter({ hasText: /^2× .*✕ 2$/ });
  await expect(line).toBeVisible();
  const failed = line.locator('tspan');
  await expect(failed).toHaveText(/^\s*✕ 2$/);
  const colorOf = (element: SVGElement | HTMLElement): string => getComputedStyle(element).fill;
  expect(await failed.evaluate(colorOf)).not.toBe(await line.evaluate(colorOf));
  expect(await failed.evaluate(colorOf)).toBe(await diagram.locator('text', { hasText: /^✕ 2$/ }).first().evaluate(colorOf));
});

test('shows what it is sorted by and the most telling figures on a phone, and the others on demand', async ({ page, shop }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/trace/${shop.failedTraceId}?view=statistics`);
  const grid = page.getByRole('grid', { name: 'Statistics' });
  const heads = grid.getByRole('columnheader');
  await expect(heads).toHaveText(['Service and operation', /^Own time/, 'Critical path']);
  for (const place of [0, 1, 2]) await expect(heads.nth(place)).toBeInViewport({ ratio: 1 });
  await page.getByLabel('Sort by').selectOption('p95');
  await expect(page).toHaveURL(/sort=p95/);
  await expect(heads).toHaveText(['Service and operation', 'Own time', /^p95/]);
  expect(await grid.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(heads).toHaveCount(10);
  await expect(page.getByLabel('Sort by')).toHaveCount(0);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/trace/${shop.failedTraceId}?view=calls`);
  const table = page.getByRole('grid', { name: 'Calls' });
  await expect(table.getByRole('columnheader')).toHaveText(['Caller', 'Called', 'Total', 'Errors']);
  await expect(table.getByRole('columnheader', { name: 'Errors' })).toBeInViewport({ ratio: 1 });
  expect(await table.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
});

test('keeps a box of the diagram chosen while the rest of the trace comes', async ({ page, shop }) => {
  const [release, views] = [await holdRecords(page), await countViews(page)];
  await page.goto(`/trace/${shop.failedTraceId}?view=calls`);
  const payments = page.getByRole('group', { name: 'Who calls whom' }).getByRole('button', { name: /payments/ });
  await payments.click();
  await expect(calls(page)).toHaveCount(2);
  await release();
  await expect.poll(views).toBe(2);
  await expect(page.getByRole('button', { name: 'All calls' })).toBeVisible();
  await expect(calls(page)).toHaveCount(2);
});

test('says what is missing or unfinished in every view, and leads to it', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.brokenTraceId}?view=flame`);
  await page.getByRole('application', { name: 'Flame graph' }).focus();
  for (const key of ['ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(page.getByRole('status').filter({ hasText: 'has not arrived, level 1' })).toHaveCount(1);
  await page.getByRole('button', { name: '1 span missing' }).click();
  await expect(page.getByRole('complementary')).toContainText('name it as their parent');
  await expect(tree(page).getByRole('row', { name: /has not arrived/ })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: '1 span unfinished' }).click();
  await expect(page.getByRole('complementary')).toContainText('no end has arrived');
  await page.goto(`/trace/${shop.brokenTraceId}?view=calls`);
  await expect(calls(page).filter({ hasText: 'inventory' })).toContainText('from outside');
});

test('says that a view could not be worked out, and tries again', async ({ page, shop }) => {
  const failing = 'self.onmessage = ({ data }) => "request" in data && self.postMessage({ id: data.id, error: "planted" });';
  await page.route('**/views-worker*', (route) => route.fulfill({ body: failing, contentType: 'text/javascript' }));
  await page.goto(`/trace/${shop.failedTraceId}?view=statistics`);
  await expect(page.getByRole('alert')).toContainText(/could not be worked out.*planted/s);
  await page.unroute('**/views-worker*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(statistics(page)).toHaveCount(6);
});
