import type { Locator, Page } from '@playwright/test';
import { countViews, holdRecords } from './hold-records.ts';
import { LARGE_TRACE_SPANS, REPEATED_CALLS } from './seed.ts';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const flame = (page: Page): Locator => page.getByRole('application', { name: 'Flame graph' });
/** What is read out of the box that the keys are on. */
const chosen = (page: Page): Locator => page.getByRole('status').filter({ hasText: /level \d/ });

/** The outline of the box that the keys are on is in the picture, wide enough to be seen. */
async function expectInSight(page: Page, name: string): Promise<void> {
  await expect(chosen(page)).toHaveText(new RegExp(`${name}, level \\d+`));
  await expect.poll(() => outlineWidth(flame(page))).toBeGreaterThanOrEqual(8);
}

/** From the leftmost to the rightmost pixel in the accent's colour; 0 where there is none. */
async function outlineWidth(view: Locator): Promise<number> {
  return view.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    const accent = /#(?<light>[0-9a-f]{6})/.exec(getComputedStyle(canvas).getPropertyValue('--accent'))?.groups?.light ?? '';
    const wanted = [0, 2, 4].map((at) => Number.parseInt(accent.slice(at, at + 2), 16));
    const across = Array.from({ length: width * height }, (_, pixel) => pixel)
      .filter((pixel) => wanted.every((value, part) => Math.abs((pixels[4 * pixel + part] ?? 0) - value) <= 2))
      .map((pixel) => pixel % width);
    return across.length === 0
      ? 0
      : across.reduce((most, x) => Math.max(most, x), 0) - across.reduce((least, x) => Math.min(least, x), width) + 1;
  });
}

test('shows equal calls as one box, walks the boxes with arrows and zooms into one', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.repeatsTraceId}`);
  await page.getByRole('tab', { name: 'Flame graph' }).click();
  await expect(page).toHaveURL(/view=flame/);
  await flame(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(chosen(page)).toHaveText(/reports GET \/report, level 1, 1 call, 500 ms wide, 314 ms own/);
  await page.keyboard.press('ArrowDown');
  await expect(chosen(page)).toHaveText(new RegExp(`reports sqlite SELECT item, level 2, ${REPEATED_CALLS} calls, 96 ms wide`));
  await page.keyboard.press('ArrowRight');
  await expect(chosen(page)).toHaveText(/reports render, level 2, 1 call, 90 ms wide/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/frame=[0-9a-f]{16}/);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Show the whole trace' })).toBeVisible();
  await flame(page).focus();
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/frame=/);
  await page.goBack();
  await expect(page).toHaveURL(/frame=/);
});

test('is led to by the keys of rows', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?view=flame`);
  const flame = page.getByRole('application', { name: /Flame graph/ });
  await expect(flame).toBeVisible();
  await page.keyboard.press('j');
  await expect(flame).toBeFocused();
  await expect(page.getByRole('status').filter({ hasText: 'level 1' })).toHaveCount(1);
  await page.keyboard.press('j');
  await expect(page.getByRole('status').filter({ hasText: 'level 2' })).toHaveCount(1);
});

test('stays at the box that the keys are on while the rest of the trace comes', async ({ page, shop }) => {
  const [release, views] = [await holdRecords(page), await countViews(page)];
  await page.goto(`/trace/${shop.failedTraceId}?view=flame`);
  await flame(page).focus();
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await expect(chosen(page)).toHaveText(/orders POST \/orders, level 2/);
  await release();
  await expect.poll(views).toBe(2);
  await page.keyboard.press('ArrowDown');
  await expect(chosen(page)).toHaveText(/level 3/);
});

test('zooms to the box that is clicked, and opens its longest span', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?view=flame`);
  const box = await flame(page).boundingBox();
  // The third row is what the orders service called; the charges are its widest box.
  await flame(page).click({ position: { x: 60, y: 50 } });
  // Zoomed, not only said so in the address.
  await expect(page.getByRole('button', { name: 'Show the whole trace' })).toBeVisible();
  await flame(page).hover({ position: { x: (box?.width ?? 0) / 2, y: 50 } });
  await expect(page.getByText('2 calls', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Open the longest' }).click();
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('POST /charge');
  await page.keyboard.press('Escape');
  await flame(page).hover({ position: { x: 60, y: 50 } });
  await page.getByRole('button', { name: 'In the waterfall' }).click();
  await expect(page.getByRole('treegrid', { name: 'Waterfall' }).getByRole('row', { name: /POST \/charge/ })).toHaveCount(2);
});

test('shows spans in time order and by the critical path, and keeps the choice in the address', async ({ page, shop }) => {
  const views = await countViews(page);
  await page.goto(`/trace/${shop.failedTraceId}?view=flame`);
  await expect(page.getByRole('tab', { name: 'Logs 6' })).toBeVisible();
  await expect(flame(page)).toBeVisible();
  const before = await views();
  await page.getByText('In time order').click();
  await expect(page).toHaveURL(/flame=time/);
  await expect.poll(views).toBeGreaterThan(before);
  await flame(page).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(chosen(page)).toHaveText(/inventory inventory.Stock\/Reserve, level 3, 1 call/);
  await page.getByText('Critical path').click();
  await expect(page).toHaveURL(/flame=critical/);
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Critical path' })).toBeChecked();
});

test('looks for spans in a flame graph of many, and opens the next that is found', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}?view=flame`);
  await expect(page.getByText(`${LARGE_TRACE_SPANS.toLocaleString('en')} spans`, { exact: true })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).fill('step 1999');
  await expect(page.getByText('1 found')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('step 1999');
});

for (const way of ['merged', 'critical', 'time'] as const) {
  test(`brings what is found into view, wherever it is: ${way}`, async ({ page, shop }) => {
    await page.goto(`/trace/${shop.largeTraceId}?view=flame&flame=${way}`);
    await expect(page.getByText(`${LARGE_TRACE_SPANS.toLocaleString('en')} spans`, { exact: true })).toBeVisible();
    const find = page.getByRole('searchbox', { name: 'Find by name, service or target' });
    await find.fill('step 2479');
    await expect(page.getByText('1 found')).toBeVisible();
    await find.press('Enter');
    await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('step 2479');
    await expect(chosen(page)).toHaveText(/step 2479, level \d+/);
    await expectInSight(page, 'step 2479');
    // The same one is gone to again, in the same view.
    await flame(page).focus();
    await flame(page).evaluate((element) => element.scrollTo({ top: 0 }));
    await page.keyboard.press('n');
    await expectInSight(page, 'step 2479');
    await page.keyboard.press('Shift+N');
    await expect(page).toHaveURL(/view=flame/);
    await page.reload();
    await expectInSight(page, 'step 2479');
  });
}

test('brings the span that was opened in the waterfall into view, and one of an error', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}`);
  const find = page.getByRole('searchbox', { name: 'Find by name, service or target' });
  await find.fill('step 2479');
  await expect(page.getByText('1 found')).toBeVisible();
  await find.press('Enter');
  await page.getByRole('tab', { name: 'Flame graph' }).click();
  await expectInSight(page, 'step 2479');
  await page.keyboard.press('e');
  await expectInSight(page, 'step 2000');
});

test('says of an open span that it is not on the critical path', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}?view=flame&flame=critical&find=step%201001`);
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).press('Enter');
  await expect(page.getByText('The open span is not on the critical path.')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in the flame graph, the calls and the statistics in ${colorScheme}`, async ({ page, shop }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    for (const view of ['flame', 'calls', 'statistics']) {
      await page.goto(`/trace/${shop.failedTraceId}?view=${view}`);
      await expect(page.getByRole(view === 'flame' ? 'application' : 'grid')).toBeVisible();
      expect(await seriousViolations(page, colorScheme), view).toEqual([]);
    }
  });
}
