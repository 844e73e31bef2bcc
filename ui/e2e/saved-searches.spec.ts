import type { Locator, Page } from '@playwright/test';
import type { SavedSearchesAnswer } from '@threadline/collector/api';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'logs' });

const LIST = '/api/v1/saved-searches';

test.beforeEach(async ({ request }) => {
  const { searches }: SavedSearchesAnswer = await (await request.get(LIST)).json();
  for (const { id } of searches) await request.delete(`${LIST}/${id}`);
});

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Saved' });
const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' }).getByRole('row');

async function save(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Saved' }).click();
  await panel(page).getByRole('textbox', { name: 'Name of what is shown now' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(panel(page).getByTitle(`Show ${name}`, { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
}

test('a search is saved with its range and columns, for whoever uses the collector', async ({ page, browser, baseURL }) => {
  const failures = '/logs?q=level:error&from=now-6h&cols=exception.type:180&order=asc&wrap=1';
  await page.goto(failures);
  await expect(rows(page).nth(1)).toBeVisible();
  await save(page, 'Failures');
  // Another person's browser.
  const stranger = await browser.newContext({ ...(baseURL && { baseURL }) });
  const other = await stranger.newPage();
  await other.goto('/logs');
  await expect(rows(other).nth(1)).toBeVisible();
  await save(other, 'All');
  await stranger.close();
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

test('a saved search is overwritten, renamed with the keyboard, found by typing, deleted, and put back', async ({ page }) => {
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
  await expect(panel(page).getByRole('status')).toContainText('“bank is slow” is deleted');
  const undo = panel(page).getByRole('button', { name: 'Undo' });
  await expect(undo).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel(page).getByTitle('Show bank is slow')).toBeFocused();
  await expect(undo).toBeHidden();
  await panel(page).getByRole('searchbox').fill('');
  await expect(panel(page).getByRole('listitem')).toHaveCount(6);
});

test('what somebody else changed meanwhile is told, and not written over unseen', async ({ page, request }) => {
  const url = `${LIST}/shared`;
  await request.put(url, { data: { name: 'Shared', search: { q: 'level:warn' } } });
  await page.goto('/logs?q=level:error');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press('b');
  await expect(panel(page).getByRole('textbox', { name: 'Name of what is shown now' })).toBeFocused();
  await expect(panel(page).getByRole('listitem')).toContainText('level:warn');
  await request.put(url, { data: { name: 'Shared', search: { q: 'service:orders' } } });
  await panel(page).getByRole('button', { name: 'More for Shared' }).click();
  await page.getByRole('menuitem', { name: 'Save what is shown now under this name' }).click();
  await expect(panel(page).getByRole('alert')).toContainText('Somebody else changed “Shared” meanwhile.');
  await expect(panel(page).getByRole('listitem')).toContainText('service:orders');
  await panel(page).getByRole('button', { name: 'More for Shared' }).click();
  await page.getByRole('menuitem', { name: 'Save what is shown now under this name' }).click();
  await expect(panel(page).getByRole('listitem')).toContainText('level:error');
  await expect(panel(page).getByRole('alert')).toBeHidden();
});

test('while the collector does not answer, the list says so and a name that was typed stays', async ({ page }) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  let readings = 0;
  await page.route(`**${LIST}**`, (route) => {
    if (route.request().method() === 'GET') readings += 1;
    return route.abort();
  });
  await page.keyboard.press('b');
  await expect(panel(page).getByRole('alert')).toContainText('The saved searches cannot be read. The collector does not answer.');
  const field = panel(page).getByRole('textbox', { name: 'Name of what is shown now' });
  await field.fill('Everything');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByText('“Everything” was not saved or deleted.')).toBeVisible();
  await expect(field).toHaveValue('Everything');
  expect(await seriousViolations(page, 'light')).toEqual([]);
  // Twice each, when the panel opened and after what was not saved: one that is still under way would find the collector there, and no button is left.
  await expect.poll(() => readings).toBe(4);
  await page.unroute(`**${LIST}**`);
  await panel(page).getByRole('button', { name: 'Try again' }).click();
  await expect(panel(page).getByText('Nothing is saved yet.')).toBeVisible();
  await field.press('Enter');
  await expect(panel(page).getByTitle('Show Everything')).toBeVisible();
  await expect(panel(page).getByRole('alert')).toBeHidden();
});
