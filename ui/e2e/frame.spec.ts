import { startCollector } from './collector-process.ts';
import { seed } from './seed.ts';
import { expect, test } from './shop-test.ts';

test('goes everywhere by keyboard and lists the keys', async ({ page }) => {
  await page.goto('/logs');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/\/traces/);
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page).toHaveURL(/\/flows/);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL(/\/logs/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Next error');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('t');
  await expect(page.getByRole('dialog', { name: 'Time range' })).toBeVisible();
});

test('opens by a key what is asked for right after a dialog was closed', async ({ page }) => {
  await page.goto('/logs');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  // Faster than any hand: the dialog is gone, and what it does at its end is still to come.
  await page.evaluate(async () => {
    const press = (key: string) => document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    press('Escape');
    for (let turn = 0; turn < 20 && document.querySelector('[role="dialog"]') !== null; turn += 1) await null;
    press('t');
  });
  await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(true), 100))));
  await expect(page.getByRole('dialog', { name: 'Time range' })).toBeVisible();
});

test('keeps query and time range between pages', async ({ page }) => {
  await page.goto('/logs?q=service:orders&from=now-1h&to=now');
  await expect(page.getByRole('button', { name: /Last hour/ })).toBeVisible();
  await page.getByRole('link', { name: 'Traces' }).click();
  await expect(page).toHaveURL(/\/traces\?q=service:orders&from=now-1h&to=now/);
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).click();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Query' })).toHaveValue('service:orders');
  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await expect(page).toHaveURL(/\/logs\?q=service:orders&from=now-1h&to=now/);
});

test('shows no query above pages that are about none, and keeps it for the lists', async ({ page }) => {
  await page.goto('/logs?q=service:orders&from=now-1h&to=now');
  const query = page.getByRole('textbox', { name: 'Query' });
  await expect(query).toHaveValue('service:orders');
  for (const name of ['Errors', 'Services', 'Status']) {
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByRole('link', { name, exact: true })).toHaveAttribute('aria-current', 'page');
    await expect(query).toHaveText('');
    await expect(page.getByRole('button', { name: /Last hour/ })).toBeVisible();
  }
  await page.goto('/service/payments');
  await expect(page.getByRole('heading', { level: 1, name: 'payments' })).toBeVisible();
  await expect(query).toHaveValue('');
  await page.getByRole('link', { name: 'Traces', exact: true }).first().click();
  await expect(query).toHaveValue('service:orders');
  await page.goto('/errors');
  await query.fill('declined');
  await query.press('Enter');
  await expect(page).toHaveURL(/\/logs\?q=declined/);
});

test('carries a query to another list as far as that can ask it, and has it whole on the way back', async ({ page }) => {
  const alerts = page.getByRole('alert');
  await page.goto('/logs?q=level:error service:payments&from=now-1h&to=now');
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toBeVisible();
  await page.getByRole('link', { name: 'Traces' }).click();
  await expect(page).toHaveURL(/\/traces\?q=service:payments&from=now-1h&to=now/);
  await expect(page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1)).toBeVisible();
  await expect(alerts).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page).toHaveURL(/\/flows\?q=level:error(\+|%20)service:payments&from=now-1h&to=now/);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL(/\/logs\?q=level:error(\+|%20)service:payments&from=now-1h&to=now/);
  await page.goto('/traces?q=service:orders status:error&from=now-1h&to=now');
  await expect(page.getByRole('grid', { name: 'Traces' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL(/\/logs\?q=service:orders&from=now-1h&to=now/);
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toBeVisible();
  await expect(alerts).toBeHidden();
});

test('shows above a trace what spans can be asked, also where a record led to it', async ({ page }) => {
  await page.goto('/logs?q=level:error service:payments');
  await page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1).click();
  await page.getByRole('complementary', { name: 'Record' }).getByRole('link', { name: /trace/i }).first().click();
  await expect(page).toHaveURL(/\/trace\//);
  const query = page.getByRole('textbox', { name: 'Query' });
  await expect(query).toHaveValue('service:payments');
  await page.keyboard.press('/');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/traces\?q=service:payments$/);
  await expect(page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1)).toBeVisible();
});

test('finds nothing wrong with a query that a page only keeps', async ({ page, shop }) => {
  await page.goto('/logs?q=status:error');
  await expect(page.getByRole('alert').first()).toBeVisible();
  await page.goto(`/flow/${shop.failedCorrelationId}`);
  const query = page.getByRole('textbox', { name: 'Query' });
  await expect(query).toHaveValue('status:error');
  // Longer than the bar waits before it says what is wrong.
  await page.waitForFunction(() => performance.now() > 2_000);
  await expect(page.getByRole('alert')).toBeHidden();
  await query.fill('status:error x');
  await expect(page.getByRole('alert')).toContainText('Not a query yet');
});

test('chooses a range by preset, by date and clock, and moves it', async ({ page }) => {
  await page.goto('/logs');
  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByRole('button', { name: 'Last 6 hours' }).click();
  await expect(page).toHaveURL(/from=now-6h/);
  await page.keyboard.press('t');
  await expect(page.getByText('Times are in UTC+09:00')).toBeVisible();
  await page.getByLabel('From', { exact: true }).fill('2026-01-02T03:04:05');
  await page.getByLabel('To', { exact: true }).fill('2026-01-02T04:04:05');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/from=2026-01-01T18:04:05.000Z&to=2026-01-01T19:04:05.000Z/);
  await page.keyboard.press('[');
  await expect(page).toHaveURL(/from=2026-01-01T17:34:05.000Z/);
});

test('keeps the exact ends of a range that are not changed where it is applied', async ({ page }) => {
  await page.goto('/logs?from=2026-01-01T18:04:29.276Z&to=2026-01-01T19:04:05.713Z');
  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByLabel('To', { exact: true }).fill('2026-01-02T05:04:05');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/from=2026-01-01T18:04:29.276Z&to=2026-01-01T20:04:05.000Z/);
  await page.goto('/logs?from=2026-01-01T18:04:29.276Z&to=2026-01-01T18:04:29.713Z');
  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page).toHaveURL(/from=2026-01-01T18:04:29.276Z&to=2026-01-01T18:04:29.713Z/);
});

test('says what a range in the address has to be', async ({ page }) => {
  await page.goto('/logs?from=tomorrow&to=now');
  await expect(page.getByRole('heading', { name: 'Not a time range' })).toBeVisible();
  await page.getByRole('button', { name: 'Show the last 15 minutes' }).click();
  await expect(page.getByRole('grid', { name: 'Log records' })).toBeVisible();
});

test('remembers colours, language, zone and density', async ({ page }) => {
  await page.goto('/logs');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('Dark', { exact: true }).click();
  await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(15, 17, 21)');
  await page.getByText('UTC', { exact: true }).click();
  await page.getByText('Comfortable').click();
  await page.getByText('한국어').click();
  await expect(page.getByRole('link', { name: '로그' })).toBeVisible();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(15, 17, 21)');
  await expect(page.getByRole('grid', { name: '로그 레코드' }).getByRole('row').nth(1)).toHaveCSS('height', '32px');
});

test('resizes the details by drag and by keyboard, and remembers', async ({ page }) => {
  await page.goto('/logs');
  await page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(3).click();
  const handle = page.getByRole('separator', { name: 'Width of the details' });
  await expect(handle).toHaveAttribute('aria-valuenow', '40');
  await handle.press('ArrowLeft');
  await expect(handle).toHaveAttribute('aria-valuenow', '42');
  const box = await handle.boundingBox();
  if (box === null) throw new Error('the handle has no box');
  await page.mouse.move(box.x + 2, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 2 + 138, box.y + 100, { steps: 3 });
  await page.mouse.up();
  await expect(handle).toHaveAttribute('aria-valuenow', '32');
  await page.reload();
  await expect(handle).toHaveAttribute('aria-valuenow', '32');
});

test('copies a link that shows the same records, however many come later', async ({ page }) => {
  const collector = await startCollector();
  try {
    await seed({ otlpHttp: collector.otlpHttp, endMillis: Date.now(), requests: 3, seed: 3 });
    await collector.hasStored();
    await page.goto(`${collector.ui}/logs?q=service:orders`);
    const total = page.getByRole('region', { name: 'Records over time' }).getByText(/^[\d,]+ records$/);
    const before = await total.textContent();
    await page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(2).click();
    await expect(page).toHaveURL(/sel=/);
    await page.keyboard.press('y');
    await expect(page.getByRole('status').filter({ hasText: 'Link copied' })).toBeVisible();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\/logs\?q=service:orders&.*from=2\d{3}-.*Z&to=2\d{3}-.*Z/);
    await seed({ otlpHttp: collector.otlpHttp, endMillis: Date.now() + 13 * 60_000, requests: 3, seed: 4 });
    await collector.hasStored();
    await page.goto(`${collector.ui}/logs?q=service:orders&from=now-1h&to=${new Date(Date.now() + 3_600_000).toISOString()}`);
    await expect(total).toBeVisible();
    await expect(total).not.toHaveText(String(before));
    await page.goto(link);
    await expect(total).toHaveText(String(before));
    await expect(page.getByRole('complementary', { name: 'Record' })).toBeVisible();
  } finally {
    await collector.stop();
  }
});

test('says what failed, and tries again', async ({ page }) => {
  // While nobody says that all is well nothing is read again by itself, and the button stays.
  await page.route('**/api/v1/status', (route) => route.abort());
  await page.route('**/api/v1/logs?*', (route) => route.abort());
  await page.goto('/logs');
  await expect(page.getByRole('heading', { name: 'The records could not be read' })).toBeVisible();
  await expect(page.getByText('The collector does not answer.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Records over time' }).getByText(/\d records/)).toBeVisible();
  await page.getByRole('button', { name: 'Copy details' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('GET /api/v1/logs');
  await page.unroute('**/api/v1/logs?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toBeVisible();
});

test('shows that it waits, stops on demand and runs again', async ({ page }) => {
  let hold = true;
  await page.route('**/api/v1/logs?*', async (route) => {
    if (!hold) await route.continue();
  });
  await page.goto('/logs');
  await expect(page.getByRole('progressbar', { name: 'Reading records' })).toBeVisible();
  const cancelled = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/v1/logs?'));
  await page.getByRole('button', { name: 'Stop' }).click();
  await cancelled;
  await expect(page.getByRole('heading', { name: 'Stopped' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Fields', exact: true })).toHaveText(
    'The search has no answer: there are no records whose fields could be listed.',
  );
  hold = false;
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toBeVisible();
});

test('cancels what is under way when the reader leaves', async ({ page }) => {
  await page.route('**/api/v1/logs?*', () => undefined);
  const asked = page.waitForRequest('**/api/v1/logs?*');
  await page.goto('/logs');
  await asked;
  const cancelled = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/v1/logs?'));
  await page.getByRole('link', { name: 'Traces' }).click();
  await cancelled;
});

test('fits a phone: nothing is wider than the screen, details are a page', async ({ page, shop }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/logs', '/traces', '/flows', `/trace/${shop.failedTraceId}`, '/flow/order-failed']) {
    await page.goto(path);
    await expect(
      page
        .getByRole(path.startsWith('/trace/') ? 'treegrid' : 'grid')
        .getByRole('row')
        .nth(1),
    ).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
  await page.goto('/logs');
  await page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(2).click();
  const details = page.getByRole('complementary', { name: 'Record' });
  await expect(details).toHaveCSS('width', '390px');
  await expect(page.getByRole('grid', { name: 'Log records' })).toBeHidden();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('grid', { name: 'Log records' })).toBeVisible();
});

test('scrolls to a list that can be read where a window is low: zoomed, on a phone, on its side', async ({ page, shop }) => {
  for (const path of ['/logs', '/traces', `/trace/${shop.failedTraceId}`, '/flow/order-failed', '/services']) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(path);
    const list = page.getByRole(path.startsWith('/trace/') ? 'treegrid' : 'grid');
    await expect(list.getByRole('row').nth(1)).toBeVisible();
    expect(await page.getByRole('main').evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight), path).toBe(0);
    for (const [width, height] of [
      [844, 390],
      [720, 450],
      [320, 640],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
      const size = `${path} ${width}×${height}`;
      await expect(list.getByRole('row').nth(2), size).toBeInViewport({ ratio: 1 });
      expect((await list.boundingBox())?.height, size).toBeGreaterThanOrEqual(200);
    }
  }
});

test('asks for the read key and shows everything with it', async ({ page }) => {
  const collector = await startCollector({ THREADLINE_READ_KEY: 'let-me-read-this' });
  try {
    await seed({ otlpHttp: collector.otlpHttp, endMillis: Date.now(), requests: 2, seed: 1 });
    await page.goto(`${collector.ui}/logs`);
    const dialog = page.getByRole('dialog', { name: 'This collector asks for a read key' });
    await dialog.getByLabel('Read key').fill('wrong');
    await dialog.getByRole('button', { name: 'Use the key' }).click();
    await expect(dialog).toContainText('refused');
    await dialog.getByLabel('Read key').fill('let-me-read-this');
    await dialog.getByRole('button', { name: 'Use the key' }).click();
    await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toBeVisible();
    await expect(dialog).toBeHidden();
  } finally {
    await collector.stop();
  }
});

test('tells a newcomer how to send, with the address filled in', async ({ page }) => {
  const collector = await startCollector();
  try {
    for (const path of ['/logs', '/traces']) {
      await page.goto(collector.ui + path);
      await expect(page.getByRole('heading', { name: 'No service has sent anything yet' })).toBeVisible();
      await expect(page.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=${collector.otlpHttp}`)).toBeVisible();
    }
    await page.goto(`${collector.ui}/flows`);
    await expect(page.getByRole('heading', { name: 'No correlation ID' })).toBeVisible();
  } finally {
    await collector.stop();
  }
});

test('leads from an address without its end to the list of what it is of', async ({ page }) => {
  for (const [path, list] of [
    ['/trace', /\/traces$/],
    ['/flow/', /\/flows$/],
    ['/service', /\/services$/],
  ] as const) {
    await page.goto(path);
    await expect(page).toHaveURL(list);
    await expect(page.getByRole('heading', { name: 'No such page' })).toHaveCount(0);
  }
});

test('says that an address is no page', async ({ page }) => {
  await page.goto('/nowhere');
  await page.getByRole('link', { name: 'Go to the logs' }).click();
  await expect(page).toHaveURL(/\/logs/);
});

test('shows the page in English where the texts of another language cannot be fetched', async ({ browser, shop }) => {
  const context = await browser.newContext({ locale: 'ko-KR' });
  const page = await context.newPage();
  await page.route(/assets\/(ko|korean)-[^/]+\.js$/, (route) => route.abort());
  await page.goto(`${shop.collector.ui}/logs`);
  await expect(page.getByRole('link', { name: 'Traces' })).toBeVisible();
  await expect(page.getByText('a long line').first()).toBeVisible();
  await context.close();
});

test('says that a part of the page could not be fetched, and fetches it again', async ({ page }) => {
  const part = /assets\/errors-page-[^/]+\.js$/;
  await page.route(part, (route) => route.abort());
  await page.goto('/errors');
  await expect(page.getByRole('heading', { name: 'This page could not be fetched' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Logs', exact: true })).toBeVisible();
  await page.unroute(part);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Most first')).toBeVisible();
});

test('shows a page with its styles once they can be fetched, and by itself where the collector was away', async ({ page }) => {
  await page.goto('/logs');
  await expect(page.getByRole('grid', { name: 'Log records' })).toBeVisible();
  const styles = /assets\/[^/]+\.css$/;
  await page.route(styles, (route) => route.abort());
  await page.getByRole('link', { name: 'Errors', exact: true }).click();
  const failed = page.getByRole('heading', { name: 'This page could not be fetched' });
  await expect(failed).toBeVisible();
  await page.unroute(styles);
  await page.getByRole('link', { name: 'Services', exact: true }).click();
  await expect(page.getByRole('grid', { name: 'Services' })).toBeVisible();
  await page.getByRole('link', { name: 'Errors', exact: true }).click();
  await expect(page.getByText('Most first')).toBeVisible();
  await expect.poll(() => page.evaluate(unstyled)).toEqual([]);
  // Nothing answers, as when the collector is away.
  await page.route('**/*', (route) => route.abort());
  // A page that failed looks at once whether anybody answers.
  const unanswered = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/v1/status'));
  await page.getByRole('link', { name: 'Flows', exact: true }).click();
  await expect(failed).toBeVisible();
  await unanswered;
  await page.unroute('**/*');
  await expect(page.getByRole('heading', { name: 'This page could not be fetched' })).toBeHidden();
  await expect(page.getByText(/Correlation ID/i).first()).toBeVisible();
  await expect.poll(() => page.evaluate(unstyled)).toEqual([]);
});

/** Runs in the page: links to styles that are not there, for good or yet. */
function unstyled(): string[] {
  const links = Array.from(document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]'));
  return links.filter(({ sheet }) => sheet === null).map(({ href }) => href);
}
