import type { Locator, Page } from '@playwright/test';
import { expect, test } from './lab-test.ts';
import { seriousViolations } from './serious-violations.ts';

const findings = (page: Page): Locator => page.getByRole('region', { name: /most telling first/ }).getByRole('button');
const tree = (page: Page): Locator => page.getByRole('treegrid', { name: 'Calls of both' });

test('ranks a call that is missing first, with how usual it is', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.missingTraceId}`);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await expect(page.getByText(/10 healthy traces of this request/)).toBeVisible();
  await expect(findings(page)).toHaveCount(1);
  await expect(findings(page).first()).toContainText(/missing.*orders.*GET cart/);
  await expect(findings(page).first()).toContainText(/in 10 of 10, usually 1\.\d+ ms – 2\.\d+ ms/);
  await findings(page).first().click();
  const row = tree(page).getByRole('row', { name: /GET cart/ });
  await expect(row).toContainText('missing');
  await row.getByRole('link', { name: 'where it is' }).click();
  await expect(page).not.toHaveURL(new RegExp(lab.missingTraceId));
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('GET cart');
});

test('ranks a call that is slow first, and none of those that wait for it', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.slowTraceId}?view=compare`);
  await expect(findings(page).first()).toContainText(/slower.*payments.*POST \/charge.*\+6\d\d ms/);
  await expect(findings(page).filter({ hasText: 'slower' })).toHaveCount(1);
  await expect(findings(page).first()).toContainText(/\+6\d\d ms own time\s*7\d\d ms in all, usually [\d.]+ ms – [\d.]+ ms, in 10 of 10/);
  // However wide the window, it has its room beside what is said of it.
  for (const width of [1440, 860, 390]) {
    await page.setViewportSize({ width, height: 800 });
    const ownTime = findings(page).first().getByText('own time');
    expect(await ownTime.evaluate((text) => text.scrollWidth - text.clientWidth)).toBeLessThanOrEqual(0);
  }
});

test('tells of a failure where it came from, with what it kept from happening', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.failedTraceId}?view=compare`);
  await expect(findings(page).filter({ hasText: 'new error' })).toHaveCount(1);
  await expect(findings(page).filter({ hasText: 'new error' })).toContainText(/POST \/charge.*no error in 10 others/);
  await expect(findings(page).filter({ hasText: 'missing' })).toContainText(/publish order.created.*2 spans with what is under it/);
  await page.getByLabel('Only differences').check();
  await expect(page).toHaveURL(/changed=1/);
  await expect(tree(page).getByRole('row', { name: /SELECT items/ })).toHaveCount(0);
  await tree(page).focus();
  for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('POST /charge');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(tree(page).getByRole('row')).toHaveCount(2);
});

test('tells a call that is made again and again in one line and one row', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.repeatedTraceId}?view=compare`);
  await expect(findings(page).first()).toContainText(/more calls.*SELECT items.*×36.*\+\d{3} ms.*×36 here, usually ×6, in 10 of 10/);
  await expect(findings(page).filter({ hasText: 'SELECT items' })).toHaveCount(1);
  const row = tree(page).getByRole('row', { name: /SELECT items/ });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(/more calls.*×36 2\d\d ms.*×6 \d\d(\.\d)? ms/);
  await row.click();
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('SELECT items');
});

test('shows the name of every call beside what differs, with the details of one open', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.failedTraceId}?view=compare`);
  await tree(page)
    .getByRole('row', { name: /POST \/charge/ })
    .first()
    .click();
  await expect(page.getByRole('complementary', { name: 'Span' })).toBeVisible();
  const rows = tree(page).getByRole('row', { name: /new error|missing/ });
  await expect(rows.first()).toBeVisible();
  for (const row of await rows.all()) {
    const cell = row.getByRole('gridcell').first();
    // Nothing of the cell is cut at its edge, and its operation is more than an ellipsis.
    expect(await cell.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    expect(await cell.getByTitle(/^(?:POST|publish|process)/).evaluate(({ clientWidth }) => clientWidth)).toBeGreaterThan(40);
  }
});

test('is gone through by keys', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.slowTraceId}?view=compare`);
  const tree = page.getByRole('treegrid', { name: 'Calls of both' });
  await expect(tree.getByRole('row').nth(2)).toBeVisible();
  await page.keyboard.press('j');
  await expect(tree).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span' })).toBeVisible();
});

test('compares with one trace that is chosen, and finds nothing beside itself', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.failedTraceId}?view=compare`);
  await page.getByText('One trace').click();
  const field = page.getByRole('textbox', { name: /Trace ID/ });
  await field.fill('no such thing');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('No trace ID');
  await field.fill(`${lab.collector.ui}/trace/${lab.healthyTraceId}?view=flame`);
  await field.press('Enter');
  await expect(page).toHaveURL(new RegExp(`with=${lab.healthyTraceId}`));
  await expect(findings(page).filter({ hasText: 'publish order.created' })).toContainText('4 ms in the other');
  await page.goto(`/trace/${lab.healthyTraceId}?view=compare&with=${lab.healthyTraceId}`);
  await expect(page.getByText('No difference that tells anything')).toBeVisible();
  await page.goto(`/trace/${lab.healthyTraceId}?view=compare&with=${'f'.repeat(32)}`);
  await expect(page.getByRole('heading', { name: 'No such trace' })).toBeVisible();
});

test('says with which traces it compares, and that there is none', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.failedTraceId}?view=compare`);
  await page.getByLabel('At most').selectOption('5');
  await expect(page.getByText(/5 healthy traces of this request/)).toBeVisible();
  await page.getByText('Which ones').click();
  await expect(page.getByRole('button', { name: 'compare with this alone' })).toHaveCount(5);
  await page.getByRole('button', { name: 'compare with this alone' }).first().click();
  await expect(page).toHaveURL(/with=[0-9a-f]{32}/);
  await page.goto(`/trace/${lab.loneTraceId}?view=compare`);
  await expect(page.getByRole('heading', { name: 'No healthy trace to compare with' })).toBeVisible();
  await expect(page.getByText('No other trace of cron nightly was found')).toBeVisible();
});

test('says what could not be read, and reads it again', async ({ page, lab }) => {
  await page.route('**/api/v1/traces?*', (route) =>
    route.fulfill({ status: 400, json: { error: { code: 'invalid', message: 'planted' } } }),
  );
  await page.goto(`/trace/${lab.failedTraceId}?view=compare`);
  await expect(page.getByRole('alert')).toContainText('could not be compared');
  await page.unroute('**/api/v1/traces?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(findings(page).first()).toBeVisible();
});

test('shows on each bar how long its operation usually takes, and what is slower', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.slowTraceId}`);
  const waterfall = page.getByRole('treegrid', { name: 'Waterfall' });
  const charge = waterfall.getByRole('row', { name: /POST \/charge/ });
  await expect(charge).toHaveAccessibleName(/Slower than p99, ×1\d\./);
  await expect(charge.getByTitle(/Slower than p99, ×1\d\. Usually 6\d(\.\d)? ms \(p50\)/)).toBeVisible();
  const cart = waterfall.getByRole('row', { name: /GET cart/ });
  await expect(cart.getByTitle(/^Usually .* in the six hours before the trace\.$/)).toBeVisible();
  await expect(cart).not.toContainText(/Slower/);
  await expect(page.getByText(/p99 of this operation: 1\d\d ms/)).toBeVisible();
  await charge.click();
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText(/Usually.*Slower than p99/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in a comparison in ${colorScheme}`, async ({ page, lab }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.goto(`/trace/${lab.failedTraceId}?view=compare`);
    await expect(findings(page).first()).toBeVisible();
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}

for (const language of ['en', 'ko']) {
  test(`has its columns' heads whole at every width, in ${language}`, async ({ page, lab }) => {
    await page.goto('/status');
    await page.evaluate((chosen) => localStorage.setItem('threadline.preferences', JSON.stringify({ language: chosen })), language);
    await page.goto(`/trace/${lab.slowTraceId}?view=compare`);
    const heads = page.getByRole('treegrid').getByRole('columnheader');
    for (const width of [1440, 900, 700, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await expect(heads).toHaveCount(5);
      const cut = await heads.evaluateAll((elements) =>
        elements
          .filter(({ clientWidth, scrollWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
          .map(({ textContent }) => textContent),
      );
      expect(cut, `at ${width}`).toEqual([]);
      const out = await heads.last().evaluate((head) => head.scrollHeight - (head.parentElement?.clientHeight ?? 0));
      expect(out, `at ${width}`).toBeLessThanOrEqual(0);
    }
  });
}

test('has room for the names of calls on a phone', async ({ page, lab }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/trace/${lab.slowTraceId}?view=compare`);
  const names = [
    findings(page).first().getByText('POST /charge'),
    tree(page)
      .getByRole('row', { name: /SELECT items/ })
      .first()
      .getByTitle(/SELECT items/),
  ];
  for (const name of names) {
    await expect(name).toBeVisible();
    expect(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
  }
});
