import type { Locator, Page } from '@playwright/test';
import { startCollector } from './collector-process.ts';
import { sendOtlp } from './send-otlp.ts';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const fields = (page: Page): Locator => page.getByRole('region', { name: 'Fields', exact: true });
const field = (page: Page, name: string): Locator => fields(page).getByRole('button', { name: new RegExp(`^${name} [\\d.]+%$`) });
const value = (page: Page, of: string, text: string): Locator =>
  fields(page)
    .getByRole('list', { name: of, exact: true })
    .getByRole('button', { name: new RegExp(`^${text} [\\d,]+$`) });
const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' }).getByRole('row');
const detail = (page: Page): Locator => page.getByRole('complementary', { name: 'Record' });
const surroundings = (page: Page): Locator => detail(page).getByRole('region', { name: 'Surrounding lines' });
const editor = (page: Page): Locator => page.locator('.cm-content');

test('lists the fields of the records with their share, and the values of those that are open', { tag: '@elasticsearch' }, async ({
  page,
}) => {
  await page.goto('/logs');
  await expect(field(page, 'level')).toHaveAttribute('aria-expanded', 'true');
  await expect(value(page, 'level', 'ERROR')).toBeVisible();
  await expect(value(page, 'service', 'payments')).toBeVisible();
  await expect(fields(page).getByRole('heading', { name: 'Resource' })).toBeVisible();
  await field(page, 'host.name').click();
  await expect(value(page, 'host.name', 'payments-7f9c')).toBeVisible();
});

test('narrows to a value, takes it back, and leaves one out', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs');
  await value(page, 'service', 'payments').click();
  await expect(page).toHaveURL(/q=service:payments$/);
  await expect(rows(page).nth(1)).toContainText('payments');
  await expect(value(page, 'service', 'orders')).toBeHidden();
  await value(page, 'service', 'payments').click();
  await expect(page).not.toHaveURL(/q=/);
  await fields(page).getByRole('button', { name: 'Without service payments' }).click();
  await expect(page).toHaveURL(/q=-service:payments$/);
  await expect(value(page, 'service', 'payments')).toBeHidden();
  await expect(value(page, 'service', 'orders')).toBeVisible();
});

test('shows the records that do not have a field, those that have it, and the field as a column', { tag: '@elasticsearch' }, async ({
  page,
}) => {
  await page.goto('/logs');
  await field(page, 'correlation\\.id').click();
  await fields(page).getByRole('button', { name: 'Add as a column' }).click();
  await expect(page.getByRole('columnheader', { name: /correlation\.id/ })).toBeVisible();
  await fields(page).getByRole('button', { name: 'only with it' }).click();
  await expect(page).toHaveURL(/q=correlation\.id:\*/);
  await expect(rows(page).nth(1)).toContainText('order-');
  await page.goBack();
  await value(page, 'correlation.id', 'not there').click();
  await expect(page).toHaveURL(/q=-correlation\.id:\*/);
  await expect(rows(page).nth(1)).toContainText('a long line');
});

test('filters by keys and values of any kind', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs?q=service:legacy');
  await fields(page).getByRole('searchbox', { name: 'Find a field' }).fill('odd');
  await field(page, 'odd key: with "quotes"').click();
  await value(page, 'odd key: with "quotes"', 'a value with spaces').click();
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).nth(1)).toContainText('panic');
  await fields(page).getByRole('searchbox', { name: 'Find a field' }).fill('nothing like it');
  await expect(fields(page)).toContainText('No field is called so.');
});

test('finds a field that is too rare to be listed, by its whole name', async ({ page }) => {
  test.slow();
  const collector = await startCollector();
  try {
    const now = Date.now();
    const logRecords = Array.from({ length: 300 }, (_, number) => ({
      timeUnixNano: `${now - number * 1_000}000000`,
      severityNumber: 9,
      body: { stringValue: `wide ${number}` },
      attributes: [{ key: `wide.k${String(number).padStart(3, '0')}`, value: { stringValue: `value ${number}` } }],
    }));
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'wide' } }] };
    await sendOtlp(collector.otlpHttp, 'logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
    await collector.hasStored();
    await page.goto(`${collector.ui}/logs`);
    const find = fields(page).getByRole('searchbox', { name: 'Find a field' });
    await expect(fields(page).getByText('There are more fields than are listed.')).toBeVisible();
    await find.fill('wide.k299');
    await expect(fields(page).getByText('None of the 200 most frequent fields is called so.')).toBeVisible();
    await expect(fields(page)).not.toContainText('No field is called so.');
    await fields(page).getByRole('button', { name: 'Look for wide.k299' }).press('Enter');
    await field(page, 'wide\\.k299').click();
    await value(page, 'wide.k299', 'value 299').click();
    await expect(page).toHaveURL(/q=wide\.k299:%22value\+299%22/);
    await expect(rows(page)).toHaveCount(2);
    // The one field that is left is listed: nothing further has to be looked for.
    await expect(field(page, 'wide\\.k299')).toBeVisible();
    await page.goBack();
    await find.fill('wide.none');
    await fields(page).getByRole('button', { name: 'Look for wide.none' }).click();
    await expect(fields(page).getByText('No record has a field wide.none.')).toBeVisible();
  } finally {
    await collector.stop();
  }
});

test('is closed and opened by a key and a button, resized by keys, and remembers all of it', async ({ page }) => {
  await page.goto('/logs');
  await expect(field(page, 'service')).toBeVisible();
  await field(page, 'service').click();
  await page.getByRole('separator', { name: 'Width of the fields' }).press('ArrowRight');
  await expect(page.getByRole('separator', { name: 'Width of the fields' })).toHaveAttribute('aria-valuenow', '22');
  await page.reload();
  await expect(field(page, 'service')).toHaveAttribute('aria-expanded', 'false');
  await expect(page.getByRole('separator', { name: 'Width of the fields' })).toHaveAttribute('aria-valuenow', '22');
  await page.keyboard.press('f');
  await expect(fields(page)).toBeHidden();
  await page.reload();
  await page.getByRole('button', { name: 'Fields', exact: true }).click();
  await expect(field(page, 'level')).toBeVisible();
});

test('says what went wrong with the fields and goes on with the list', async ({ page }) => {
  await page.route('**/api/v1/logs/fields?*', (route) =>
    route.fulfill({ status: 504, json: { error: { code: 'deadline_exceeded', message: 'too slow' } } }),
  );
  await page.goto('/logs');
  await expect(fields(page).getByRole('alert')).toContainText('The fields could not be read');
  await expect(rows(page).nth(1)).toContainText('a long line');
  await page.unroute('**/api/v1/logs/fields?*');
  await fields(page).getByRole('button', { name: 'Try again' }).click();
  await expect(field(page, 'level')).toBeVisible();
});

test('cuts a long value before its end, by which instances are told apart', async ({ page }) => {
  const name = 'mobile-gateway-in-the-north-gq95s99nr-kxwzl';
  const values = [{ value: name, count: 1 }];
  await page.route('**/api/v1/logs/fields/resource.host.name/values?*', (route) =>
    route.fulfill({ json: { total: 1, count: 1, values, otherCount: 0 } }),
  );
  await page.goto('/logs');
  // What is open above it has come, so that it stays where it is.
  await expect(value(page, 'service', 'payments')).toBeVisible();
  await field(page, 'host\\.name').click();
  const shown = value(page, 'host.name', name);
  await shown.scrollIntoViewIfNeeded();
  const isEndSeen = (button: Element): boolean => {
    const text = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
    let end: Node | null = null;
    while (text.nextNode()) if (text.currentNode.textContent?.endsWith('kxwzl')) end = text.currentNode;
    const length = end?.textContent?.length ?? 0;
    if (end === null) return false;
    const range = document.createRange();
    range.setStart(end, length - 'kxwzl'.length);
    range.setEnd(end, length);
    const { left, top, width, height } = range.getBoundingClientRect();
    return end.parentElement === document.elementFromPoint(left + width - 1, top + height / 2);
  };
  await expect.poll(() => shown.evaluate(isEndSeen)).toBe(true);
});

test('asks for nothing where the list itself cannot be read', async ({ page }) => {
  let asked = 0;
  await page.route('**/api/v1/logs/fields?*', (route) => {
    asked += 1;
    return route.continue();
  });
  await page.goto('/logs?q=duration:>5ms');
  await expect(page.getByRole('heading', { name: 'The records could not be read' })).toBeVisible();
  await expect(fields(page).getByRole('searchbox')).toBeVisible();
  await expect(fields(page).getByRole('status')).toBeHidden();
  expect(asked).toBe(0);
});

test('says that counts are of a part, and of what values nothing can be said', async ({ page }) => {
  const partial = { searchedFrom: '1795168800000000000', reason: 'the search took as long as it may' };
  await page.route('**/api/v1/logs/fields?*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), partial, more: true } });
  });
  await page.route('**/api/v1/logs/fields/service/values?*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), otherCount: 1_234, capped: true } });
  });
  await page.goto('/logs');
  await expect(fields(page)).toContainText('Counted only from');
  await expect(fields(page)).toContainText('There are more fields than are listed.');
  await expect(fields(page).getByText('1,234')).toBeVisible();
  await expect(fields(page)).toContainText('Too many different values');
});

test('is a page of its own on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  await expect(fields(page)).toBeHidden();
  await page.getByRole('button', { name: 'Fields', exact: true }).click();
  await expect(field(page, 'level')).toBeVisible();
  await expect(rows(page).nth(1)).toBeHidden();
  await fields(page).getByRole('button', { name: 'Hide the fields (f)' }).click();
  await expect(rows(page).nth(1)).toBeVisible();
});

test('completes fields and values that no loaded record has', { tag: '@elasticsearch' }, async ({ page }) => {
  // The first page has the newest 200 records; the first order is older than all of them.
  await page.goto('/logs');
  await expect(field(page, 'level')).toBeVisible();
  await page.keyboard.press('/');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.type('correlation.i');
  await expect(page.getByRole('option', { name: /^correlation\.id.*records$/ })).toBeVisible();
  await page.keyboard.type('d:order-100');
  await page.getByRole('option', { name: /^order-1000/ }).click();
  await expect(editor(page)).toHaveText('correlation.id:order-1000');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=correlation\.id:order-1000$/);
  await expect(rows(page).nth(1)).toBeVisible();
});

test('asks the collector for values of what the rest of the query finds', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs');
  await expect(field(page, 'level')).toBeVisible();
  await page.keyboard.press('/');
  await expect(editor(page)).toBeFocused();
  const asked = page.waitForRequest((request) => request.url().includes('/fields/host.name/values'));
  await page.keyboard.type('service:payments host.name:pay');
  const { searchParams } = new URL((await asked).url());
  expect(searchParams.get('query')).toBe('service:payments');
  await expect(page.getByRole('option', { name: /^payments-7f9c/ })).toBeVisible();
});

test('shows what stands around a record, goes from line to line, and remembers that it is open', { tag: '@elasticsearch' }, async ({
  page,
}) => {
  await page.goto('/logs?q="card declined"');
  await rows(page).nth(1).click();
  await surroundings(page).getByRole('button', { name: 'Surrounding lines' }).click();
  const lines = surroundings(page).getByRole('listitem');
  await expect(lines.filter({ hasText: 'card declined' }).and(page.locator('[aria-current]'))).toBeVisible();
  await expect(surroundings(page).getByRole('button', { name: 'Earlier lines' })).toBeVisible();
  const before = await lines.count();
  await surroundings(page).getByRole('button', { name: 'Earlier lines' }).click();
  await expect(async () => expect(await lines.count()).toBeGreaterThan(before)).toPass();
  await surroundings(page).getByText('flow', { exact: true }).click();
  await expect(lines.filter({ hasText: 'POST /checkout received' })).toBeVisible();
  await expect(surroundings(page)).toContainText('Nothing before it');
  const url = page.url();
  await lines.filter({ hasText: 'POST /checkout received' }).getByRole('button').click();
  await expect(page).not.toHaveURL(url);
  await expect(lines.filter({ hasText: 'POST /checkout received' }).and(page.locator('[aria-current]'))).toBeVisible();
  await expect(surroundings(page).getByRole('radio', { name: 'flow' })).toBeChecked();
  await page.goBack();
  await expect(lines.filter({ hasText: 'card declined' }).and(page.locator('[aria-current]'))).toBeVisible();
});

test('offers only what a record says of itself to look around by', async ({ page }) => {
  await page.goto('/logs?q=service:legacy');
  await rows(page).nth(1).click();
  await surroundings(page).getByRole('button', { name: 'Surrounding lines' }).click();
  await expect(surroundings(page).getByRole('radio')).toHaveCount(2);
  await expect(surroundings(page)).toContainText('Nothing after it');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe with fields and surrounding lines open in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 600 });
    await page.goto('/logs?q="card declined"');
    await field(page, 'correlation\\.id').click();
    await rows(page).nth(1).click();
    await surroundings(page).getByRole('button', { name: 'Surrounding lines' }).click();
    await expect(surroundings(page).getByRole('button', { name: 'Earlier lines' })).toBeVisible();
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}

test('speaks Korean', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
  await page.goto('/logs');
  const panel = page.getByRole('region', { name: '필드', exact: true });
  await expect(panel.getByTitle('service payments만 보기')).toBeVisible();
  await page.getByRole('grid').getByRole('row').nth(1).click();
  await expect(page.getByRole('button', { name: '앞뒤 줄' })).toBeVisible();
});
