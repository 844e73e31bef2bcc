import type { Locator, Page } from '@playwright/test';
import type { LogPatternsAnswer } from '@threadline/collector/api';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const view = (page: Page): Locator => page.getByRole('region', { name: 'Patterns', exact: true });
const patterns = (page: Page): Locator => view(page).getByRole('list', { name: 'Patterns' }).getByRole('listitem');
const recordsOf = (page: Page, pattern: string): Locator => view(page).getByRole('button', { name: `Records of ${pattern}`, exact: true });
const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' }).getByRole('row');
const toggle = (page: Page): Locator => page.getByRole('button', { name: 'Patterns', exact: true });

test('folds the records into patterns, the most frequent first, and back to the list', async ({ page }) => {
  await page.goto('/logs');
  await toggle(page).click();
  await expect(page).toHaveURL(/view=patterns/);
  await expect(view(page)).toContainText(/\d+ patterns in \d+ records/);
  await expect(recordsOf(page, 'charging order=id')).toBeVisible();
  const charging = patterns(page).filter({ has: page.getByRole('button', { name: 'Records of charging order=id', exact: true }) });
  await expect(charging).toContainText('orders');
  await expect(charging).toContainText('INFO');
  await expect(charging).toContainText(/charging order=A-\d\d/);
  await expect(charging.getByRole('img', { name: /^At most \d+ at a time, from/ })).toBeVisible();
  await expect(charging.getByText('id', { exact: true })).toHaveCSS('border-style', 'dashed');
  await page.keyboard.press('p');
  await expect(rows(page).nth(1)).toBeVisible();
  await page.goBack();
  await expect(recordsOf(page, 'charging order=id')).toBeVisible();
});

test('has the rarest first on demand, in the address too', async ({ page }) => {
  await page.goto('/logs?view=patterns');
  await expect(patterns(page).first()).not.toContainText('panic');
  await view(page).getByText('Rare first').click();
  await expect(page).toHaveURL(/rank=rare/);
  await expect(patterns(page).first()).toContainText(/panic|a long line/);
  await expect(view(page).getByRole('button', { name: /^Records of panic .*‹U\+202E›turned/ })).toBeVisible();
  await page.reload();
  await expect(patterns(page).first()).toContainText(/panic|a long line/);
  await expect(view(page).getByRole('radio', { name: 'Rare first' })).toBeChecked();
});

test('shows the records of a pattern, as many as it was said to have', async ({ page, shop }) => {
  await page.goto('/logs?view=patterns&from=now-30m&to=now');
  const answer: LogPatternsAnswer = await (await fetch(`${shop.collector.ui}/api/v1/logs/patterns?from=now-30m`)).json();
  const declined = answer.patterns.find(({ parts }) => JSON.stringify(parts).includes('card declined'));
  await recordsOf(page, 'card declined').click();
  await expect(page).toHaveURL(new RegExp(`q=pattern:${declined?.id}`));
  await expect(page).not.toHaveURL(/view=/);
  await expect(page.getByText(`${declined?.count} records`, { exact: true })).toBeVisible();
  await expect(rows(page).nth(1)).toContainText('card declined');
});

test('leaves a pattern out, and opens one of its records', async ({ page }) => {
  await page.goto('/logs?view=patterns');
  await expect(recordsOf(page, 'mail queued')).toBeVisible();
  await view(page).getByRole('button', { name: 'Without mail queued', exact: true }).click();
  await expect(page).toHaveURL(/q=-pattern:[0-9a-f]{16}/);
  await expect(recordsOf(page, 'mail queued')).toBeHidden();
  const card = patterns(page).filter({ has: page.getByRole('button', { name: 'Records of card declined', exact: true }) });
  await card.getByTitle('Open one of its records').click();
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('card declined');
  await expect(view(page)).toBeVisible();
});

test('is of the records of the search, and says where there are none', async ({ page }) => {
  await page.goto('/logs?view=patterns&q=level:error');
  await expect(recordsOf(page, 'card declined')).toBeVisible();
  await expect(recordsOf(page, 'mail queued')).toBeHidden();
  await page.goto('/logs?view=patterns&q=nothing-has-this');
  await expect(page.getByRole('heading', { name: 'No record matches' })).toBeVisible();
});

test('is gone through by keys', async ({ page }) => {
  await page.goto('/logs?view=patterns');
  await expect(patterns(page).first()).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = patterns(page)
    .nth(1)
    .getByRole('button', { name: /^Records of/ });
  await expect(second).toBeFocused();
  await page.keyboard.press('k');
  await expect(
    patterns(page)
      .first()
      .getByRole('button', { name: /^Records of/ }),
  ).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(1)).toBeVisible();
});

test('says what failed, what is partial, and what comes', async ({ page }) => {
  await page.route('**/api/v1/logs/patterns*', (route) =>
    route.fulfill({ status: 503, json: { error: { code: 'storage_unavailable', message: 'It is away.' } } }),
  );
  await page.goto('/logs?view=patterns');
  await expect(page.getByText('The patterns could not be read')).toBeVisible();
  await page.unroute('**/api/v1/logs/patterns*');
  await page.route('**/api/v1/logs/patterns*', async (route) => {
    const response = await route.fetch();
    const answer: LogPatternsAnswer = await response.json();
    await route.fulfill({ json: { ...answer, partial: { searchedFrom: `${Date.now() - 60_000}000000`, reason: 'out of time' } } });
  });
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(/out of time/)).toBeVisible();
  await expect(patterns(page).first()).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1024, height: 600 });
    await page.goto('/logs?view=patterns');
    await expect(patterns(page).first()).toBeVisible();
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}
