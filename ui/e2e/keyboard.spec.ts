import type { Page } from '@playwright/test';
import { expect, test } from './shop-test.ts';

/** Runs in the page: what has the focus, and that it is seen; empty where nothing has it. */
function focusPlace(): string {
  const element = document.activeElement;
  if (element === null || element === document.body) return '';
  return `${element.getAttribute('role') ?? element.tagName} ${element.getAttribute('aria-label') ?? element.textContent ?? ''}`.slice(
    0,
    60,
  );
}

async function expectFocus(page: Page, place: RegExp): Promise<void> {
  await expect.poll(() => page.evaluate(focusPlace)).toMatch(place);
}

test('goes from a peak to a record, its trace, its flow and its service and back, by keys alone', async ({ page }) => {
  test.slow();
  await page.goto('/logs?from=now-1h&to=now');
  const grid = page.getByRole('grid', { name: 'Log records' });
  await expect(grid.getByText('card declined').first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('h');
  await expectFocus(page, /Records over time/);
  await page.keyboard.press('End');
  const tip = page.getByRole('region', { name: 'Records over time' }).getByRole('status');
  await expect(tip).toContainText('record');
  for (let step = 0; step < 30; step += 1) await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/now-1h/);
  await page.keyboard.press('/');
  await page.keyboard.type('"card declined"');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/card/);
  await expect(grid.getByRole('row').nth(1)).toContainText('card declined');
  // The first may close a list of completions that came late.
  await expect(async () => {
    await page.keyboard.press('Escape');
    expect(await page.evaluate(focusPlace)).toMatch(/grid Log records/);
  }).toPass();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary', { name: 'Record' });
  await expect(detail).toBeVisible();
  await expectFocus(page, /grid Log records/);
  await focusByTab(page, /^A Trace$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/trace\//);
  const tree = page.getByRole('treegrid', { name: 'Waterfall' });
  await expect(tree).toBeVisible();
  await page.keyboard.press('e');
  await expect(page.getByRole('complementary')).toBeVisible();
  await expectFocus(page, /treegrid Waterfall/);
  await page.keyboard.press('Escape');
  await expectFocus(page, /treegrid Waterfall/);
  await focusByTab(page, /^A Flow \S/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/flow\//);
  await expect(page.getByRole('grid', { name: /causal order/ })).toBeVisible();
  await page.keyboard.press('j');
  await expectFocus(page, /grid Spans and records/);
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  const services = page.getByRole('grid', { name: 'Services' });
  await expect(services).toBeVisible();
  await page.keyboard.press('j');
  await expectFocus(page, /grid Services/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/service\//);
  await expect(page.getByText('Called by')).toBeVisible();
  await page.goBack();
  await expect(services).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\/flow\//);
  await expectFocus(page, /.+/);
});

test('keeps the focus in the page when what had it goes away', async ({ page }) => {
  await page.goto('/logs');
  const grid = page.getByRole('grid', { name: 'Log records' });
  await expect(grid.getByRole('row').nth(2)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary', { name: 'Record' });
  await detail.getByRole('button', { name: 'Close' }).press('Enter');
  await expect(detail).toBeHidden();
  await expect(grid).toBeFocused();
  // A dialog gives it back to what had it.
  await page.getByRole('button', { name: 'Refresh (r)' }).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Refresh (r)' })).toBeFocused();
  // A button of an error, and one of a wait.
  await page.route('**/api/v1/logs?*', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
  await page.goto('/logs?q=service:orders');
  await page.getByRole('button', { name: 'Try again' }).focus();
  await page.unroute('**/api/v1/logs?*');
  await page.keyboard.press('Enter');
  await expect(grid).toBeVisible();
  await expectFocus(page, /.+/);
  await page.keyboard.press('j');
  await expect(grid).toBeFocused();
});

test('goes through services by keys', async ({ page }) => {
  await page.goto('/services');
  const services = page.getByRole('grid', { name: 'Services' });
  await expect(services.getByRole('row').nth(2)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/service\//);
});

test('has its keys while Hangul is on, and with Caps Lock', async ({ page }) => {
  await page.goto('/logs');
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(2)).toBeVisible();
  await pressAs(page, 'ㅔ', 'KeyP');
  await expect(page).toHaveURL(/view=patterns/);
  await pressAs(page, 'P', 'KeyP');
  await expect(page).not.toHaveURL(/view=patterns/);
  await pressAs(page, 'ㅎ', 'KeyG');
  await pressAs(page, 'ㅅ', 'KeyT');
  await expect(page).toHaveURL(/\/traces/);
});

/** A key that writes something else than the keyboard of the tests has at its place, without Shift. */
async function pressAs(page: Page, key: string, code: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code, windowsVirtualKeyCode: code.charCodeAt(3) });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code, windowsVirtualKeyCode: code.charCodeAt(3) });
  await session.detach();
}

/** Tab, as often as it takes. */
async function focusByTab(page: Page, place: RegExp): Promise<void> {
  const stops: string[] = [];
  for (let stop = 0; stop < 80; stop += 1) {
    stops.push(await page.evaluate(focusPlace));
    if (place.test(await page.evaluate(focusPlace))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${place}, but to ${stops.join(' | ')}`);
}
