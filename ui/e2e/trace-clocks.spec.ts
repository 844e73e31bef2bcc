import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { seriousViolations } from './serious-violations.ts';
import { test as base, expect } from './shop-test.ts';

const TRACES = 30;
/** The clock of payments' machine is so far ahead. */
const AHEAD_MILLIS = 3_000;

interface Skewed {
  readonly collector: CollectorProcess;
  readonly traceId: string;
}

/** A page in front of a collector whose services' machines do not agree on the time. */
const test = base.extend<object, { readonly skewed: Skewed }>({
  skewed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      const traceId = await sendCalls(collector.otlpHttp, Date.now() - 300_000);
      await collector.hasStored();
      await use({ collector, traceId });
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ skewed }, use) => use(skewed.collector.ui),
});

/** Each trace: a request in gateway that calls payments and then orders. Gives one of the ids. */
async function sendCalls(otlpHttp: string, startMillis: number): Promise<string> {
  const idOf = (trace: number) => (trace + 1).toString(16).padStart(32, 'c');
  const span = (trace: number, at: number, fields: { name: string; kind: number; from: number; to: number; under?: number }) => ({
    traceId: idOf(trace),
    spanId: (trace * 10 + at + 1).toString(16).padStart(16, '0'),
    ...(fields.under !== undefined && { parentSpanId: (trace * 10 + fields.under + 1).toString(16).padStart(16, '0') }),
    name: fields.name,
    kind: fields.kind,
    startTimeUnixNano: `${Math.round((startMillis + trace * 1_000 + fields.from) * 1_000)}000`,
    endTimeUnixNano: `${Math.round((startMillis + trace * 1_000 + fields.to) * 1_000)}000`,
  });
  const resource = (service: string, host: string) => ({
    attributes: Object.entries({ 'service.name': service, 'host.name': host }).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
  });
  const traces = Array.from({ length: TRACES }, (_, trace) => trace);
  const way = (trace: number) => 1 + (trace % 5);
  const resourceSpans = [
    {
      resource: resource('gateway', 'node-1'),
      spans: traces.flatMap((trace) => [
        span(trace, 0, { name: 'POST /checkout', kind: 2, from: 0, to: 200 }),
        span(trace, 1, { name: 'call payments', kind: 3, from: 10, to: 100, under: 0 }),
        span(trace, 2, { name: 'call orders', kind: 3, from: 110, to: 190, under: 0 }),
      ]),
    },
    {
      resource: resource('payments', 'node-2'),
      spans: traces.map((trace) =>
        span(trace, 3, {
          name: 'POST /charge',
          kind: 2,
          from: AHEAD_MILLIS + 10 + way(trace),
          to: AHEAD_MILLIS + 100 - way(trace),
          under: 1,
        }),
      ),
    },
    {
      resource: resource('orders', 'node-3'),
      spans: traces.map((trace) =>
        span(trace, 4, { name: 'POST /orders', kind: 2, from: 110 + way(trace), to: 190 - way(trace), under: 2 }),
      ),
    },
  ].map(({ resource: of, spans }) => ({ resource: of, scopeSpans: [{ spans }] }));
  const response = await fetch(`${otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans }),
  });
  if (!response.ok) throw new Error(`the collector answered ${response.status}`);
  return idOf(TRACES - 1);
}

const clocks = (page: Page): Locator => page.getByRole('note', { name: 'Clocks of the services' });
const axis = (page: Page): Locator => page.getByRole('treegrid', { name: 'Waterfall' });

test('names a clock that is wrong, and draws it where it belongs when asked, in the address', async ({ page, skewed }) => {
  await page.goto(`/trace/${skewed.traceId}`);
  await expect(clocks(page)).toContainText('The clock of payments is 3 s ahead of the root’s.');
  await expect(clocks(page)).toContainText(`${TRACES} calls in ${TRACES} traces`);
  await expect(clocks(page)).not.toContainText('orders');
  const charge = axis(page).getByRole('row', { name: /POST \/charge/ });
  await expect(charge).toHaveAccessibleName(/\+3\.02 s/);
  const toggle = page.getByLabel('Correct clock skew');
  await expect(toggle).not.toBeChecked();
  await toggle.focus();
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/clocks=1/);
  await expect(clocks(page)).toContainText('payments is drawn 3 s earlier than its clock says.');
  await expect(charge).not.toHaveAccessibleName(/\+3\.02 s/);
  await page.reload();
  await expect(clocks(page)).toContainText('payments is drawn 3 s earlier');
  await expect(charge).not.toHaveAccessibleName(/\+3\.02 s/);
  await toggle.uncheck();
  await expect(charge).toHaveAccessibleName(/\+3\.02 s/);
});

test('says nothing of clocks that agree', async ({ page, skewed }) => {
  await page.goto(`/trace/${skewed.traceId}`);
  await expect(clocks(page)).toBeVisible();
  await page.route('**/clocks', (route) => route.fulfill({ json: { reference: 'node-1', clocks: [], pairs: [], tracesLookedAt: 1 } }));
  const asked = page.waitForResponse('**/clocks');
  await page.reload();
  await asked;
  await expect(axis(page).getByRole('row', { name: /POST \/charge/ })).toBeVisible();
  await expect(clocks(page)).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe beside a wrong clock in ${colorScheme}`, async ({ page, skewed }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(`/trace/${skewed.traceId}?clocks=1`);
    await expect(clocks(page)).toBeVisible();
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/tracesearch-clocks-${colorScheme}.png` });
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}
