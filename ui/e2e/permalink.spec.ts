import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { test as base, expect } from './console-watch.ts';
import { rowsInView, scrollTo } from './grid-rows.ts';
import { sendOtlp } from './send-otlp.ts';

const RECORDS = 4_000;
/** Records of one instant: more than a page of the list has. */
const TWINS = 300;
const TRACES = 900;
/** Of records that come later, also with times between those that are here. */
const LATER = 1_500;
const MINUTE = 60_000;
const ORDERS = ['newest', 'slowest'] as const;
type Order = (typeof ORDERS)[number];

interface Places {
  readonly collector: CollectorProcess;
  /** When the first records were sent. */
  readonly sentAt: number;
}

const test = base.extend<object, { readonly places: Places }>({
  places: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const collector = await startCollector();
      const sentAt = Date.now();
      await sendLogs(collector, {
        prefix: 'line',
        times: Array.from({ length: RECORDS }, (_, index) => sentAt - 10 * MINUTE + Math.floor(index / TWINS) * 1_000),
      });
      await sendTraces(collector, {
        prefix: '1',
        leastMillis: 5,
        times: Array.from({ length: TRACES }, (_, index) => sentAt - 10 * MINUTE + index * 100),
      });
      await collector.hasStored();
      await use({ collector, sentAt });
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ places }, use) => use(places.collector.ui),
});

const logs = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' });
const traces = (page: Page): Locator => page.getByRole('grid', { name: 'Traces' });

for (const wrap of [false, true]) {
  test(`a link leads to the same records at the same place, however many come before them${wrap ? ', in wrapped rows' : ''}`, async ({
    page,
    places: { collector, sentAt },
  }) => {
    test.slow();
    await page.goto(`/logs?q=line&from=now-30m&to=now${wrap ? '&wrap=1' : ''}`);
    await scrollTo(logs(page), 3_000);
    await expect.poll(async () => (await rowsInView(logs(page))).length).toBeGreaterThan(10);
    const seen = await rowsInView(logs(page));
    const link = await copiedLink(page);
    expect(link).toMatch(/[?&]at=\d{4}-.*Z_/);
    // Newer than all, and between those that were there.
    await sendLogs(collector, {
      prefix: 'later line',
      times: Array.from({ length: LATER }, (_, index) => (index % 2 === 0 ? Date.now() : sentAt - 10 * MINUTE + 5_000 + index)),
    });
    await collector.hasStored();
    await page.goto('about:blank');
    await page.goto(link);
    await expect(page.getByText('more above')).toBeVisible();
    await expect.poll(() => rowsInView(logs(page)).then((rows) => rows.slice(0, 10))).toEqual(seen.slice(0, 10));
    // What is before them is there, and so is the beginning.
    await logs(page).hover();
    await page.mouse.wheel(0, -400);
    await expect.poll(async () => (await rowsInView(logs(page)))[0]).not.toBe(seen[0]);
    await page.getByRole('button', { name: 'From the newest on' }).click();
    await expect(page).not.toHaveURL(/[?&]at=/);
    await expect.poll(async () => (await rowsInView(logs(page)))[0]).not.toBe(seen[0]);
  });
}

for (const order of ORDERS) {
  test(
    `a link leads to the same traces at the same place, ${order} first, however many come before them`,
    markOf(order),
    async ({ page, places: { collector, sentAt } }) => {
      test.slow();
      await page.goto(`/traces?service=shop&from=now-30m&to=now${order === 'slowest' ? '&sort=slowest' : ''}`);
      // Near the end of a page: with that alone the list is too short to begin there.
      await scrollTo(traces(page), 595);
      await expect.poll(async () => (await rowsInView(traces(page))).length).toBeGreaterThan(10);
      const seen = await rowsInView(traces(page));
      const link = await copiedLink(page);
      const prefix = order === 'newest' ? '2' : '3';
      await sendTraces(collector, {
        prefix,
        leastMillis: order === 'newest' ? 5 : 2_000,
        times: Array.from({ length: LATER }, (_, index) => (index % 2 === 0 ? Date.now() : sentAt - 8 * MINUTE + index)),
      });
      await collector.hasStored();
      await expectLedThere(page, { link, seen, order });
    },
  );
}

for (const order of ORDERS) {
  test(
    `a link that is copied on the first page leads to the same traces, ${order} first, however many arrive before them`,
    markOf(order),
    async ({ page, places: { collector } }) => {
      test.slow();
      const openedAt = Date.now();
      await page.goto(`/traces?service=shop&from=now-30m&to=now${order === 'slowest' ? '&sort=slowest' : ''}`);
      await scrollTo(traces(page), 60);
      const seen = await rowsInView(traces(page));
      const link = await copiedLink(page);
      // Nothing came: the list begins at its beginning.
      await page.goto('about:blank');
      await page.goto(link);
      await expect.poll(() => rowsInView(traces(page)).then((rows) => rows.slice(0, 10))).toEqual(seen.slice(0, 10));
      await expect(page.getByText('more above')).toBeHidden();
      // All in the link's range and before what was seen: they arrive late.
      await sendTraces(collector, {
        prefix: order === 'newest' ? '4' : '5',
        leastMillis: order === 'newest' ? 5 : 9_000,
        times: Array.from({ length: LATER }, (_, index) => openedAt - 1 - (index % 500)),
      });
      await collector.hasStored();
      await expectLedThere(page, { link, seen, order });
    },
  );
}

test('a link that another search was made of begins at the beginning', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/traces?service=shop&from=now-30m&to=now');
  await scrollTo(traces(page), 400);
  const link = await copiedLink(page);
  await page.goto(link.replace('service=shop', 'service=shop&status=unset'));
  await expect(traces(page).getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByText('more above')).toBeHidden();
  await page.getByLabel('At least', { exact: true }).fill('1ms');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).not.toHaveURL(/[?&]at=/);
});

interface Led {
  readonly link: string;
  /** Rows that were in view where the link was copied. */
  readonly seen: readonly string[];
  readonly order: Order;
}

/** The link shows the same traces, with what came since above them, and leads to that. */
async function expectLedThere(page: Page, { link, seen, order }: Led): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByText('more above')).toBeVisible();
  await expect.poll(() => rowsInView(traces(page)).then((rows) => rows.slice(0, 10))).toEqual(seen.slice(0, 10));
  await page.getByRole('button', { name: order === 'newest' ? 'From the newest on' : 'From the slowest on' }).click();
  await expect(page).not.toHaveURL(/[?&]at=/);
  await expect.poll(async () => (await rowsInView(traces(page)))[0]).not.toBe(seen[0]);
}

/** The slowest are found in another way on each storage. */
function markOf(order: Order): { readonly tag?: string } {
  return order === 'slowest' ? { tag: '@elasticsearch' } : {};
}

async function copiedLink(page: Page): Promise<string> {
  await page.keyboard.press('y');
  await expect(page.getByRole('status').filter({ hasText: 'Link copied' })).toBeVisible();
  return page.evaluate(() => navigator.clipboard.readText());
}

interface Sent {
  readonly prefix: string;
  /** Unix milliseconds. */
  readonly times: readonly number[];
}

async function sendLogs({ otlpHttp }: CollectorProcess, { prefix, times }: Sent): Promise<void> {
  const logRecords = times.map((millis, index) => ({
    timeUnixNano: `${millis}000000`,
    severityNumber: 9,
    body: { stringValue: `${prefix} ${index}` },
  }));
  await sendOtlp(otlpHttp, 'logs', { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords }] }] });
}

async function sendTraces(
  { otlpHttp }: CollectorProcess,
  { prefix, times, leastMillis }: Sent & { readonly leastMillis: number },
): Promise<void> {
  const spans = times.map((millis, index) => ({
    traceId: `${prefix}${String(index).padStart(31, '0')}`,
    spanId: `${prefix}${String(index).padStart(15, '0')}`,
    name: `GET /${prefix}/${index}`,
    kind: 2,
    startTimeUnixNano: `${millis}000000`,
    endTimeUnixNano: `${millis + leastMillis + ((index * 7) % 1_000)}000000`,
  }));
  await sendOtlp(otlpHttp, 'traces', { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans }] }] });
}

const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
