import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './console-watch.ts';
import { rowsInView, scrollTo } from './grid-rows.ts';

/** Each a trace of one span with one record: more than two pages of a list. */
const REQUESTS = 700;
const MINUTE = 60_000;
/** Deep in the second page. */
const DEEP = 330;

const test = base.extend<object, { readonly collector: CollectorProcess }>({
  collector: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const collector = await startCollector();
      await sendRequests(collector);
      await collector.hasStored();
      await use(collector);
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ collector }, use) => use(collector.ui),
});

const logs = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' });
const traces = (page: Page): Locator => page.getByRole('grid', { name: 'Traces' });
const selected = (page: Page): Locator => logs(page).getByRole('row', { selected: true });
const record = (page: Page): Locator => page.getByRole('complementary', { name: 'Record' });
const SEARCH = '/logs?q=served&from=now-1h&to=now';

/** Opens the seventh row that is in view of a list that is scrolled down, by no whole number of rows. */
async function openDeep(grid: Locator): Promise<string> {
  await scrollTo(grid, DEEP);
  await grid.evaluate((element) => element.scrollBy(0, -7));
  await expect.poll(async () => (await rowsInView(grid)).length).toBeGreaterThan(10);
  const text = (await rowsInView(grid))[6] ?? '';
  await grid.getByRole('row').filter({ hasText: text }).click();
  return text;
}

/** Questions for the rows of lists, from now on. */
function countQuestions(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/\/api\/v1\/(logs|traces)\?/.test(request.url())) asked.push(request.url());
  });
  return asked;
}

for (const look of ['', '&wrap=1']) {
  test(`back leads to the rows that were in view, with the open one among them, and asks for nothing${look ? ', in wrapped rows' : ''}`, async ({
    page,
  }) => {
    await page.goto(SEARCH + look);
    const text = await openDeep(logs(page));
    await expect(selected(page)).toContainText(text.slice(-9));
    const seen = await rowsInView(logs(page));
    const top = await logs(page).evaluate(({ scrollTop }) => scrollTop);
    const asked = countQuestions(page);
    await record(page).getByRole('link', { name: 'Trace', exact: true }).click();
    await expect(page).toHaveURL(/\/trace\//);
    await page.goBack();
    await expect(selected(page)).toBeInViewport();
    await expect.poll(() => rowsInView(logs(page))).toEqual(seen);
    if (!look) expect(await logs(page).evaluate(({ scrollTop }) => scrollTop)).toBe(top);
    expect(asked).toEqual([]);
    // The keys go on from the record that is open.
    const next = seen[7] ?? '';
    await page.keyboard.press('j');
    await expect(selected(page)).toContainText(next.slice(-9));
  });
}

test('a reload leads to the rows that were in view, with what is before and behind them, and from there to the beginning', async ({
  page,
}) => {
  await page.goto(SEARCH);
  const text = await openDeep(logs(page));
  await expect(selected(page)).toContainText(text.slice(-9));
  const seen = await rowsInView(logs(page));
  const address = page.url();
  await page.reload();
  await expect(selected(page)).toBeInViewport();
  await expect.poll(() => rowsInView(logs(page))).toEqual(seen);
  expect(page.url()).toBe(address);
  await page.reload();
  await expect.poll(() => rowsInView(logs(page))).toEqual(seen);
  await page.getByRole('button', { name: 'From the newest on' }).click();
  await expect.poll(async () => (await rowsInView(logs(page)))[0]).toContain('served 0000');
  await expect(page.getByText('more above')).toBeHidden();
  await page.reload();
  await expect.poll(async () => (await rowsInView(logs(page)))[0]).toContain('served 0000');
});

test('another search begins at its top, and back leads to the place in the one before', async ({ page }) => {
  await page.goto(SEARCH);
  await scrollTo(logs(page), DEEP);
  await expect.poll(async () => (await rowsInView(logs(page))).length).toBeGreaterThan(10);
  const seen = await rowsInView(logs(page));
  await page.getByRole('textbox', { name: 'Query' }).fill('served service:shop');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/service:shop/);
  await expect.poll(async () => (await rowsInView(logs(page)))[0]).toContain('served 0000');
  await page.goBack();
  await expect.poll(() => rowsInView(logs(page))).toEqual(seen);
  // To another page by keys, without a record that is open.
  await page.keyboard.press('Escape');
  await logs(page).focus();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page.getByRole('grid', { name: 'Services' })).toBeVisible();
  await page.goBack();
  await expect.poll(() => rowsInView(logs(page))).toEqual(seen);
});

test('a link to an open record shows its row where the list has it', async ({ page }) => {
  await page.goto(SEARCH);
  await scrollTo(logs(page), 150);
  await expect.poll(async () => (await rowsInView(logs(page))).length).toBeGreaterThan(10);
  const text = (await rowsInView(logs(page)))[3] ?? '';
  await logs(page).getByRole('row').filter({ hasText: text }).click();
  await expect(page).toHaveURL(/[?&]sel=/);
  const link = page.url();
  const elsewhere = await page.context().newPage();
  await elsewhere.goto(link);
  await expect(selected(elsewhere)).toBeInViewport({ ratio: 1 });
  await expect(selected(elsewhere)).toContainText(text.slice(-9));
});

for (const order of ['newest', 'slowest'] as const) {
  test(`back and a reload lead to the same traces, ${order} first, and the keys go on from the one that was opened`, async ({ page }) => {
    await page.goto(`/traces?from=now-1h&to=now${order === 'slowest' ? '&sort=slowest' : ''}`);
    await openDeep(traces(page));
    await expect(page).toHaveURL(/\/trace\//);
    const opened = new URL(page.url()).pathname;
    const asked = countQuestions(page);
    await page.goBack();
    await expect(traces(page)).toBeVisible();
    await expect.poll(async () => (await rowsInView(traces(page)))[0] ?? '').not.toContain(order === 'newest' ? '/r/0000' : '/r/0699');
    const seen = await rowsInView(traces(page));
    expect(asked).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL((url) => url.pathname === opened);
    await page.goBack();
    await expect.poll(() => rowsInView(traces(page))).toEqual(seen);
    await page.reload();
    await expect.poll(async () => (await rowsInView(traces(page))).slice(0, 10)).toEqual(seen.slice(0, 10));
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL((url) => url.pathname.startsWith('/trace/') && url.pathname !== opened);
    await expect(page.getByRole('main')).toContainText(/\/r\/\d{4}/.exec(seen[7] ?? '')?.[0] ?? 'none');
  });
}

test('on a phone the list has its place once the record over it is closed', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(SEARCH);
  await scrollTo(logs(page), DEEP);
  await expect.poll(async () => (await rowsInView(logs(page))).length).toBeGreaterThan(10);
  const seen = await rowsInView(logs(page));
  await logs(page)
    .getByRole('row')
    .filter({ hasText: seen[3] ?? '' })
    .click();
  await record(page).getByRole('link', { name: 'Trace', exact: true }).click();
  await expect(page).toHaveURL(/\/trace\//);
  await page.goBack();
  await record(page).getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => rowsInView(logs(page))).toEqual(seen);
});

/** The newest first: `served 0000` and `GET /r/0000`; the last of them took the longest. */
async function sendRequests({ otlpHttp }: CollectorProcess): Promise<void> {
  const end = Date.now() - MINUTE;
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  const all = Array.from({ length: REQUESTS }, (_, index) => {
    const number = String(index).padStart(4, '0');
    const [traceId, spanId] = [`a${String(index).padStart(31, '0')}`, `b${String(index).padStart(15, '0')}`];
    const start = end - index * 1_000;
    return {
      span: {
        traceId,
        spanId,
        name: `GET /r/${number}`,
        kind: 2,
        startTimeUnixNano: `${start}000000`,
        endTimeUnixNano: `${start + 5 + index}000000`,
      },
      log: {
        traceId,
        spanId,
        timeUnixNano: `${start + 1}000000`,
        severityNumber: 9,
        body: { stringValue: `${'served with care, '.repeat(index % 4 === 0 ? 12 : 1)}served ${number}.` },
      },
    };
  });
  await post(`${otlpHttp}/v1/traces`, { resourceSpans: [{ resource, scopeSpans: [{ spans: all.map(({ span }) => span) }] }] });
  await post(`${otlpHttp}/v1/logs`, { resourceLogs: [{ resource, scopeLogs: [{ logRecords: all.map(({ log }) => log) }] }] });
}

async function post(url: string, body: unknown): Promise<void> {
  const sent = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(sent.status).toBe(200);
}
