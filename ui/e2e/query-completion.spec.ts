import { expect } from './console-watch.ts';
import { testWithLogs } from './logs-test.ts';

const ROUTES = ['/r/1', '/r/2', '/refund'];
const test = testWithLogs(
  ROUTES.map((route) => ({
    body: { stringValue: `asked for ${route}` },
    attributes: [{ key: 'http.route', value: { stringValue: route } }],
  })),
);

for (const typed of ['http.route:/r/', 'http.route:"/r/"']) {
  test(`goes on with the value right behind ${typed}`, async ({ page }) => {
    await page.goto('/logs');
    await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toBeVisible();
    await page.keyboard.press('/');
    const editor = page.locator('.cm-content');
    await expect(editor).toBeFocused();
    await page.keyboard.type(typed);
    await expect(page.getByRole('option', { name: '/r/2' })).toBeVisible();
    await expect(page.getByRole('option', { name: '/r/1' })).toBeVisible();
    await expect(page.getByRole('option')).toHaveCount(2);
    await page.keyboard.press('Tab');
    await expect(editor).toHaveText(/^http\.route:"\/r\/[12]"$/);
    // After a space another term begins.
    await page.keyboard.type(' lev');
    await expect(page.getByRole('option', { name: 'level' })).toBeVisible();
  });
}
