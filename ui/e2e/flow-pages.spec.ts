import { expect } from './console-watch.ts';
import { LONG_FLOW } from './flow-seed.ts';
import { test } from './flow-test.ts';

/** Requests of pages after the first. */
const NEXT_PAGES = '**/api/v1/flows/*cursor=*';
const PATH = `/flow/${LONG_FLOW}`;

test('shows what has come of a flow whose next page fails, says so, and goes on', async ({ page }) => {
  await page.route(NEXT_PAGES, (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
  await page.goto(PATH);
  const notice = page.getByRole('alert').filter({ hasText: 'Not all of the flow has come' });
  await expect(notice).toContainText('(status 500)');
  await expect(page.getByText('1,000 of 2,500 spans loaded')).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Spans and records in causal order' }).getByRole('row').nth(5)).toBeVisible();
  await page.unroute(NEXT_PAGES);
  await notice.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('2,500 spans', { exact: true })).toBeVisible();
  await expect(notice).toBeHidden();
});

test('stops the reading of a long flow, and goes on where it was', async ({ page }) => {
  await page.route(NEXT_PAGES, () => undefined);
  await page.goto(PATH);
  await expect(page.getByText('1,000 of 2,500 spans loaded')).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  const notice = page.getByRole('status').filter({ hasText: 'Stopped' });
  await expect(notice).toBeVisible();
  await page.unroute(NEXT_PAGES);
  await notice.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('2,500 spans', { exact: true })).toBeVisible();
});
