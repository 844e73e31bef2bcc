import type { Locator, Page } from '@playwright/test';
import type { LogFieldsAnswer, StatsAnswer } from '@threadline/collector/api';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const view = (page: Page): Locator => page.getByRole('region', { name: 'Statistics', exact: true });
const groups = (page: Page): Locator => view(page).getByRole('table').getByRole('row');
const group = (page: Page, value: string): Locator =>
  groups(page).filter({ has: page.getByRole('button', { name: `Records with ${value}`, exact: true }) });
const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' }).getByRole('row');
const toggle = (page: Page): Locator => page.getByRole('button', { name: 'Statistics', exact: true });

test('counts the records of each service, and back to the list', async ({ page, shop }) => {
  await page.goto('/logs?from=now-30m&to=now');
  await toggle(page).click();
  await expect(page).toHaveURL(/view=stats/);
  const answer: StatsAnswer = await (await fetch(`${shop.collector.ui}/api/v1/logs/stats?from=now-30m&by=service`)).json();
  const most = answer.groups[0];
  await expect(view(page)).toContainText(`${answer.groups.length} values in ${answer.total} records`);
  await expect(groups(page)).toHaveCount(answer.groups.length + 1);
  expect(await view(page).getByRole('columnheader').allInnerTexts()).toEqual(['service', 'Records', 'Records as a bar', 'Over time']);
  await expect(groups(page).nth(1)).toContainText(`${most?.key[0]}`);
  await expect(groups(page).nth(1)).toContainText(`${most?.count}`);
  await expect(
    groups(page)
      .nth(1)
      .getByRole('img', { name: /^Highest \d+, from \d\d:/ }),
  ).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(groups(page).nth(2).getByRole('button').first()).toBeFocused();
  await page.keyboard.press('s');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.goBack();
  await expect(groups(page).nth(1)).toBeVisible();
});

test('is opened by its key without a frame around all of the page', async ({ page }) => {
  await page.goto('/logs?from=now-30m&to=now');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await expect(groups(page).nth(1)).toBeVisible();
  // Whoever has no row to stand on has the page.
  await page.getByRole('main').focus();
  await expect(page.locator('main:focus-visible')).toHaveCSS('outline-style', 'none');
  await page.keyboard.press('j');
  await expect(groups(page).nth(1).getByRole('button').first()).toHaveCSS('outline-style', 'solid');
});

test('measures a number by a field, by the figure that is chosen, in the address too', async ({ page, shop }) => {
  await page.goto('/logs?view=stats&from=now-30m&to=now');
  await view(page).getByLabel('Measure').selectOption('amount');
  await view(page).getByRole('combobox', { name: /^By/ }).selectOption('level');
  await expect(page).toHaveURL(/of=amount/);
  await expect(page).toHaveURL(/by=level/);
  await expect(view(page).getByRole('columnheader')).toHaveText([
    'level',
    'Records',
    'Average',
    'p50',
    /^p95/,
    'p99',
    'Greatest',
    'p95 as a bar',
    'Over time',
  ]);
  await expect(view(page).getByRole('columnheader', { name: /p95/ }).first()).toHaveAttribute('aria-sort', 'descending');
  await view(page).getByRole('button', { name: 'Greatest' }).click();
  await expect(page).toHaveURL(/fig=max/);
  const answer: StatsAnswer = await (
    await fetch(`${shop.collector.ui}/api/v1/logs/stats?from=now-30m&by=level&field=amount&percentile=50`)
  ).json();
  const greatest = Math.max(...answer.groups.map(({ numbers }) => numbers?.max ?? 0));
  const shown = new Intl.NumberFormat('en').format(greatest >= 1_000 ? Math.round(greatest) : Number(greatest.toPrecision(4)));
  await expect(groups(page).nth(1)).toContainText(shown);
  await page.reload();
  await expect(groups(page).nth(1)).toContainText(shown);
  await expect(
    view(page)
      .getByRole('columnheader', { name: /Greatest/ })
      .first(),
  ).toHaveAttribute('aria-sort', 'descending');
  await expect(view(page)).toContainText(/percentiles/);
});

test('offers to measure what has numbers only, and to group by all fields', async ({ page, shop }) => {
  await page.goto('/logs?view=stats&from=now-30m&to=now');
  const { fields }: LogFieldsAnswer = await (await fetch(`${shop.collector.ui}/api/v1/logs/fields?from=now-30m`)).json();
  const texts = fields
    .filter(({ place, key, hasNumbers }) => place === 'attributes' && !hasNumbers && /^[\w.]+$/.test(key))
    .map(({ key }) => key);
  expect(texts.length).toBeGreaterThan(0);
  const measured = view(page).getByLabel('Measure').getByRole('option');
  const grouped = view(page).getByRole('combobox', { name: /^By/ }).getByRole('option');
  await expect(measured.filter({ hasText: /^amount$/ })).toHaveCount(1);
  const [offered, byAll] = [await measured.allTextContents(), await grouped.allTextContents()];
  // One that is called as a field of records, or that is in two places, has its place in front.
  const isIn = (options: readonly string[], key: string) => options.includes(key) || options.includes(`attributes.${key}`);
  expect(texts.filter((key) => isIn(offered, key))).toEqual([]);
  expect(texts.filter((key) => !isIn(byAll, key))).toEqual([]);
});

test('has another figure chosen on a narrow screen too', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/logs?view=stats&of=amount&from=now-30m&to=now');
  await expect(view(page).getByRole('columnheader', { name: 'Average' })).toHaveCount(0);
  await view(page)
    .getByRole('combobox', { name: /^Figure/ })
    .selectOption('avg');
  await expect(page).toHaveURL(/fig=avg/);
  await expect(view(page).getByRole('columnheader', { name: 'Average' }).first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('keeps the smallest share apart from its count', async ({ page }) => {
  await page.route('**/api/v1/logs/stats?*', async (route) => {
    const answer: StatsAnswer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, total: 2e7 } });
  });
  await page.goto('/logs?view=stats&from=now-30m&to=now');
  const cell = groups(page).nth(1).getByRole('cell').first();
  await expect(cell).toHaveText(/^\d+ 0\.000\d+%$/);
  const gap = await cell.evaluate((element) => {
    const range = document.createRange();
    range.selectNode(element.firstChild as Text);
    return (element.querySelector('span')?.getBoundingClientRect().left ?? 0) - range.getBoundingClientRect().right;
  });
  expect(gap).toBeGreaterThanOrEqual(6);
});

test('leads to the records of a value, without it, and to those that have none', async ({ page }) => {
  await page.goto('/logs?view=stats&by=amount&from=now-30m&to=now');
  await expect(group(page, 'not there')).toBeVisible();
  await page.goto('/logs?view=stats&from=now-30m&to=now');
  await group(page, 'payments').getByRole('button', { name: 'Without payments' }).click();
  await expect(page).toHaveURL(/q=-service:payments/);
  await expect(group(page, 'payments')).toHaveCount(0);
  await page.goBack();
  await group(page, 'payments').getByRole('button', { name: 'Records with payments' }).click();
  await expect(page).toHaveURL(/q=service:payments/);
  await expect(page).not.toHaveURL(/view=/);
  await expect(rows(page).nth(1)).toContainText('payments');
});

test('is of all records together, says where there is no number, and where there is no record', async ({ page }) => {
  await page.goto('/logs?view=stats&by=-&from=now-30m&to=now');
  await expect(groups(page)).toHaveCount(2);
  await expect(groups(page).nth(1)).toContainText('all records');
  await page.goto('/logs?view=stats&of=order.id&from=now-30m&to=now');
  await expect(view(page).getByText('No record of this search has a number in order.id.')).toBeVisible();
  await page.goto('/logs?view=stats&q=service:nobody');
  await expect(page.getByRole('heading', { name: 'No record matches' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto('/logs?view=stats&of=amount&from=now-30m&to=now');
    await expect(groups(page).nth(1)).toBeVisible();
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}
