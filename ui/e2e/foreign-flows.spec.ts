import { expect } from './console-watch.ts';
import { testWithLogs } from './logs-test.ts';

/** As no SDK of ours would make one. */
const FOREIGN_ID = 'order 42 & co/ß 주문 %41?x#y+"z"';
const TOO_LONG = 'x'.repeat(1_025);

const withId = (id: string) => ({ attributes: [{ key: 'correlation.id', value: { stringValue: id } }] });
const test = testWithLogs([
  { body: { stringValue: 'paid' }, ...withId(FOREIGN_ID) },
  { body: { stringValue: 'shipped' }, ...withId(FOREIGN_ID) },
  { body: { stringValue: 'lost' }, ...withId(TOO_LONG) },
]);

test('leads to the flow of an ID that a foreign sender made up, from a record, the list and the form, and back after a reload', async ({
  page,
}) => {
  const items = page.getByRole('grid', { name: 'Spans and records in causal order' });
  const isThere = async (): Promise<void> => {
    await expect(page.getByRole('heading', { name: FOREIGN_ID })).toBeVisible();
    await expect(items.getByRole('row').filter({ hasText: 'paid' })).toBeVisible();
    await expect(items.getByRole('row').filter({ hasText: 'shipped' })).toBeVisible();
  };
  await page.goto('/logs');
  await page.getByRole('grid', { name: 'Log records' }).getByRole('row').filter({ hasText: 'paid' }).click();
  await page.getByRole('complementary', { name: 'Record' }).getByRole('link', { name: /Flow/ }).click();
  await isThere();
  await page.reload();
  await isThere();
  await page.getByRole('link', { name: 'Search its logs' }).click();
  await expect(page.getByText('2 records loaded')).toBeVisible();
  await page.goto('/flows');
  await page
    .getByRole('grid', { name: 'Recent flows' })
    .getByRole('row', { name: /order 42/ })
    .click();
  await isThere();
  await page.goto('/flows');
  await page.getByLabel('Correlation ID').fill(FOREIGN_ID);
  await page.keyboard.press('Enter');
  await isThere();
});

test('offers no flow of an ID that is too long to be asked for', async ({ page }) => {
  await page.goto('/logs');
  await page.getByRole('grid', { name: 'Log records' }).getByRole('row').filter({ hasText: 'lost' }).click();
  const record = page.getByRole('complementary', { name: 'Record' });
  await expect(record.getByRole('link', { name: /Service/ })).toBeVisible();
  await expect(record.getByRole('link', { name: /Flow/ })).toHaveCount(0);
});
