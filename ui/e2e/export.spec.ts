import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Export' });
const start = (page: Page): Locator => panel(page).getByRole('button', { name: /^Export [\d,]+ records?$/ });

async function openExport(page: Page, path = '/logs'): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('grid', { name: 'Log records' })).toBeVisible();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(start(page)).toBeVisible();
}

async function save(page: Page): Promise<{ readonly name: string; readonly text: string }> {
  const downloading = page.waitForEvent('download');
  await start(page).click();
  const download = await downloading;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('saves all that matches as a table with the columns of the list', async ({ page, shop }) => {
  await openExport(page, '/logs?cols=http.route');
  await expect(start(page)).toHaveText(`Export ${shop.logCount.toLocaleString('en')} records`);
  const { name, text } = await save(page);
  expect(name).toBe('logs.csv');
  expect(text.split('\r\n')[0]).toBe('time,level,service,http.route,message,traceId,spanId,correlationId');
  await expect(panel(page).getByRole('status')).toHaveText(`${shop.logCount.toLocaleString('en')} records were saved.`);
  expect(text).toContain('card declined');
});

test('has in its columns what the list shows in them, also of attributes that are called as a part of the record', async ({
  page,
  shop,
}) => {
  const attributes = { level: 'gold', service: 'moving', message: 'three boxes', id: 'A-7' };
  const logRecord = {
    // Before the range of other tests.
    timeUnixNano: `${Date.now() - 3_600_000}000000`,
    severityNumber: 9,
    body: { stringValue: 'boxes were moved' },
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'warehouse' } }] };
  await page.request.post(`${shop.collector.otlpHttp}/v1/logs`, {
    data: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [logRecord] }] }] },
  });
  await openExport(page, '/logs?q=service:warehouse&from=now-2h&cols=level,service,message,id');
  const cells = page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1).getByRole('gridcell');
  expect((await cells.allInnerTexts()).slice(3, 7)).toEqual(Object.values(attributes));
  const [head, line] = (await save(page)).text.split('\r\n');
  expect(head).toBe(
    'time,level,service,attributes.level,attributes.service,attributes.message,attributes.id,message,traceId,spanId,correlationId',
  );
  expect(line).toMatch(/Z,INFO,warehouse,gold,moving,three boxes,A-7,boxes were moved,,,$/);
});

test('saves whole records of the query as NDJSON, by keyboard', async ({ page }) => {
  await openExport(page, '/logs?q=service:payments+level:error');
  await panel(page).getByRole('radio', { name: 'NDJSON' }).focus();
  await page.keyboard.press('Space');
  const downloading = page.waitForEvent('download');
  await start(page).focus();
  await page.keyboard.press('Enter');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('logs.ndjson');
  const records = (await readFile(await download.path(), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.length).toBeGreaterThan(5);
  expect(records.every(({ severityNumber }) => severityNumber >= 17)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(panel(page)).toBeHidden();
});

test('says how far it is, goes on while the panel is closed, and stops when told', async ({ page }) => {
  let isCancelled = false;
  page.on('requestfailed', (request) => {
    if (request.url().includes('/logs/export')) isCancelled = true;
  });
  // An answer that does not come: the state of a long export.
  await page.route('**/api/v1/logs/export?*', () => undefined);
  await openExport(page);
  await start(page).click();
  await expect(panel(page).getByRole('progressbar')).toBeVisible();
  await expect(panel(page)).toContainText(/0 of [\d,]+ records/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Exporting 0%' }).click();
  await panel(page).getByRole('button', { name: 'Stop' }).click();
  await expect(start(page)).toBeVisible();
  await expect.poll(() => isCancelled).toBe(true);
});

test('saves nothing of what breaks off, and says so', async ({ page }) => {
  await page.route('**/api/v1/logs/export?*', (route) => route.abort());
  await openExport(page);
  await start(page).click();
  await expect(panel(page).getByRole('alert')).toContainText('Nothing was saved: it broke off after 0 records.');
  await expect(start(page)).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe with the export open in ${colorScheme}, and fits a phone in Korean`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openExport(page);
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
    const directory = process.env.EXPORT_PICTURES;
    if (directory) await page.screenshot({ path: `${directory}/export-${colorScheme}-wide.png` });
    await page.addInitScript(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
    await page.setViewportSize({ width: 390, height: 800 });
    await page.reload();
    await page.getByRole('button', { name: '내보내기', exact: true }).click();
    await expect(page.getByRole('dialog', { name: '내보내기' }).getByRole('button', { name: /^레코드 [\d,]+건 내보내기$/ })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    if (directory) await page.screenshot({ path: `${directory}/export-${colorScheme}-narrow.png` });
  });
}
