import type { Locator, Page } from '@playwright/test';
import { holdRecords } from './hold-records.ts';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'traces' });
test.describe.configure({ mode: 'parallel' });

const row = (page: Page, name: RegExp): Locator => page.getByRole('treegrid', { name: 'Waterfall' }).getByRole('row', { name });

async function topOf(locator: Locator): Promise<number> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('the row is not drawn');
  return box.y;
}

test('keeps the row under the pointer in its place when records come later, between the spans above it', async ({ page, shop }) => {
  await page.setViewportSize({ width: 1280, height: 420 });
  const release = await holdRecords(page);
  await page.goto(`/trace/${shop.failedTraceId}`);
  const reserve = row(page, /inventory.*Stock\/Reserve/);
  await reserve.hover();
  const before = await topOf(reserve);
  await expect(row(page, /INFO/)).toHaveCount(0);
  await release();
  await expect(row(page, /(INFO|ERROR|WARN)/).first()).toBeVisible();
  expect(await topOf(reserve)).toBe(before);
});

test('keeps the open span in its place when records come later', async ({ page, shop }) => {
  await page.setViewportSize({ width: 1280, height: 420 });
  const release = await holdRecords(page);
  await page.goto(`/trace/${shop.failedTraceId}`);
  const reserve = row(page, /inventory.*Stock\/Reserve/);
  await reserve.click();
  await expect(page.getByRole('complementary', { name: 'Span' })).toBeVisible();
  await page.mouse.move(5, 5);
  const before = await topOf(reserve);
  await release();
  await expect(row(page, /(INFO|ERROR|WARN)/).first()).toBeVisible();
  expect(await topOf(reserve)).toBe(before);
});
