import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe on any page in ${colorScheme}`, async ({ page, shop }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    // Rows are all alike: a low screen has enough of them.
    await page.setViewportSize({ width: 1024, height: 600 });
    const pages = [
      { path: '/logs', ready: 'a long line', opens: true },
      { path: '/logs?q=nothing-has-this', ready: 'No record matches', opens: false },
      { path: '/traces', ready: 'GET /status', opens: false },
      { path: `/trace/${shop.failedTraceId}`, ready: 'card declined', opens: true },
      { path: `/trace/${shop.brokenTraceId}`, ready: 'has not arrived', opens: false },
      { path: '/flows', ready: 'order-failed', opens: false },
      { path: '/flow/order-failed', ready: 'card declined', opens: true },
      { path: '/logs?view=patterns', ready: 'Most first', opens: false },
      { path: '/logs?live=1', ready: 'Live', opens: false },
      { path: '/flow/order-failed?view=sequence', ready: 'Copy as Mermaid', opens: false },
      { path: '/services', ready: 'State now', opens: false },
      { path: '/services?view=map', ready: 'Group by', opens: false },
      { path: '/service/orders', ready: 'Called by', opens: false },
      { path: '/errors', ready: 'Most first', opens: false },
      { path: '/status', ready: 'delivering', opens: false },
      { path: '/nowhere', ready: 'No such page', opens: false },
    ];
    for (const { path, ready, opens } of pages) {
      await page.goto(path);
      await expect(page.getByText(ready).first()).toBeVisible();
      await expect(page.getByRole('heading', { level: 1 }), path).toHaveCount(1);
      if (opens) {
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await expect(page.getByRole('complementary')).toBeVisible();
      }
      expect(await seriousViolations(page, colorScheme), path).toEqual([]);
    }
  });
}

test('moves nothing for those who asked for that', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.route('**/api/v1/logs?*', () => undefined);
  await page.goto('/logs');
  const runner = page.getByRole('progressbar').locator('div');
  await expect(runner).toHaveCSS('animation-name', 'none');
});

test('shows where the focus is', async ({ page }) => {
  await page.goto('/logs');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Tab');
  const focused = page.getByRole('link', { name: 'Logs', exact: true });
  await expect(focused).toBeFocused();
  await expect(focused).toHaveCSS('outline-style', 'solid');
});
