import { fileURLToPath } from 'node:url';
import { expect, test } from './shop-test.ts';

/** `docs/images/` of the README; written only when asked for, since each run's times differ. */
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const WRITES = process.env.WRITE_SCREENSHOTS === '1';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`shows logs, a trace and its views, a flow, the map and a service in ${colorScheme}`, { tag: '@audit' }, async ({ page, shop }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1280, height: 760 });
    const views = [
      { name: 'logs', path: '/logs?q=-service:legacy', ready: 'card declined', select: 'card declined' },
      { name: 'trace', path: `/trace/${shop.failedTraceId}`, ready: 'card declined', select: 'POST /charge' },
      { name: 'comparison', path: `/trace/${shop.failedTraceId}?view=compare`, ready: 'healthy traces', select: undefined },
      { name: 'flame', path: `/trace/${shop.largeTraceId}?view=flame`, ready: 'Point at a box', select: undefined },
      { name: 'flow', path: '/flow/order-1003', ready: 'mail queued', select: undefined },
      { name: 'sequence', path: '/flow/order-failed?view=sequence', ready: 'card declined', select: undefined },
      { name: 'map', path: '/services?view=map&focus=service:orders', ready: 'Group by', select: undefined },
      { name: 'service', path: '/service/orders', ready: 'Instances and versions', select: undefined },
    ];
    for (const { name, path, ready, select } of views) {
      await page.goto(path);
      await expect(page.getByText(ready).first()).toBeVisible();
      if (select !== undefined) {
        await page.getByRole('row', { name: select }).first().click();
        // On a busy machine what is in it comes later.
        await expect(page.getByRole('complementary')).toContainText(select);
      }
      // Boxes are placed in a worker.
      if (name === 'map') await expect(page.locator('[data-box]')).toHaveCount(6);
      await page.mouse.move(0, 0);
      const image = await page.screenshot(WRITES ? { path: `${IMAGES}${name}-${colorScheme}.png` } : {});
      expect(image.length, `${name} is not blank`).toBeGreaterThan(20_000);
    }
  });
}
