import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, PLACES_OUTLIVE_A_COLLECTOR, startCollector } from './collector-process.ts';
import { sendOtlp } from './send-otlp.ts';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Log records' });
const rows = (page: Page): Locator => grid(page).getByRole('row');
const liveSwitch = (page: Page): Locator => page.getByRole('button', { name: 'Live', exact: true });
const isOpen = (page: Page): Promise<void> => expect(page.getByRole('status').filter({ hasText: /^●Live$/ })).toBeVisible();
const showNew = (page: Page): Locator => page.getByRole('button', { name: / new$/ });

/** Sends so many records; their messages are the name and their number. */
async function send(collector: CollectorProcess, name: string, count = 1): Promise<void> {
  const logRecords = Array.from({ length: count }, (_, index) => ({
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    severityNumber: index % 10 === 9 ? 17 : 9,
    body: { stringValue: count === 1 ? name : `${name} ${index}` },
    attributes: [{ key: 'http.route', value: { stringValue: '/api/orders' } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
  await sendOtlp(collector.otlpHttp, 'logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
}

test.describe('a live view', () => {
  let collector: CollectorProcess;
  test.beforeAll(async () => {
    collector = await startCollector();
  });
  test.afterAll(async () => {
    await collector.stop();
  });

  test('shows records as they arrive, below them what was there before, and keeps that in the address', async ({ page }) => {
    await send(collector, 'before');
    await page.goto(`${collector.ui}/logs?q=-noise`);
    await expect(rows(page).nth(1)).toContainText('before');
    await liveSwitch(page).click();
    await expect(page).toHaveURL(/live=1/);
    await expect(liveSwitch(page)).toHaveAttribute('aria-pressed', 'true');
    await isOpen(page);
    await send(collector, 'first to come');
    await expect(rows(page).nth(1)).toContainText('first to come');
    await send(collector, 'noise');
    await send(collector, 'second to come');
    await expect(rows(page).nth(1)).toContainText('second to come');
    await expect(rows(page).nth(2)).toContainText('first to come');
    await expect(rows(page).nth(3)).toContainText('before');
    await page.reload();
    await isOpen(page);
    await send(collector, 'after the reload');
    await expect(rows(page).nth(1)).toContainText('after the reload');
    await page.goBack();
    await expect(page).not.toHaveURL(/live=1/);
    await expect(liveSwitch(page)).toHaveAttribute('aria-pressed', 'false');
  });

  test('counts what comes as it comes, also while the collector counts', async ({ page }) => {
    // Only what arrives makes the page count anew.
    await page.addInitScript(() => {
      const real = window.setInterval;
      Object.assign(window, { setInterval: (task: () => void, millis: number) => (millis === 10_000 ? 0 : real(task, millis)) });
    });
    let held: Promise<void> | undefined;
    await page.route('**/api/v1/logs/histogram?*', async (route) => {
      await held;
      await route.continue();
    });
    const counts = page.getByRole('region', { name: 'Records over time' });
    await page.goto(`${collector.ui}/logs?q=counting&live=1`);
    await isOpen(page);
    await expect(counts.getByText('0 records', { exact: true })).toBeVisible();
    let release = (): void => undefined;
    held = new Promise((resolve) => {
      release = resolve;
    });
    await send(collector, 'counting one');
    await expect(rows(page).nth(1)).toContainText('counting one');
    await expect(counts.getByText('1 record', { exact: true })).toBeVisible();
    await expect(counts.getByRole('button', { name: 'INFO 1' })).toBeVisible();
    release();
    await expect(counts.locator('rect')).not.toHaveCount(0);
    await send(collector, 'counting on', 20);
    await expect(counts.getByText('21 records', { exact: true })).toBeVisible();
    await expect(counts.getByRole('button', { name: 'ERROR 2' })).toBeVisible();
  });

  for (const way of ['its key', 'another view', 'back'] as const) {
    test(`leaves by ${way} to a list that has what it showed`, async ({ page }) => {
      // What is not counted does not make the page count anew: the only instant of its own is that of the view's beginning.
      await page.route('**/api/v1/logs/histogram?*', () => undefined);
      const name = `leaving${way.replace(' ', '')}`;
      await page.goto(`${collector.ui}/logs?q=${name}&from=now-1h&to=now`);
      await liveSwitch(page).click();
      await isOpen(page);
      await send(collector, name, 30);
      await expect(rows(page).nth(1)).toContainText(`${name} 29`);
      if (way === 'its key') await page.keyboard.press('l');
      else if (way === 'back') await page.goBack();
      else {
        await page.keyboard.press('p');
        await expect(page.getByText('Most first')).toBeVisible();
        await page.keyboard.press('p');
      }
      await expect(page).not.toHaveURL(/live=1|view=/);
      await expect(rows(page).nth(1)).toContainText(`${name} 29`);
      await expect(rows(page)).toHaveCount(31);
    });
  }

  test('moves nothing under a reader who has opened a record, and shows what is new when asked', async ({ page }) => {
    await page.goto(`${collector.ui}/logs?q=holding&live=1`);
    await isOpen(page);
    await send(collector, 'holding one');
    await rows(page).nth(1).click();
    await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('holding one');
    await send(collector, 'holding many', 30);
    await expect(showNew(page)).toHaveText('30 new');
    await expect(rows(page)).toHaveCount(2);
    await expect(rows(page).nth(1)).toContainText('holding one');
    await showNew(page).click();
    await expect(rows(page).nth(1)).toContainText('holding many 29');
    await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('holding one');
    await send(collector, 'holding on');
    await expect(showNew(page)).toHaveText('1 new');
    // Closed, nothing holds the list any more.
    await page.keyboard.press('Escape');
    await expect(rows(page).nth(1)).toContainText('holding on');
    await expect(showNew(page)).toBeHidden();
  });

  test('waits while the reader has scrolled down, and goes on when they are back at the top', async ({ page }) => {
    await page.goto(`${collector.ui}/logs?q=scrolling&live=1`);
    await isOpen(page);
    await send(collector, 'scrolling', 150);
    await expect(rows(page).nth(1)).toContainText('scrolling 149');
    await grid(page).evaluate((element) => element.scrollTo(0, 600));
    const seen = await rows(page).filter({ hasText: 'scrolling 120' }).boundingBox();
    await send(collector, 'scrolling on', 20);
    await expect(showNew(page)).toHaveText('20 new');
    expect(await rows(page).filter({ hasText: 'scrolling 120' }).boundingBox()).toEqual(seen);
    await grid(page).evaluate((element) => element.scrollTo(0, 0));
    await expect(rows(page).nth(1)).toContainText('scrolling on 19');
    await expect(showNew(page)).toBeHidden();
  });

  test('is worked by keyboard alone', async ({ page }) => {
    await page.goto(`${collector.ui}/logs?q=keyboard`);
    await expect(liveSwitch(page)).toBeVisible();
    await page.keyboard.press('l');
    await isOpen(page);
    await send(collector, 'keyboard one');
    await expect(rows(page).nth(1)).toContainText('keyboard one');
    await page.keyboard.press('j');
    await send(collector, 'keyboard two');
    await expect(showNew(page)).toHaveText('1 new');
    await page.keyboard.press('n');
    await expect(rows(page).nth(1)).toContainText('keyboard two');
    await page.keyboard.press('l');
    await expect(page).not.toHaveURL(/live=1/);
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText('Live view on and off');
  });

  test('says how fast they come and how many are not drawn', async ({ page }) => {
    await page.goto(`${collector.ui}/logs?q=flood&live=1`);
    await isOpen(page);
    await send(collector, 'flood', 3_000);
    await expect(page.getByText(/^[\d,]+ (?:not shown|came too fast to be looked at)$/).first()).toBeVisible();
    await expect(page.getByText(/^[1-9][\d,]*\/s$/)).toBeVisible();
    await expect(rows(page).nth(1)).toContainText('flood 2999');
    await expect(page.getByText('0/s', { exact: true })).toBeVisible();
  });

  test('says that the collector is away, and goes on when it is back', async ({ page }) => {
    const own = await startCollector();
    const port = new URL(own.ui).port;
    await page.goto(`${own.ui}/logs?live=1`);
    await isOpen(page);
    await own.stop();
    await expect(page.getByRole('alert').filter({ hasText: 'The connection is lost, and is tried again.' })).toBeVisible();
    const again = await startCollector({ THREADLINE_UI_PORT: port, ...own.place });
    await isOpen(page);
    await expect(page.getByText('The connection was away for too long')).toHaveCount(PLACES_OUTLIVE_A_COLLECTOR ? 0 : 1);
    await send(again, 'back again');
    await expect(rows(page).nth(1)).toContainText('back again');
    await again.stop();
  });

  test('says what is wrong with its query', async ({ page }) => {
    await page.goto(`${collector.ui}/logs?q=level:loud&live=1`);
    await expect(page.getByRole('alert').filter({ hasText: 'There is no live view.' })).toBeVisible();
  });

  test('keeps the values of fields as they were while it counts anew', async ({ page }) => {
    let isHeld = false;
    const held: (() => void)[] = [];
    await page.route('**/api/v1/logs/fields/*/values?*', async (route) => {
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await page.goto(`${collector.ui}/logs?q=steady&live=1`);
    await isOpen(page);
    await send(collector, 'steady', 3);
    const fields = page.getByRole('region', { name: 'Fields', exact: true });
    await expect(fields.getByText(/INFO/).first()).toBeVisible();
    isHeld = true;
    await send(collector, 'steady', 30);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await expect(fields.getByText(/INFO/).first()).toBeVisible();
    await expect(fields.locator('[data-stale="true"]')).toHaveCount(0);
    isHeld = false;
    for (const goOn of held) goOn();
  });

  test('speaks Korean', async ({ page }) => {
    await page.addInitScript(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
    await page.goto(`${collector.ui}/logs?q=korean&live=1`);
    await expect(page.getByRole('button', { name: '실시간', exact: true })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('status').filter({ hasText: /^●실시간$/ })).toBeVisible();
    await send(collector, 'korean', 3);
    await expect(page.getByText('레코드 3건, 최신이 맨 위')).toBeVisible();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has nothing serious for axe in ${colorScheme}, and fits narrow and wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${collector.ui}/logs?q=picture&live=1`);
      await isOpen(page);
      await send(collector, 'picture', 400);
      await expect(page.getByText('200 not shown')).toBeVisible();
      await page.keyboard.press('j');
      await send(collector, 'picture of more', 12);
      await expect(showNew(page)).toHaveText('12 new');
      expect(await seriousViolations(page, colorScheme)).toEqual([]);
      for (const [width, height] of [
        [1440, 900],
        [390, 800],
      ] as const) {
        await page.setViewportSize({ width, height });
        await expect(showNew(page)).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        const directory = process.env.LIVE_PICTURES;
        if (directory) await page.screenshot({ path: `${directory}/live-${colorScheme}-${width}.png` });
      }
    });
  }
});
