import type { Locator, Page } from '@playwright/test';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'logs' });

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' });
const rows = (page: Page): Locator => grid(page).getByRole('row');
const heads = (page: Page): Locator => grid(page).getByRole('columnheader');
const head = (page: Page, name: string): Locator => heads(page).getByRole('button', { name: `Column ${name} (` });
const named = (page: Page, name: string): Locator => heads(page).getByText(name, { exact: true });
const edge = (page: Page, name: string): Locator => page.getByRole('separator', { name: `Width of the column ${name}` });
const columns = async (page: Page): Promise<string[]> => (await heads(page).allInnerTexts()).slice(3, -1).map((text) => text.trim());

test('columns are chosen by name, moved and removed with the keyboard alone, and are in the address', async ({ page }) => {
  await page.goto('/logs?q=charging');
  await expect(rows(page).nth(1)).toBeVisible();
  const options = page.getByRole('button', { name: 'Columns and lines' });
  await options.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Columns and lines' });
  await panel.getByRole('searchbox', { name: 'Find an attribute' }).fill('order');
  await panel.getByRole('checkbox', { name: 'order.id' }).focus();
  await page.keyboard.press('Space');
  await panel.getByRole('searchbox', { name: 'Find an attribute' }).fill('service.name');
  await panel.getByRole('checkbox', { name: 'service.name' }).press('Space');
  await panel.getByRole('searchbox', { name: 'Find an attribute' }).fill('nothing like this');
  await expect(panel.getByText('No attribute of the loaded records is called so')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/cols=order\.id,service\.name$/);
  await expect.poll(() => columns(page)).toEqual(['order.id', 'service.name']);
  await head(page, 'service.name').focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(page).toHaveURL(/cols=service\.name,order\.id$/);
  await head(page, 'service.name').press('Enter');
  await page.getByRole('menuitem', { name: 'Move right' }).press('Enter');
  await expect(page).toHaveURL(/cols=order\.id,service\.name$/);
  await head(page, 'order.id').press('Enter');
  await page.getByRole('menuitem', { name: 'Remove the column' }).press('Enter');
  await expect(page).toHaveURL(/cols=service\.name$/);
  await expect(rows(page).nth(1).getByRole('gridcell').nth(3)).toHaveText('orders');
  expect(await seriousViolations(page, 'light')).toEqual([]);
});

test('columns are dragged to their place and made wider at their edge, with the mouse and with keys', async ({ page }) => {
  await page.goto('/logs?cols=order.id,service.name,amount');
  await expect(rows(page).nth(1)).toBeVisible();
  // Heads are names alone until the part has come that moves them.
  await expect(head(page, 'amount')).toBeVisible();
  await named(page, 'amount').dragTo(heads(page).nth(3), { targetPosition: { x: 5, y: 5 } });
  await expect(page).toHaveURL(/cols=amount,order\.id,service\.name$/);
  const widthOf = async (place: number): Promise<number> => (await heads(page).nth(place).boundingBox())?.width ?? 0;
  await expect.poll(() => widthOf(4)).toBe(150);
  await expect(heads(page).nth(3)).toHaveText('amount');
  const box = await edge(page, 'order.id').boundingBox();
  if (!box) throw new Error('the edge is not there');
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + 65, box.y + 5, { steps: 4 });
  await expect.poll(() => widthOf(4)).toBe(210);
  await page.mouse.up();
  await expect(page).toHaveURL(/order\.id:210,/);
  await edge(page, 'order.id').press('ArrowLeft');
  await expect(page).toHaveURL(/order\.id:194,/);
  await edge(page, 'service.name').dblclick();
  await expect(page).toHaveURL(/service\.name:\d+$/);
  const cells = rows(page).nth(1).getByRole('gridcell');
  await expect.poll(() => cells.nth(5).evaluate((cell) => cell.scrollWidth <= cell.clientWidth)).toBe(true);
  await page.reload();
  await expect.poll(() => widthOf(4)).toBe(194);
  await page.goBack();
  await expect(page).not.toHaveURL(/cols/);
});

test('numbers stand at the right, and what is not there looks unlike what is empty', async ({ page }) => {
  await page.goto('/logs?q=charging&cols=amount,items,user.id');
  const cells = rows(page).nth(1).getByRole('gridcell');
  await expect(cells.nth(3)).toHaveText('19.5');
  await expect(cells.nth(3)).toHaveCSS('text-align', 'right');
  await expect(cells.nth(4)).toHaveText('["tea", "cup"]');
  await expect(cells.nth(5)).toHaveText('–');
});

test('long texts go on in the next lines, rows keep their order and place, and the address says so', async ({ page, shop }) => {
  await page.goto('/logs');
  const long = rows(page).filter({ hasText: 'a long line' }).first();
  const heightOf = async (row: Locator): Promise<number> => (await row.boundingBox())?.height ?? 0;
  expect(await heightOf(long)).toBe(24);
  await page.keyboard.press('w');
  await expect(page).toHaveURL(/wrap=1/);
  await expect.poll(() => heightOf(long)).toBeGreaterThan(60);
  // Each row begins where the one above ends, once all that are new in view have been measured.
  const widestGap = (): Promise<number> =>
    rows(page).evaluateAll((elements) => {
      const boxes = elements.slice(1).map((element) => element.getBoundingClientRect());
      return Math.max(...boxes.slice(1).map((box, index) => Math.abs(box.top - (boxes[index]?.bottom ?? 0))));
    });
  await expect.poll(widestGap).toBeLessThan(1);
  await expect(async () => {
    await grid(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(page.getByText(`${shop.logCount} records loaded · that is all`)).toBeVisible({ timeout: 300 });
  }).toPass();
  await expect(async () => {
    await grid(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(rows(page).last()).toContainText('POST /checkout received', { timeout: 300 });
  }).toPass();
  // A reload stays where the reader was; the way to the first rows is there.
  await page.reload();
  await page.getByRole('button', { name: 'From the newest on' }).click();
  await expect.poll(() => heightOf(long)).toBeGreaterThan(60);
  expect(await seriousViolations(page, 'light')).toEqual([]);
});

test('columns that are kept begin the next new search, are in its address, and change no link', async ({ page }) => {
  await page.goto('/logs?q=level:error&cols=exception.type:180&wrap=1');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.getByRole('button', { name: 'Columns and lines' }).click();
  await page.getByRole('button', { name: 'Begin new searches like this' }).click();
  await expect(page.getByText('New searches begin like this.')).toBeVisible();
  await page.goto('/');
  await expect(page).toHaveURL(/\/logs\?cols=exception\.type:180&wrap=1$/);
  await page.goto('/logs?q=level:error');
  await expect(rows(page).nth(1)).toBeVisible();
  await expect(page.getByRole('columnheader', { name: /exception\.type/ })).toHaveCount(0);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByRole('columnheader', { name: /exception\.type/ })).toBeVisible();
  await expect
    .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
    .toEqual({
      q: 'level:error',
      cols: 'exception.type:180',
      wrap: '1',
    });
});
