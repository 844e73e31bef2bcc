import type { Locator, Page } from '@playwright/test';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'logs' });

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Saved' });
const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' }).getByRole('row');

async function save(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Saved' }).click();
  await panel(page).getByRole('textbox', { name: 'Name of what is shown now' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(panel(page).getByTitle(`Show ${name}`, { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
}

test('a search is saved with its range and columns, and is there again after a reload, in another tab too', async ({ page, context }) => {
  const failures = '/logs?q=level:error&from=now-6h&cols=exception.type:180&order=asc&wrap=1';
  await page.goto(failures);
  await expect(rows(page).nth(1)).toBeVisible();
  await save(page, 'Failures');
  const other = await context.newPage();
  await other.goto('/logs');
  await expect(rows(other).nth(1)).toBeVisible();
  await save(other, 'All');
  await page.goto('/logs?q=service:orders');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('b');
  await expect(panel(page).getByRole('listitem')).toHaveText([/^All.*Last 15 minutes/, /^Failures.*level:error.*Last 6 hours/]);
  expect(await seriousViolations(page, 'light')).toEqual([]);
  await panel(page).getByTitle('Show Failures').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('cols')).toBe('exception.type:180');
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({
    q: 'level:error',
    from: 'now-6h',
    cols: 'exception.type:180',
    order: 'asc',
    wrap: '1',
  });
  await expect(rows(page).nth(1)).toContainText('CardDeclined');
  await page.goBack();
  await expect(page).toHaveURL(/q=service:orders$/);
});

test('a saved search is overwritten, renamed with the keyboard, found by typing, and deleted', async ({ page }) => {
  await page.goto('/logs?q=level:warn');
  await expect(rows(page).nth(1)).toBeVisible();
  for (const name of ['one', 'two', 'three', 'four', 'five', 'slow bank']) await save(page, name);
  await page.goto('/logs?q=bank');
  await page.getByRole('button', { name: 'Saved' }).click();
  await panel(page).getByRole('textbox', { name: 'Name of what is shown now' }).fill('two');
  await panel(page).getByRole('button', { name: 'Save over it' }).click();
  await expect(panel(page).getByRole('listitem').filter({ hasText: 'two' })).toContainText('bank');
  await panel(page).getByRole('searchbox', { name: 'Find a saved search' }).fill('bank SLOW');
  await expect(panel(page).getByRole('listitem')).toHaveCount(1);
  await panel(page).getByRole('button', { name: 'More for slow bank' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  const field = panel(page).getByRole('textbox', { name: 'New name of slow bank' });
  await expect(field).toBeFocused();
  await field.fill('one');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('alert')).toHaveText('Another search is called so.');
  await page.keyboard.press('Escape');
  await expect(panel(page).getByTitle('Show slow bank')).toBeVisible();
  await panel(page).getByRole('button', { name: 'More for slow bank' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  await expect(field).toBeFocused();
  await field.fill('bank is slow');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByTitle('Show bank is slow')).toBeVisible();
  await panel(page).getByRole('button', { name: 'More for bank is slow' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(panel(page).getByText('No saved search is called so.')).toBeVisible();
  await panel(page).getByRole('searchbox').fill('');
  await expect(panel(page).getByRole('listitem')).toHaveCount(5);
});
