import type { Locator, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from './collector-process.ts';
import { sendOtlp } from './send-otlp.ts';
import { seriousViolations } from './serious-violations.ts';
import { test as base, expect } from './shop-test.ts';

const TRACES = 30;
/** The clock of payments' machine is so far ahead. */
const AHEAD_MILLIS = 3_000;
/** Those of stock's and mailer's are so far behind. */
const STOCK_MILLIS = -700;
const MAILER_MILLIS = -5_000;

interface Skewed {
  readonly collector: CollectorProcess;
  readonly traceId: string;
  /** Of one in which the caller makes no client spans. */
  readonly bareTraceId: string;
}

/** A page in front of a collector whose services' machines do not agree on the time. */
const test = base.extend<object, { readonly skewed: Skewed }>({
  skewed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const collector = await startCollector();
      const traceId = await sendCalls(collector.otlpHttp, Date.now() - 300_000);
      const bareTraceId = await sendBareCalls(collector.otlpHttp, Date.now() - 600_000);
      await collector.hasStored();
      await use({ collector, traceId, bareTraceId });
      await collector.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ skewed }, use) => use(skewed.collector.ui),
});

/** Each trace: a request in gateway that calls payments and then orders. Gives one of the ids. */
function sendCalls(otlpHttp: string, startMillis: number): Promise<string> {
  return sendTraces(
    otlpHttp,
    (trace) => {
      const way = 1 + (trace % 5);
      return [
        { id: 0, service: 'gateway', name: 'POST /checkout', kind: 2, from: 0, to: 200 },
        { id: 1, service: 'gateway', name: 'call payments', kind: 3, from: 10, to: 100, under: 0 },
        { id: 2, service: 'gateway', name: 'call orders', kind: 3, from: 110, to: 190, under: 0 },
        {
          id: 3,
          service: 'payments',
          name: 'POST /charge',
          kind: 2,
          from: AHEAD_MILLIS + 10 + way,
          to: AHEAD_MILLIS + 100 - way,
          under: 1,
        },
        { id: 4, service: 'orders', name: 'POST /orders', kind: 2, from: 110 + way, to: 190 - way, under: 2 },
      ];
    },
    { startMillis, digit: 'c' },
  );
}

/** Each trace: a request in front, which makes no client spans, that calls stock and sends a mail. Gives one of the ids. */
function sendBareCalls(otlpHttp: string, startMillis: number): Promise<string> {
  return sendTraces(
    otlpHttp,
    (trace) => {
      const way = 1 + (trace % 5);
      return [
        { id: 0, service: 'front', name: 'POST /order', kind: 2, from: 0, to: 200 },
        { id: 1, service: 'stock', name: 'GET /stock', kind: 2, from: 60 + STOCK_MILLIS, to: 140 + STOCK_MILLIS, under: 0 },
        { id: 2, service: 'front', name: 'mail send', kind: 4, from: 150, to: 151, under: 0 },
        { id: 3, service: 'mailer', name: 'mail process', kind: 5, from: 150 + way + MAILER_MILLIS, to: 400 + MAILER_MILLIS, under: 2 },
      ];
    },
    { startMillis, digit: 'd' },
  );
}

interface Sent {
  readonly id: number;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  /** Milliseconds from the trace's start, by the service's own clock. */
  readonly from: number;
  readonly to: number;
  readonly under?: number;
}

/** One a second, each service on a machine of its own. Gives the id of the last one. */
async function sendTraces(
  otlpHttp: string,
  spansOf: (trace: number) => readonly Sent[],
  { startMillis, digit }: { readonly startMillis: number; readonly digit: string },
): Promise<string> {
  const traceIdOf = (trace: number) => (trace + 1).toString(16).padStart(32, digit);
  const spanIdOf = (trace: number, id: number) => (trace * 10 + id + 1).toString(16).padStart(16, digit);
  const nanos = (trace: number, millis: number) => `${Math.round((startMillis + trace * 1_000 + millis) * 1_000)}000`;
  const all = Array.from({ length: TRACES }, (_, trace) => spansOf(trace).map((span) => ({ ...span, trace }))).flat();
  const resourceSpans = [...Map.groupBy(all, ({ service }) => service)].map(([service, members]) => ({
    resource: {
      attributes: Object.entries({ 'service.name': service, 'host.name': `node of ${service}` }).map(([key, stringValue]) => ({
        key,
        value: { stringValue },
      })),
    },
    scopeSpans: [
      {
        spans: members.map(({ trace, id, name, kind, from, to, under }) => ({
          traceId: traceIdOf(trace),
          spanId: spanIdOf(trace, id),
          ...(under !== undefined && { parentSpanId: spanIdOf(trace, under) }),
          name,
          kind,
          startTimeUnixNano: nanos(trace, from),
          endTimeUnixNano: nanos(trace, to),
        })),
      },
    ],
  }));
  await sendOtlp(otlpHttp, 'traces', { resourceSpans });
  return traceIdOf(TRACES - 1);
}

const clocks = (page: Page): Locator => page.getByRole('note', { name: 'Clocks of the services' });
const axis = (page: Page): Locator => page.getByRole('treegrid', { name: 'Waterfall' });

test('names a clock that is wrong, and draws it where it belongs when asked, in the address', async ({ page, skewed }) => {
  await page.goto(`/trace/${skewed.traceId}`);
  await expect(clocks(page)).toContainText('The clock of payments on node of payments is 3 s ahead of the root’s.');
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
  await page.getByRole('tab', { name: 'Compare' }).click();
  await expect(page.getByText(/^3\.1 s here; 10 healthy traces of this request: 3\.1 s at the median/)).toBeVisible();
  await toggle.check();
  await expect(page.getByText(/^200 ms here; 10 healthy traces of this request: 200 ms at the median/)).toBeVisible();
});

test('names a clock that is wrong of a service that is called without a client span, and by how much one of a consumer is at least', async ({
  page,
  skewed,
}) => {
  await page.goto(`/trace/${skewed.bareTraceId}`);
  const line = (service: string) => clocks(page).getByRole('listitem').filter({ hasText: service });
  await expect(line('stock')).toContainText('The clock of stock on node of stock is 700 ms behind the root’s.');
  await expect(line('stock')).not.toContainText('It may be more');
  await expect(line('mailer')).toContainText('The clock of mailer on node of mailer is 5 s behind the root’s.');
  await expect(line('mailer')).toContainText('It may be more');
  await expect(axis(page).getByRole('row', { name: /GET \/stock/ })).not.toHaveAccessibleName(/\+60 ms/);
  await page.getByLabel('Correct clock skew').check();
  await expect(axis(page).getByRole('row', { name: /GET \/stock/ })).toHaveAccessibleName(/\+60 ms/);
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
