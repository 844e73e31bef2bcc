import type { Locator, Page } from '@playwright/test';
import type { LogRecord, LogSearchAnswer } from '@threadline/collector/api';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'logs' });

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' });
const rows = (page: Page): Locator => grid(page).getByRole('row');
const selected = (page: Page): Locator => grid(page).getByRole('row', { selected: true });

test('a record is shown in the list with what is before and behind it, which goes on in both directions and moves nothing', async ({
  page,
  request,
}) => {
  const [from, to] = [new Date(Date.now() - 3_600_000).toISOString(), new Date().toISOString()];
  const { records }: LogSearchAnswer = await (await request.get('/api/v1/logs', { params: { from, to, limit: 1_000 } })).json();
  expect(records.length).toBeGreaterThan(650);
  const middle = records[600];
  if (middle === undefined) throw new Error('there is no record in the middle');
  await page.goto(`/logs?from=${from}&to=${to}&sel=${middle.id}`);
  await expect(rows(page).nth(1)).toBeVisible();
  const show = page.getByRole('button', { name: 'Show in the list' });
  // Those that are newer come when the test says so.
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/logs\?.*order=asc/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await show.click();
  await expect(selected(page)).toContainText(textOf(middle));
  await expect(show).toBeHidden();
  await expect(page).toHaveURL(/[?&]at=\d{4}-/);
  const before = await selected(page).boundingBox();
  held.resolve();
  await expect(page.getByText(/more above/)).toBeVisible();
  await expect.poll(async () => (await selected(page).boundingBox())?.y).toBe(before?.y);

  // With the keyboard: what is newer stands above.
  await page.keyboard.press('k');
  await expect(selected(page)).toContainText(textOf(records[599]));
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(selected(page)).toContainText(textOf(records[601]));

  // To the newest of all, by scrolling alone.
  await page.keyboard.press('Escape');
  await grid(page).hover();
  await expect
    .poll(
      async () => {
        await page.mouse.wheel(0, -4_000);
        return page.getByText(/ records loaded/).textContent();
      },
      { timeout: 30_000 },
    )
    .toMatch(/ records loaded · (more below|that is all)/);
  await page.mouse.wheel(0, -20_000);
  await expect(rows(page).nth(1)).toContainText(textOf(records[0]));
  await expect(grid(page)).toHaveJSProperty('scrollTop', 0);

  // A link shows the same place again, and there is a way to the beginning.
  await page.goBack();
  // In a tab of its own: in this one a reload leads to where the reader was.
  const linked = await page.context().newPage();
  await linked.goto(page.url());
  await expect(linked.getByText(/more above/)).toBeVisible();
  await linked.getByRole('button', { name: 'From the newest on' }).click();
  await expect(linked).not.toHaveURL(/[?&]at=/);
  await expect(rows(linked).nth(1)).toContainText(textOf(records[0]));
});

test('a record outside the range is shown in a range around it', async ({ page, request }) => {
  const { records }: LogSearchAnswer = await (await request.get('/api/v1/logs', { params: { from: 'now-1h', limit: 1 } })).json();
  const newest = records[0];
  if (newest === undefined) throw new Error('there is no record');
  await page.goto(`/logs?from=2020-01-01T00:00:00.000Z&to=2020-01-01T01:00:00.000Z&sel=${newest.id}`);
  await page.getByRole('button', { name: 'Show in the list' }).click();
  await expect(selected(page)).toContainText(textOf(newest));
  const { searchParams } = new URL(page.url());
  const millis = Number(BigInt(newest.timeUnixNano) / 1_000_000n);
  expect(Date.parse(searchParams.get('from') ?? '')).toBe(millis - 900_000);
  expect(Date.parse(searchParams.get('to') ?? '')).toBe(millis + 900_000);
});

test('a record that is opened while another search still runs stays, and the panel says that the search does not find it', async ({
  page,
}) => {
  await page.goto('/logs');
  await expect(rows(page).nth(1)).toBeVisible();
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/logs\?.*service%3Aorders/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.getByRole('textbox', { name: 'Query' }).fill('service:orders');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/service:orders/);
  const row = rows(page).filter({ hasText: 'payments' }).first();
  await row.click();
  const record = page.getByRole('complementary', { name: 'Record' });
  await expect(record).toContainText('payments');
  await expect(record.getByText('This search does not find it.')).toBeHidden();
  held.resolve();
  await expect(rows(page).filter({ hasText: 'payments' })).toHaveCount(0);
  await expect(record).toContainText('payments');
  await expect(record.getByText('This search does not find it.')).toBeVisible();
  await expect(rows(page).nth(1)).toContainText('orders');
  await expect(selected(page)).toHaveCount(0);
  // The keys are on none of the new rows: the first is the next.
  await page.keyboard.press('j');
  await expect(record).not.toContainText('This search does not find it.');
  await expect(rows(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.goBack();
  await record.getByRole('button', { name: 'Show among all records' }).click();
  await expect(selected(page)).toContainText('payments');
  await expect(page).not.toHaveURL(/service:orders/);
});

/** As much of a message as a narrow row has. */
function textOf(record: LogRecord | undefined): string {
  const text = record?.body?.stringValue;
  if (text === undefined) throw new Error('the record has no text');
  return text.slice(0, 200);
}
