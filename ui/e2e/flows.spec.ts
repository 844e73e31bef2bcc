import type { Locator, Page } from '@playwright/test';
import { expect, test } from './shop-test.ts';

const items = (page: Page): Locator => page.getByRole('grid', { name: 'Spans and records in causal order' }).getByRole('row');

test('finds recent flows in the records, and opens one by its id', async ({ page }) => {
  // However many others are newer.
  const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get('query') === 'correlationId:*');
  await page.goto('/flows');
  await asked;
  const failed = page.getByRole('grid', { name: 'Recent flows' }).getByRole('row', { name: /order-failed/ });
  await expect(failed.getByRole('gridcell').nth(1)).toHaveText('POST /checkout');
  await expect(failed.getByRole('gridcell').nth(3)).toHaveText(/^[\d.]+ m?s$/);
  await failed.click();
  await expect(page).toHaveURL(/\/flow\/order-failed/);
  await page.goto('/flows');
  await page.getByLabel('Correlation ID').fill('x'.repeat(1_025));
  await expect(page.getByRole('alert')).toContainText('at most 1,024');
  await page.getByLabel('Correlation ID').fill('order-1003');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'order-1003' })).toBeVisible();
});

test('shows everything of one id over traces and services in causal order', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/flow/order-1003');
  await expect(page.getByText('2 traces')).toBeVisible();
  await expect(page.getByText('5 services')).toBeVisible();
  await expect(page.getByText('✓ complete')).toBeVisible();
  await expect(items(page).filter({ hasText: 'mail queued' })).toBeVisible();
  const texts = await items(page).allTextContents();
  const place = (text: RegExp) => texts.findIndex((row) => text.test(row));
  expect(place(/gatewayserver.*POST \/checkout/)).toBe(1);
  expect(place(/authorizing card/)).toBeGreaterThan(place(/POST \/charge/));
  expect(place(/process order.created/)).toBeGreaterThan(place(/publish order.created/));
  expect(place(/mail queued/)).toBe(texts.length - 1);
});

test('opens a span or a record and leads to its trace', async ({ page }) => {
  await page.goto('/flow/order-1003');
  await items(page).filter({ hasText: 'process order.created' }).click();
  const span = page.getByRole('complementary', { name: 'Span' });
  await expect(span.getByRole('link', { name: /orders publish order\.created/ })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('mail queued');
  await page.reload();
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('mail queued');
  await page.getByRole('complementary', { name: 'Record' }).getByRole('link', { name: 'Trace' }).click();
  await expect(page).toHaveURL(/\/trace\/[0-9a-f]{32}\?span=/);
});

test('opens what is clicked in the lanes', async ({ page }) => {
  await page.goto('/flow/order-failed');
  await expect(items(page).nth(1)).toBeVisible();
  const canvas = page.locator('canvas');
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('the lanes have no box');
  await page.mouse.click(box.x + box.width / 3, box.y + 28);
  await expect(page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { name: 'POST /checkout' })).toBeVisible();
});

test('names what is missing', { tag: '@elasticsearch' }, async ({ page, shop }) => {
  await page.goto(`/flow/${shop.brokenCorrelationId}`);
  await expect(page.getByText('incomplete')).toBeVisible();
  await expect(page.getByText(/has not arrived, and others name it/)).toBeVisible();
  await expect(page.getByText(/17 spans lost: buffer full/)).toBeVisible();
});

test('searches the records of a flow', async ({ page }) => {
  await page.goto('/flow/order-failed');
  await page.getByRole('link', { name: 'Search its logs' }).click();
  await expect(page.getByText('6 records loaded')).toBeVisible();
});

test('says that a flow is unknown', async ({ page }) => {
  await page.goto('/flow/nobody-has-this');
  await expect(page.getByRole('heading', { name: 'No such flow', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'All flows' })).toHaveAttribute('href', '/flows');
  await page.getByRole('link', { name: 'Search the logs for it' }).click();
  await expect(page).toHaveURL(/\/logs\?q=nobody-has-this/);
});
