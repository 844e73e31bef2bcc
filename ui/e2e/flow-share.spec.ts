import { copyFile, readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { expect } from './console-watch.ts';
import { LONG_FLOW, PLANTED_SECRETS, RICH_FLOW, SKEWED_FLOW } from './flow-seed.ts';
import { test } from './flow-test.ts';
import { seriousViolations } from './serious-violations.ts';

/** Thousands of records come page by page, on a busy machine too. */
const LOADED_MILLIS = 90_000;

/** Makes the file of a flow as a person does, and answers where it is. */
async function share(page: Page, flow: string, choose: () => Promise<void> = async () => undefined): Promise<string> {
  await page.goto(`/flow/${flow}`);
  await page.getByRole('button', { name: 'Share as a file' }).click();
  // All of the flow is there by then.
  await expect(page.getByText(/The file will have/)).toBeVisible({ timeout: LOADED_MILLIS });
  await choose();
  await expect(page.getByRole('button', { name: 'Save the file' })).toBeEnabled();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${flow}.html`);
  await expect(page.getByText('Saved.')).toBeVisible();
  return file.path();
}

/** Opens a file without any network, and counts what it asks for. */
async function openAlone(page: Page, path: string): Promise<string[]> {
  const asked: string[] = [];
  await page.context().setOffline(true);
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) asked.push(request.url());
  });
  // A browser takes a page for HTML by its name.
  const html = `${path}.html`;
  await copyFile(path, html);
  await page.goto(pathToFileURL(html).href);
  return asked;
}

test('makes one file that shows the flow without a network, and holds no secret', async ({ page, context }) => {
  const path = await share(page, RICH_FLOW, async () => {
    const dialog = page.getByRole('dialog', { name: 'Share this flow as a file' });
    await expect(dialog.getByText('e-mail addresses')).toBeVisible();
    await dialog.getByRole('checkbox', { name: /messaging\.system/ }).uncheck();
    await dialog.getByLabel(/Further texts/).fill('upstream=web');
    await expect(dialog.getByText('further texts', { exact: true })).toBeVisible();
  });
  const bytes = await readFile(path, 'utf8');
  for (const secret of [...PLANTED_SECRETS, 'upstream=web', 'messaging.system"']) expect(bytes, secret).not.toContain(secret);
  expect(bytes).toContain('REDACTED');

  const alone = await context.newPage();
  const asked = await openAlone(alone, path);
  await expect(alone.getByRole('heading', { name: RICH_FLOW })).toBeVisible();
  await expect(
    alone.getByRole('grid', { name: 'Spans and records in causal order' }).getByRole('row').filter({ hasText: 'receipt queued' }),
  ).toBeVisible();
  await alone.keyboard.press('j');
  await expect(alone.getByRole('grid', { name: 'Spans and records in causal order' })).toBeFocused();
  await alone.getByRole('tab', { name: 'Sequence' }).click();
  await expect(alone.getByRole('grid', { name: 'Messages in causal order' }).getByRole('row').filter({ hasText: '×5' })).toBeVisible();
  await alone.getByRole('tab', { name: 'Trace' }).click();
  const waterfall = alone.getByRole('treegrid', { name: 'Waterfall' });
  await waterfall.getByRole('row').filter({ hasText: 'POST /orders' }).click();
  const detail = alone.getByRole('complementary', { name: 'Span' });
  await expect(detail.getByText('db.password')).toBeVisible();
  await expect(detail.getByText('REDACTED').first()).toBeVisible();
  await alone.keyboard.press('Escape');
  await alone.getByRole('tab', { name: 'Logs' }).click();
  await expect(alone.getByRole('grid', { name: 'Logs' }).getByRole('row').filter({ hasText: 'charging card REDACTED' })).toBeVisible();
  await alone.getByText('한국어').click();
  await expect(alone.getByRole('tab', { name: '시퀀스' })).toBeVisible();
  expect(await seriousViolations(alone, 'light')).toEqual([]);
  expect(asked).toEqual([]);
});

test('has the whole waterfall in the file: folded, found, zoomed and read by keys alone, in both schemes', async ({ page, context }) => {
  const path = await share(page, RICH_FLOW);
  const alone = await context.newPage();
  await openAlone(alone, path);
  await alone.getByRole('tab', { name: 'Trace' }).click();
  const waterfall = alone.getByRole('treegrid', { name: 'Waterfall' });
  const row = (text: string) => waterfall.getByRole('row').filter({ hasText: text });
  await test.step('repeated calls are one row, records stand between the spans', async () => {
    await expect(row('SELECT items')).toHaveCount(1);
    await expect(row('SELECT items')).toContainText('×5');
    await expect(row('charging card')).toBeVisible();
    await alone.getByRole('checkbox', { name: 'Logs between the spans' }).uncheck();
    await expect(row('charging card')).toHaveCount(0);
  });
  await test.step('a text is found, and what is not found left out', async () => {
    await alone.getByRole('searchbox', { name: 'Find by name, service or target' }).fill('charge');
    await expect(alone.getByRole('status')).toContainText('4 found');
    await alone.getByRole('checkbox', { name: 'Only these' }).check();
    await expect(row('SELECT items')).toHaveCount(0);
    await alone.getByRole('searchbox', { name: 'Find by name, service or target' }).fill('');
    await expect(row('SELECT items')).toHaveCount(1);
  });
  await test.step('keys fold, go to the error, show its subtree alone and its own time', async () => {
    await waterfall.focus();
    await alone.keyboard.press('Home');
    await alone.keyboard.press('ArrowLeft');
    await expect(waterfall.getByRole('row')).toHaveCount(2);
    await alone.keyboard.press('e');
    const detail = alone.getByRole('complementary', { name: 'Span' });
    await expect(detail.getByRole('heading', { name: 'POST /charge' })).toBeVisible();
    await expect(detail.getByText('Self time')).toBeVisible();
    await alone.keyboard.press('z');
    await expect(row('SELECT items')).toHaveCount(0);
    await alone.keyboard.press('z');
    await expect(row('SELECT items')).toHaveCount(1);
    await alone.keyboard.press('Escape');
    await expect(detail).toHaveCount(0);
  });
  await test.step('plus shows half of the time axis, zero all of it', async () => {
    await alone.keyboard.press('+');
    await expect(alone.getByRole('button', { name: 'All of the time' })).toBeVisible();
    await alone.keyboard.press('0');
    await expect(alone.getByRole('button', { name: 'All of the time' })).toHaveCount(0);
  });
  await test.step('the flame graph, the calls and the statistics are there, and lead to the waterfall', async () => {
    await alone.getByRole('tab', { name: 'Flame graph' }).click();
    const flame = alone.getByRole('application', { name: /Flame graph/ });
    await flame.focus();
    await alone.keyboard.press('ArrowDown');
    await alone.keyboard.press('ArrowDown');
    await expect(alone.getByRole('button', { name: 'In the waterfall' })).toBeVisible();
    await alone.getByRole('tab', { name: 'Calls' }).click();
    await expect(alone.getByRole('grid').getByRole('row').filter({ hasText: 'payments' }).first()).toBeVisible();
    await alone.getByRole('tab', { name: 'Statistics' }).click();
    const statistics = alone.getByRole('grid', { name: 'Statistics' });
    await statistics.getByRole('button', { name: /^Count/ }).click();
    await statistics.getByRole('row').filter({ hasText: 'SELECT items' }).click();
    await expect(alone.getByRole('tab', { name: 'Trace' })).toHaveAttribute('aria-selected', 'true');
    await expect(row('SELECT items').first()).toBeVisible();
    await expect(row('POST /charge')).toHaveCount(0);
    await alone.getByRole('button', { name: /SELECT items/ }).click();
    await expect(row('POST /charge').first()).toBeVisible();
  });
  await test.step('a question mark lists the keys that a file has', async () => {
    await alone.keyboard.press('?');
    const keys = alone.getByRole('dialog', { name: 'Keys' });
    await expect(keys.getByText('Critical path on and off')).toBeVisible();
    await expect(keys.getByText('Go to the query')).toHaveCount(0);
    await alone.keyboard.press('Escape');
  });
  expect(await seriousViolations(alone, 'light')).toEqual([]);
  await alone.emulateMedia({ colorScheme: 'dark' });
  expect(await seriousViolations(alone, 'dark')).toEqual([]);
});

test('draws a clock that is off where it belongs in the file too, and opens what was sent', async ({ page, context }) => {
  const path = await share(page, SKEWED_FLOW);
  const alone = await context.newPage();
  await openAlone(alone, path);
  const clocks = alone.getByRole('note', { name: 'Clocks of the services' });
  await expect(clocks).toContainText('The clock of cart is 4 s ahead');
  const row = alone.getByRole('grid').getByRole('row', { name: /GET \/cart/ });
  await expect(row).toContainText('+4.01 s');
  await alone.getByLabel('Correct clock skew').check();
  await expect(clocks).toContainText('cart is drawn 4 s earlier');
  await expect(row).toContainText('+14 ms');
  await expect(alone.getByText('120 ms', { exact: true }).first()).toBeVisible();
  await alone.getByRole('tab', { name: 'Trace' }).click();
  const bar = alone.getByRole('treegrid', { name: 'Waterfall' }).getByRole('row').filter({ hasText: 'GET /cart' });
  await expect(bar.getByRole('gridcell').last()).toHaveAttribute('aria-label', '92 ms +14 ms');
  await bar.click();
  const detail = alone.getByRole('complementary', { name: 'Span' });
  await expect(detail.getByRole('heading', { name: 'GET /cart' })).toBeVisible();
  const sent = await detail.getByRole('time').first().textContent();
  await alone.keyboard.press('Escape');
  await alone.getByLabel('Correct clock skew').uncheck();
  await expect(bar.getByRole('gridcell').last()).toHaveAttribute('aria-label', '92 ms +4.01 s');
  await bar.click();
  await expect(detail.getByRole('time').first()).toHaveText(sent ?? 'no time');
  expect(await seriousViolations(alone, 'light')).toEqual([]);
});

test('shares a flow of 10,000 records whole', async ({ page, context }) => {
  test.slow();
  const path = await share(page, LONG_FLOW);
  const alone = await context.newPage();
  await openAlone(alone, path);
  await expect(alone.getByText('7,500 records')).toBeVisible();
  await alone.getByRole('tab', { name: 'Logs' }).click();
  await expect(alone.getByRole('grid', { name: 'Logs' })).toHaveAttribute('aria-rowcount', '7500');
});

test('has nothing serious for axe in the dialog, which the keyboard leaves', async ({ page }) => {
  await page.goto(`/flow/${RICH_FLOW}`);
  await page.getByRole('button', { name: 'Share as a file' }).click();
  await expect(page.getByText(/The file will have/)).toBeVisible();
  expect(await seriousViolations(page, 'light')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
