import type { Locator, Page } from '@playwright/test';
import { expect } from './console-watch.ts';
import { testWithLogs } from './logs-test.ts';

/** A key at the front and one at the very end, so that both ends of the record are known to be there. */
const LARGE_BODY = `large report begins ${'lorem ipsum dolor '.repeat(57_000)} and ends`;
/** Letters that a fixed-width font has not, in a line without an end. */
const LARGE_KOREAN_BODY = `긴 보고서 시작 ${'가나다 abc '.repeat(40_000)} 끝입니다`;
const FIELDS = Array.from({ length: 20 }, (_, index) => `field.${String(index).padStart(2, '0')}`);
const RECORDS = 600;

const test = testWithLogs(
  Array.from({ length: RECORDS }, (_, index) => ({
    body: { stringValue: index === 5 ? LARGE_BODY : index === 7 ? LARGE_KOREAN_BODY : `line ${index}` },
    attributes: [
      ...FIELDS.map((key) => ({ key, value: { stringValue: `${key} of ${index}` } })),
      { key: 'correlation.id', value: { stringValue: `flow-${index % 3}` } },
    ],
  })),
);

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' });
const row = (page: Page, text: string): Locator => grid(page).getByRole('row').filter({ hasText: text });

test('a list with twenty columns and a record of a megabyte scrolls, and draws no more than its rows', async ({ page }) => {
  await page.goto(`/logs?cols=${FIELDS.join(',')}`);
  await expect(row(page, 'field.00 of 5').first()).toBeVisible();
  await expect(grid(page).getByRole('columnheader')).toHaveCount(4 + FIELDS.length);
  // Of the body a line, not the megabyte; of the rows those in view.
  const characters = () => grid(page).evaluate((element) => element.textContent?.length ?? 0);
  expect(await characters()).toBeLessThan(60_000);
  await grid(page).hover();
  // The wheel ends where the list does until more of it has come.
  await expect(async () => {
    for (const _ of Array.from({ length: 12 })) await page.mouse.wheel(0, 2_000);
    await expect(row(page, `field.19 of ${RECORDS - 1}`)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByText(`${RECORDS} records loaded · that is all`)).toBeVisible();
  expect(await characters()).toBeLessThan(60_000);
  await page.mouse.wheel(4_000, 0);
  await expect(row(page, `line ${RECORDS - 1}`)).toBeInViewport();
  await page.mouse.wheel(0, -40_000);
  await expect(row(page, 'large report begins')).toBeVisible();
  // Each row is as high as any, also where lines go on.
  await page.keyboard.press('w');
  await expect(row(page, 'large report begins')).toBeVisible();
  expect(await characters()).toBeLessThan(120_000);
});

test('a record of a megabyte opens, is shown to its end, copied whole, and has its surrounding lines', async ({ page }) => {
  await page.goto('/logs');
  await row(page, 'large report begins').click();
  const detail = page.getByRole('complementary', { name: 'Record' });
  await expect(detail.getByText(/^large report begins/)).toBeVisible();
  await expect(detail.getByText(`The first 32,768 of ${LARGE_BODY.length.toLocaleString('en-US')} characters.`)).toBeVisible();
  await detail.getByRole('button', { name: 'Copy as JSON' }).click();
  await expect.poll(async () => (await page.evaluate(() => navigator.clipboard.readText())).length).toBeGreaterThan(LARGE_BODY.length);
  const more = detail.getByRole('button', { name: 'Show more' });
  await expect(async () => {
    if (await more.isVisible()) await more.click();
    await expect(detail.getByText(/and ends$/)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 45_000 });
  await detail.getByRole('button', { name: 'Surrounding lines' }).click();
  const lines = detail.getByRole('region', { name: 'Surrounding lines' });
  await expect(lines.getByText('line 4', { exact: true })).toBeVisible();
  for (const [kind, neighbour] of [
    ['instance', 'line 6'],
    ['flow', 'line 8'],
    ['service', 'line 4'],
  ] as const) {
    await lines.getByText(kind, { exact: true }).click();
    await expect(lines.getByText(neighbour, { exact: true })).toBeVisible();
  }
  await lines.getByText('line 4', { exact: true }).click();
  await expect(detail.getByText('line 4', { exact: true }).first()).toBeVisible();
  // Of the flow all, in the list, from this record on.
  await lines.getByText('flow', { exact: true }).click();
  await lines.getByRole('button', { name: 'All in the list' }).click();
  await expect(page).toHaveURL(/q=correlationId:flow-1&at=/);
  await expect(grid(page).getByRole('row', { selected: true })).toContainText('line 4');
  await expect(page.getByText(`${RECORDS / 3} records loaded · that is all`)).toBeVisible();
  await grid(page).hover();
  await page.mouse.wheel(0, -2_000);
  await expect(row(page, 'line 1').first()).toBeVisible();
  await expect(grid(page).getByText('line 2', { exact: true })).toHaveCount(0);
});

test('a long line of Korean does not stall the page, and is copied as it is', async ({ page }) => {
  await page.goto('/logs');
  await row(page, '긴 보고서 시작').click();
  const detail = page.getByRole('complementary', { name: 'Record' });
  const body = detail.getByRole('region', { name: 'Body' });
  await expect(body).toContainText('긴 보고서 시작');
  const more = detail.getByRole('button', { name: 'Show more' });
  await more.click({ timeout: 5_000 });
  await more.click({ timeout: 5_000 });
  await expect(more).toBeHidden({ timeout: 5_000 });
  await body.focus();
  await body.evaluate((element) => getSelection()?.selectAllChildren(element));
  await page.keyboard.press('Control+c');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(LARGE_KOREAN_BODY);
});
