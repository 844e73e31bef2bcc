import type { Locator, Page } from '@playwright/test';
import { expect } from './console-watch.ts';
import { testWithLogs } from './logs-test.ts';

const BODIES = [
  { stringValue: '\u001b[31mred alert\u001b[0m and \u0000 done' },
  { stringValue: '{"json":"as text","id":9007199254740993,"list":[1,{"two":2}]}' },
  {
    kvlistValue: {
      values: [
        { key: 'kind', value: { stringValue: 'a map' } },
        { key: 'user', value: { kvlistValue: { values: [{ key: 'id', value: { intValue: '42' } }] } } },
      ],
    },
  },
];

const test = testWithLogs(BODIES.map((body) => ({ body })));

const row = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('grid', { name: 'Log records' }).getByRole('row').filter({ hasText: text });
const detail = (page: Page): Locator => page.getByRole('complementary', { name: 'Record' });
const body = (page: Page): Locator => detail(page).getByRole('region', { name: 'Body' });

test('leaves colours of a terminal out of the list, and has the message as it was sent in the detail', async ({ page }) => {
  await page.goto('/logs');
  await row(page, /red alert and (␀|‹NUL›) done/).click();
  await expect(body(page)).toContainText(/(␛|‹ESC›)\[31mred alert/);
  await expect(detail(page)).toContainText('It has colour codes for a terminal. The list leaves them out.');
});

test('lays out a message that is JSON, and shows it as it was sent', async ({ page }) => {
  await page.goto('/logs');
  await row(page, 'as text').click();
  const lines = ['{', '  "json": "as text",', '  "id": 9007199254740993,', '  "list": [', '    1,', '    {', '      "two": 2'];
  await expect.poll(() => body(page).textContent()).toContain(lines.join('\n'));
  await detail(page).getByRole('button', { name: 'As it was sent' }).click();
  await expect(body(page)).toHaveText(BODIES[1]?.stringValue ?? '');
  await detail(page).getByRole('button', { name: 'Laid out' }).click();
  await expect.poll(() => body(page).textContent()).toContain(lines.join('\n'));
});

test('shows a body that is a map once, each of its values in a row', async ({ page }) => {
  await page.goto('/logs');
  await row(page, 'a map').click();
  await expect(detail(page).getByRole('table', { name: 'Body' }).getByRole('row')).toHaveText([/kind.*a map/, /user\.id.*42/]);
  await expect(body(page)).toHaveCount(0);
  await expect(detail(page).getByText('a map')).toHaveCount(1);
});
