import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './console-watch.ts';
import { rowsAtRest, rowsInView, scrollTo } from './grid-rows.ts';
import { sendOtlp } from './send-otlp.ts';

/** Each a trace of one span with one record: more than two pages of a list. */
const REQUESTS = 700;
const MINUTE = 60_000;
/** Deep in the second page. */
const DEEP = 330;
/** As deep, and so far from the end of that page that no way to it comes near the next. */
const AMID = 250;

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

/** The first of what is in view: how many rows have room below them is for the rest of the page to say. */
const firstOf = (rows: readonly string[]): string[] => rows.slice(0, 5);
const firstInView = async (grid: Locator): Promise<string[]> => firstOf(await rowsInView(grid));
/** `served 0331` and `GET /r/0331` as 331. */
const numberOf = (text: string | undefined): number => Number(/(?:served |\/r\/)(\d{4})/.exec(text ?? '')?.[1] ?? Number.NaN);
const named = (number: number): RegExp => new RegExp(`(served |/r/)${String(number).padStart(4, '0')}`);

/** Scrolls a list down, by no whole number of rows. What is in view then. */
async function goDeep(grid: Locator, row = DEEP): Promise<string[]> {
  await scrollTo(grid, row);
  await grid.evaluate((element) => element.scrollBy(0, -7));
  return rowsAtRest(grid);
}

async function openNth(grid: Locator, rows: readonly string[], index: number): Promise<number> {
  await grid
    .getByRole('row')
    .filter({ hasText: rows[index] ?? 'none' })
    .click();
  return numberOf(rows[index]);
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
    const opened = await openNth(logs(page), await goDeep(logs(page), AMID), 6);
    const toTrace = record(page).getByRole('link', { name: 'Trace', exact: true });
    await expect(toTrace).toBeVisible();
    await expect(selected(page)).toContainText(named(opened));
    const seen = firstOf(await rowsAtRest(logs(page)));
    const asked = countQuestions(page);
    await toTrace.click();
    await expect(page).toHaveURL(/\/trace\//);
    await page.goBack();
    await expect(selected(page)).toBeInViewport();
    await expect.poll(() => firstInView(logs(page))).toEqual(seen);
    expect(asked).toEqual([]);
    // The keys go on from the record that is open.
    await page.keyboard.press('j');
    await expect(selected(page)).toContainText(named(opened + 1));
  });

  test(`a reload leads to the rows that were in view, with what is before and behind them${look ? ', in wrapped rows' : ''}`, async ({
    page,
  }) => {
    await page.goto(SEARCH + look);
    const opened = await openNth(logs(page), await goDeep(logs(page)), 6);
    await expect(record(page).getByRole('link', { name: 'Trace', exact: true })).toBeVisible();
    const seen = firstOf(await rowsAtRest(logs(page)));
    const address = page.url();
    for (const _ of [1, 2]) {
      await page.reload();
      await expect(selected(page)).toBeInViewport();
      await expect.poll(() => firstInView(logs(page))).toEqual(seen);
      expect(page.url()).toBe(address);
    }
    await page.keyboard.press('j');
    await expect(selected(page)).toContainText(named(opened + 1));
  });
}

for (const look of ['', '&wrap=1']) {
  test(`what comes before the place that a reload leads to moves nothing${look ? ', in wrapped rows' : ''}`, async ({ page }) => {
    await page.goto(SEARCH + look);
    const opened = await openNth(logs(page), await goDeep(logs(page)), 6);
    await expect(record(page).getByRole('link', { name: 'Trace', exact: true })).toBeVisible();
    const seen = firstOf(await rowsAtRest(logs(page)));
    const held = Promise.withResolvers<void>();
    await page.route(/\/api\/v1\/logs\?.*order=asc/, async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.reload();
    await expect.poll(() => firstInView(logs(page))).toEqual(seen);
    await page.keyboard.press('j');
    await expect(selected(page)).toContainText(named(opened + 1));
    expect(firstOf(await rowsAtRest(logs(page)))).toEqual(seen);
    held.resolve();
    // A page of 200 from the place on, and one at least before it.
    await expect(page.getByText(/^[4-7]\d\d records loaded · more/)).toBeVisible();
    expect(firstOf(await rowsAtRest(logs(page)))).toEqual(seen);
  });
}

test('from the place that a reload leads to there is a way to the beginning, which stays', async ({ page }) => {
  await page.goto(SEARCH);
  const seen = firstOf(await goDeep(logs(page)));
  await page.reload();
  await expect.poll(() => firstInView(logs(page))).toEqual(seen);
  await page.getByRole('button', { name: 'From the newest on' }).click();
  await expect.poll(async () => numberOf((await rowsInView(logs(page)))[0])).toBe(0);
  await expect(page.getByText('more above')).toBeHidden();
  await page.reload();
  await expect.poll(async () => numberOf((await rowsInView(logs(page)))[0])).toBe(0);
});

test('another search begins at its top, and back leads to the place in the one before', async ({ page }) => {
  await page.goto(SEARCH);
  const seen = firstOf(await goDeep(logs(page)));
  await page.getByRole('textbox', { name: 'Query' }).fill('served service:shop');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=served\+service:shop&/);
  await expect.poll(async () => numberOf((await rowsInView(logs(page)))[0])).toBe(0);
  await page.goBack();
  await expect.poll(() => firstInView(logs(page))).toEqual(seen);
  // To another page by keys, without a record that is open.
  await page.keyboard.press('Escape');
  await logs(page).focus();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page.getByRole('grid', { name: 'Services' })).toBeVisible();
  await page.goBack();
  await expect.poll(() => firstInView(logs(page))).toEqual(seen);
});

test('another search begins at its top also while the list is on its way to a row of the one before', async ({ page }) => {
  await page.goto(SEARCH);
  await goDeep(logs(page));
  const held = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/logs\?.*service%3Ashop/, async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.getByRole('textbox', { name: 'Query' }).fill('served service:shop');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=served\+service:shop&/);
  // Until its answer comes the reader goes on in the rows of the one before.
  const before = numberOf((await rowsInView(logs(page)))[0]);
  await logs(page).focus();
  await page.keyboard.press('End');
  await expect.poll(async () => numberOf((await rowsInView(logs(page)))[0])).toBeGreaterThan(before);
  held.resolve();
  await expect.poll(async () => numberOf((await rowsInView(logs(page)))[0])).toBe(0);
});

for (const order of ['newest', 'slowest'] as const) {
  test(`back and a reload lead to the same traces, ${order} first, and the keys go on from the one that was opened`, async ({ page }) => {
    await page.goto(`/traces?from=now-1h&to=now${order === 'slowest' ? '&sort=slowest' : ''}`);
    const rows = await goDeep(traces(page));
    const seen = firstOf(rows);
    const opened = await openNth(traces(page), rows, 3);
    await expect(page).toHaveURL(/\/trace\//);
    const { pathname } = new URL(page.url());
    const asked = countQuestions(page);
    await page.goBack();
    await expect.poll(() => firstInView(traces(page))).toEqual(seen);
    expect(asked).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL((url) => url.pathname === pathname);
    await page.goBack();
    await expect.poll(() => firstInView(traces(page))).toEqual(seen);
    await page.reload();
    await expect.poll(() => firstInView(traces(page))).toEqual(seen);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL((url) => url.pathname.startsWith('/trace/') && url.pathname !== pathname);
    await expect(page.getByRole('main')).toContainText(named(order === 'newest' ? opened + 1 : opened - 1));
  });
}

test('on a phone the lists have their place once what was opened is closed', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(SEARCH);
  const rows = await goDeep(logs(page));
  const seen = firstOf(rows);
  await openNth(logs(page), rows, 3);
  await record(page).getByRole('link', { name: 'Trace', exact: true }).click();
  await expect(page).toHaveURL(/\/trace\//);
  await page.goBack();
  await record(page).getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => firstInView(logs(page))).toEqual(seen);
  await page.goto('/traces?from=now-1h&to=now');
  const requests = await goDeep(traces(page));
  await openNth(traces(page), requests, 2);
  await expect(page).toHaveURL(/\/trace\//);
  await page.goBack();
  await expect.poll(() => firstInView(traces(page))).toEqual(firstOf(requests));
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
  await sendOtlp(otlpHttp, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: all.map(({ span }) => span) }] }] });
  await sendOtlp(otlpHttp, 'logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: all.map(({ log }) => log) }] }] });
}
