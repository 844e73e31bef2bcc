import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { sendOtlp } from './send-otlp.ts';
import { test as base, expect } from './shop-test.ts';

type Json = Readonly<Record<string, unknown>>;

const MINUTES = 12;
const CALLS_A_MINUTE = 5;
const RANGE = 'from=now-45m&to=now';
const TYPE_ERROR = 'TypeError: no price\n    at price (/app/dist/price.js:7:20)';

/** A page in front of a collector that holds one shop twice: in production all is well, in staging `pricing` fails, and `trial` runs there alone. */
const test = base.extend<object, { readonly shopTwice: CollectorProcess }>({
  shopTwice: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      await seedTwice(collector.otlpHttp);
      await collector.hasStored();
      await use(collector);
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ shopTwice }, use) => use(shopTwice.ui),
});

const attribute = (key: string, value: string): Json => ({ key, value: { stringValue: value } });

async function seedTwice(otlpHttp: string): Promise<void> {
  let ids = 0;
  const nextId = (digits: number): string => (ids++ + 1).toString(16).padStart(digits, '0');
  const now = Date.now();
  const spansOf = (environment: string, service: string): Json => {
    const spans: Json[] = [];
    for (let call = 0; call < MINUTES * CALLS_A_MINUTE; call += 1) {
      const start = BigInt(now - (call * 60_000) / CALLS_A_MINUTE - 1_000) * 1_000_000n;
      const isError = environment === 'staging' && service === 'pricing';
      const event = {
        timeUnixNano: String(start),
        name: 'exception',
        attributes: [
          attribute('exception.type', 'TypeError'),
          attribute('exception.message', 'no price'),
          attribute('exception.stacktrace', TYPE_ERROR),
        ],
      };
      spans.push({
        ...{ traceId: nextId(32), spanId: nextId(16), name: 'GET /price', kind: 2 },
        ...{ startTimeUnixNano: String(start), endTimeUnixNano: String(start + 20_000_000n) },
        ...(isError && { status: { code: 2 }, events: [event] }),
      });
    }
    const attributes = [attribute('service.name', service), attribute('deployment.environment.name', environment)];
    return { resource: { attributes }, scopeSpans: [{ spans }] };
  };
  const resourceSpans = [spansOf('production', 'pricing'), spansOf('staging', 'pricing'), spansOf('staging', 'trial')];
  await sendOtlp(otlpHttp, 'traces', { resourceSpans });
}

const environment = (page: Page): Locator => page.getByRole('combobox', { name: 'Environment' });
const row = (page: Page, name: string): Locator =>
  page
    .getByRole('grid', { name: 'Services' })
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });

test('shows services, map, service and errors of one environment, and goes on so', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto(`/services?${RANGE}`);
  await expect(page.getByText('2 services')).toBeVisible();
  await expect(row(page, 'pricing').getByTitle(/calls of its last five minutes failed \(50%\)/)).toBeVisible();
  await expect(environment(page).getByRole('option')).toHaveText(['All environments', 'production', 'staging']);

  await environment(page).selectOption('production');
  await expect(page).toHaveURL(/env=production/);
  await expect(page.getByText('1 service', { exact: true })).toBeVisible();
  await expect(row(page, 'pricing')).toContainText('healthy');
  await environment(page).selectOption('staging');
  await expect(row(page, 'pricing')).toContainText('down');
  await expect(row(page, 'trial')).toContainText('healthy');

  // The map is of the same.
  await page.getByRole('radio', { name: 'Map' }).check({ force: true });
  await expect(page.getByRole('button', { name: /^pricing, down/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: /^pricing, down/ })).toBeVisible();
  await page.goBack();

  await row(page, 'pricing').getByRole('link', { name: 'pricing' }).click();
  await expect(page).toHaveURL(/\/service\/pricing\?.*env=staging/);
  const operations = page.getByRole('region', { name: 'Operations', exact: true });
  await expect(operations.getByRole('row').filter({ hasText: 'GET /price' })).toContainText('100%');
  await environment(page).selectOption('production');
  await expect(operations.getByRole('row').filter({ hasText: 'GET /price' })).toContainText('0%');
  await expect(page.getByText('no price')).toHaveCount(0);
  await environment(page).selectOption('staging');
  await expect(page.getByText('no price').first()).toBeVisible();

  // What is listed of it is from there too.
  await operations.getByRole('link', { name: 'Traces: GET /price' }).click();
  await expect(page).toHaveURL(/deployment\.environment\.name/);
  await expect(page.getByRole('grid', { name: 'Traces' }).getByRole('row').filter({ hasText: 'pricing' }).first()).toBeVisible();
  await page.goBack();

  await page.getByRole('navigation').getByRole('link', { name: 'Errors' }).click();
  await expect(page).toHaveURL(/env=staging/);
  await expect(page.getByText(/^60 errors/)).toBeVisible();
  await environment(page).selectOption('production');
  await expect(page.getByText('no price')).toHaveCount(0);
  await page.getByRole('button', { name: 'All environments' }).click();
  await expect(page).not.toHaveURL(/env=/);
  await expect(page.getByText('no price').first()).toBeVisible();
});

test('compares a trace with those of its environment, and tells what is usual there', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto(`/traces?${RANGE}&service=pricing&status=error`);
  await page.getByRole('link', { name: 'GET /price' }).first().click();
  await expect(page).toHaveURL(/\/trace\//);
  await page.getByRole('tab', { name: 'Compare' }).click();
  // All of staging fail, and those of production are none to compare with.
  await expect(page.getByRole('heading', { name: 'No healthy trace to compare with' })).toBeVisible();
  await expect(page.getByText('Environment: staging')).toBeVisible();
});

test('says that an environment of a link has nothing, and leads out of it', async ({ page }) => {
  await page.goto(`/services?${RANGE}&env=gone`);
  await expect(page.getByRole('heading', { name: 'No service sent anything from this environment' })).toBeVisible();
  await expect(environment(page)).toHaveValue('gone');
  await page.getByRole('button', { name: 'All environments' }).click();
  await expect(page.getByText('2 services')).toBeVisible();
  await page.goto(`/service/trial?${RANGE}&env=production`);
  await expect(page.getByText('nothing came that says that it is from there')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Go to that time' })).toHaveCount(0);
  await page.getByRole('button', { name: 'All environments' }).click();
  await expect(page.getByRole('region', { name: 'Operations', exact: true })).toContainText('GET /price');
});

test('has the number of errors in one line beside the choices, on a phone too', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/errors?${RANGE}`);
  await expect(page.getByRole('combobox', { name: 'Environment' })).toBeVisible();
  const summary = page.getByText(/^\d+ errors? from \d+ places?$/);
  await expect(summary).toBeVisible();
  const { width, lines } = await summary.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return { width: element.getBoundingClientRect().width, lines: range.getClientRects().length };
  });
  expect(lines).toBe(1);
  expect(width).toBeLessThanOrEqual(390);
});
