import type { Locator, Page } from '@playwright/test';
import { startCollector } from './collector-process.ts';
import { sendOtlp } from './send-otlp.ts';
import { seriousViolations } from './serious-violations.ts';
import { CROWD } from './services-seed.ts';
import { expect, test } from './town-test.ts';

/** Wide enough for what was seeded whenever the tests run. */
const LIST = '/services?from=now-45m&to=now';
const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Services' });
const row = (page: Page, name: string): Locator =>
  grid(page)
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });

test('lists every service with its state, those in trouble first, and says why', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/logs?from=now-45m&to=now');
  await page.getByRole('link', { name: 'Services', exact: true }).click();
  await expect(page).toHaveURL(/\/services/);
  await expect(page.getByText(`${CROWD + 7} services`)).toBeVisible();
  await expect(page.getByText('health checks are left out')).toBeVisible();
  await expect(page.getByText('figures are weighted estimates')).toBeVisible();
  const first = grid(page).getByRole('row').nth(1);
  await expect(first).toContainText(/down|degraded|silent/);
  await expect(row(page, 'mailer')).toContainText('silent');
  await expect(row(page, 'checkout').getByRole('gridcell').nth(5)).toContainText('/min');
  await expect(row(page, 'mailer')).toContainText(/silent since \d\d:\d\d/);
  await expect(row(page, 'mailer').getByTitle(/It has sent nothing in the last five minutes/)).toBeVisible();
  await expect(row(page, 'stock').getByTitle(/^p95 of its last five minutes is \d+ ms; before, it was \d/)).toBeVisible();
  await expect(row(page, 'orders').getByTitle(/^\d+ of \d+ calls of its last five minutes failed/)).toBeVisible();
  // One instance, and the version that runs now.
  await expect(row(page, 'orders').getByRole('gridcell').nth(2)).toHaveText('1');
  await expect(row(page, 'orders').getByRole('gridcell').nth(3)).toHaveText('2.0.0');
  expect(await grid(page).getByRole('row').count()).toBeLessThan(120);
});

/** Half an hour of `desk`, whose every third call of `tickets` is answered after it waits no longer: for `tickets` none of them failed. */
async function seedLateAnswers(otlpHttp: string): Promise<void> {
  const end = Date.now();
  const span = (
    call: number,
    id: string,
    { millis, parent, ...rest }: { kind: number; millis: number; parent?: string } & Record<string, unknown>,
  ) => ({
    traceId: (call + 1).toString(16).padStart(32, 'd'),
    spanId: id.padStart(16, '0'),
    ...(parent !== undefined && { parentSpanId: parent.padStart(16, '0') }),
    startTimeUnixNano: `${end - (call + 1) * 60_000}000000`,
    endTimeUnixNano: `${end - (call + 1) * 60_000 + millis}000000`,
    ...rest,
  });
  const texts = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const calls = Array.from({ length: 30 }, (_, call) => call);
  const http = texts({ 'http.request.method': 'POST', 'server.address': 'tickets.internal' });
  const of = {
    desk: calls.flatMap((call) => [
      span(call, 'a', { kind: 2, name: 'POST /desk', millis: 3_200 }),
      span(call, 'b', {
        kind: 3,
        name: 'POST',
        millis: 3_000,
        parent: 'a',
        attributes: http,
        ...(call % 3 === 0 && { status: { code: 2 } }),
      }),
    ]),
    tickets: calls.flatMap((call) => [
      span(call, 'c', { kind: 2, name: 'POST /tickets', millis: call % 3 === 0 ? 4_230 : 25, parent: 'b', attributes: http.slice(0, 1) }),
      span(call, 'd', {
        kind: 3,
        name: 'SELECT tickets',
        millis: 4_130,
        parent: 'c',
        attributes: texts({ 'db.system.name': 'postgresql', 'db.namespace': 'tickets' }),
      }),
      span(call, 'e', {
        kind: 4,
        name: 'send events',
        millis: 12,
        parent: 'c',
        attributes: texts({ 'messaging.system': 'kafka', 'messaging.destination.name': 'events' }),
      }),
    ]),
  };
  const resourceSpans = Object.entries(of).map(([service, spans]) => ({
    resource: { attributes: texts({ 'service.name': service }) },
    scopeSpans: [{ spans }],
  }));
  await sendOtlp(otlpHttp, 'traces', { resourceSpans });
}

test('tells what failed for the caller alone, and that few calls tell nothing of how long they take', async ({ page }) => {
  test.slow();
  const collector = await startCollector();
  try {
    await seedLateAnswers(collector.otlpHttp);
    await collector.hasStored();
    await page.setViewportSize({ width: 1345, height: 900 });
    await page.goto(`${collector.ui}/service/tickets?from=now-1h&to=now`);
    await expect(
      page.getByText(/0 of \d calls of its last five minutes failed \(0%\): too few to tell how long calls take now\./),
    ).toBeVisible();
    const callers = page.getByRole('region', { name: 'Called by' });
    await expect(callers.getByRole('cell', { name: '0% 33% failed for the caller' })).toHaveText(/^0% ▲ 33%/);
    // No figure of either table is cut.
    for (const table of [callers, page.getByRole('region', { name: 'Calls', exact: true })]) {
      const room = table.getByRole('group');
      expect(await room.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    }
    await page.goto(`${collector.ui}/service/desk?from=now-1h&to=now`);
    await expect(page.getByRole('region', { name: 'Calls', exact: true }).getByTitle(/^As the caller has them: also calls/)).toBeVisible();
    await page.goto(`${collector.ui}/services?view=map&from=now-1h&to=now`);
    const line = page.getByRole('table', { name: 'Calls of the map' }).getByRole('row', { name: /^desk tickets HTTP 30 / });
    await expect(line.getByRole('cell', { name: '33% failed for the caller' })).toBeVisible();
    await expect(page.getByRole('group', { name: 'Map of services' })).toContainText('/min  ▲ 33%');
  } finally {
    await collector.stop();
  }
});

test('is sorted, filtered by name and by state, in the address too', async ({ page }) => {
  await page.goto(LIST);
  await page.getByRole('button', { name: 'p99', exact: true }).click();
  await expect(page).toHaveURL(/sort=p99/);
  await expect(grid(page).getByRole('row').nth(1)).toContainText('stock');
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('team-7-');
  await expect(page).toHaveURL(/find=team-7-/);
  await expect(page.getByText(`${CROWD / 20} services`)).toBeVisible();
  await page.reload();
  await expect(page.getByText(`${CROWD / 20} services`)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('no such service');
  await page.getByRole('button', { name: 'Show all services' }).click();
  await page.getByRole('button', { name: /^silent/ }).click();
  await expect(page).toHaveURL(/state=silent/);
  await expect(row(page, 'mailer')).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/state=silent/);
});

test('opens a service by keys, with its operations, neighbours, versions and charts', async ({ page }) => {
  await page.goto(`${LIST}&find=orders`);
  await expect(row(page, 'orders')).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText(/^orders: /)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/service\/orders\?from=now-45m/);
  await expect(page.getByRole('heading', { level: 1, name: 'orders' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Calls per minute: at most 6, at / })).toBeVisible();
  await expect(page.getByRole('img', { name: /^How long calls take: at most / })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Versions that came in this time' }).first()).toContainText('Version 2.0.0');
  await expect(
    page
      .getByRole('region', { name: 'Operations' })
      .getByRole('row', { name: /POST \/orders/ })
      .first(),
  ).toContainText('84');
  const kinds = page.getByRole('region', { name: 'Operations' }).last();
  await expect(
    kinds
      .getByRole('row', { name: /POST \/orders/ })
      .getByRole('cell')
      .first(),
  ).toHaveText('server');
  await expect(
    kinds
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'client', exact: true }) })
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('region', { name: 'Called by' })).toContainText('checkout');
  // A database has no page of its own: the map about it says who else calls it.
  await page
    .getByRole('region', { name: 'Calls', exact: true })
    .getByRole('link', { name: /^postgresql/ })
    .click();
  await expect(page).toHaveURL(/view=map&focus=/);
  await expect(page.getByRole('table', { name: 'Calls of the map' }).getByRole('row', { name: /^orders postgresql/ })).toBeVisible();
  await page.goBack();
  const instances = page.getByRole('region', { name: 'Instances and versions' });
  await expect(instances.getByRole('columnheader', { name: 'Calls' })).toBeVisible();
  await expect(instances.getByRole('columnheader', { name: 'p95' })).toBeVisible();
  await expect(instances.getByRole('row', { name: /orders-pod-1 2\.0\.0/ })).toContainText(/%.* ms/);
  await page.getByRole('link', { name: 'checkout' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'checkout' })).toBeVisible();
  await page.goBack();
  await page.getByRole('link', { name: 'Traces: POST /orders' }).click();
  await expect(page).toHaveURL(/\/traces\?.*q=kind:server/);
  await expect(page.getByRole('row', { name: /POST/ }).first()).toBeVisible();
  await page.goBack();
  await page.getByRole('link', { name: 'Slowest: POST /orders' }).click();
  await expect(page.getByRole('radio', { name: 'Slowest first' })).toBeChecked();
  await expect(page.getByRole('row', { name: /POST/ }).first()).toBeVisible();
});

test('has dates on the charts of a range of days', async ({ page }) => {
  for (const [preset, time] of [
    ['3h', String.raw`\d\d:\d\d:\d\d`],
    ['1d', String.raw`\d\d-\d\d \d\d:\d\d`],
    ['30d', String.raw`\d\d-\d\d \d\d:\d\d`],
  ] as const) {
    await page.goto(`/service/orders?from=now-${preset}&to=now`);
    const chart = page.getByRole('img', { name: new RegExp(`^Calls per minute: at most .*, at ${time}$`) });
    await expect(chart).toBeVisible();
    // The versions' marks lie over it.
    await chart.hover({ force: true });
    const figure = page.getByRole('figure').filter({ has: chart });
    await expect(figure).toContainText(new RegExp(`^Calls per minute${time}`));
    await expect(figure).toContainText(new RegExp(`${time}$`));
  }
  // What is dragged over is what the page is of; by keys the last step of it.
  await page.goto('/service/orders?from=now-3h&to=now');
  const lines = page.getByRole('group', { name: /^How long calls take over time/ });
  const { x, y, width } = (await lines.boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await page.mouse.move(x + width * 0.95, y + 60);
  await expect(page.getByRole('figure').filter({ has: lines })).toContainText(/p50 \S+ \S+p95 \S+ \S+p99 /);
  await page.mouse.down();
  await page.mouse.move(x + width - 2, y + 60);
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d{4}-.*Z&to=\d{4}-/);
  const dragged = page.url();
  await lines.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(dragged);
});

test('cuts a long name of a service on a phone, and has all of it as a title', async ({ page, town }) => {
  const name = `payments-${'reconciliation-'.repeat(6)}worker`;
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: name } }] };
  const logRecords = [{ timeUnixNano: `${Date.now() - 60_000}000000`, severityNumber: 9, body: { stringValue: 'ready' } }];
  await page.request.post(`${town.otlpHttp}/v1/logs`, { data: { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] } });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`/service/${name}`);
  const title = page.getByRole('heading', { level: 1, name });
  await expect(title).toHaveAttribute('title', name);
  const text = title.getByText(name);
  await expect(text).toHaveCSS('text-overflow', 'ellipsis');
  expect(await text.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
  const box = await text.boundingBox();
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
});

test('says of what failed without an exception how much it is, and leads there', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/service/orders?from=now-45m&to=now');
  const errors = page.getByRole('region', { name: 'Errors' }).last();
  await expect(errors.getByText('No exception came in this time')).toBeVisible();
  await expect(errors.getByText('No errors')).toHaveCount(0);
  await errors.getByRole('link', { name: /^\d+ calls failed$/ }).click();
  await expect(page).toHaveURL(/\/traces\?.*service=orders&status=error/);
  await expect(page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1)).toContainText('POST /checkout');
});

test('is reached from a span, and says when a range has nothing of it', async ({ page }) => {
  await page.goto('/traces?from=now-45m&to=now&service=stock');
  await page
    .getByRole('row', { name: /GET \/stock/ })
    .first()
    .click();
  await expect(page.getByRole('treegrid')).toContainText('GET /stock');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary').getByRole('link', { name: 'Service', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'stock' })).toBeVisible();
  await page.goto('/service/stock?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z');
  await expect(page.getByRole('heading', { name: 'Nothing of this service in this time' })).toBeVisible();
  await page.getByRole('button', { name: 'Go to that time' }).click();
  await expect(page.getByRole('img', { name: /^Calls per minute/ })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page).toHaveURL(/\/services/);
});

test('knows a service that only logs: its state, its versions on the chart, where it runs', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto(`${LIST}&find=ticker`);
  await expect(row(page, 'ticker')).toContainText('healthy');
  await expect(
    row(page, 'ticker').getByTitle(/^Nothing called it in the last five minutes\. Of \d+ log records in them 0 are errors/),
  ).toBeVisible();
  await row(page, 'ticker').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'ticker' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Log records per minute: at most 10, at / })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Versions that came in this time' })).toContainText('Version 7.1.0');
  await expect(page.getByText('It sends logs alone')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Instances and versions' }).first()).toContainText('ticker-1');
});

test('says what failed, and tries again', async ({ page }) => {
  await page.route('**/api/v1/service-map?*', (route) =>
    route.fulfill({ status: 500, json: { error: { code: 'internal', message: 'It broke' } } }),
  );
  await page.goto(LIST);
  await expect(page.getByText('The services could not be read')).toBeVisible();
  await page.unroute('**/api/v1/service-map?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(page, 'mailer')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe in ${colorScheme}`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1024, height: 600 });
    await page.goto(`${LIST}&find=o`);
    await expect(row(page, 'orders')).toBeVisible();
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
    await page.goto('/service/orders?from=now-45m&to=now');
    await expect(page.getByRole('img', { name: /^Calls per minute/ })).toBeVisible();
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}

test('speaks Korean', async ({ browser, town }) => {
  const context = await browser.newContext({ locale: 'ko-KR', baseURL: town.ui });
  const page = await context.newPage();
  await page.goto(LIST);
  await expect(page.getByRole('grid', { name: '서비스' })).toContainText('무응답');
  await context.close();
});

test('shows the figures that there is room for, and never scrolls sideways', async ({ page }) => {
  await page.goto(LIST);
  for (const [width, heads] of [
    [1440, 11],
    [1024, 8],
    [700, 6],
    [390, 3],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await expect(grid(page).getByRole('columnheader')).toHaveCount(heads);
    await expect(row(page, 'orders').getByRole('gridcell')).toHaveCount(heads);
    await expect(grid(page).getByRole('columnheader', { name: 'Errors' })).toBeInViewport({ ratio: 1 });
    expect(await grid(page).evaluate((element) => element.scrollWidth - element.clientWidth), `${width} pixels`).toBe(0);
  }
});

test('tells that a service lives which health checks alone reach, and counts none of them', async ({ page }) => {
  await page.goto(LIST);
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('standby');
  await expect(row(page, 'standby').getByText('healthy')).toBeVisible();
  await row(page, 'standby').getByRole('link').click();
  await expect(page.getByText('Nothing called it in the last five minutes but health checks')).toBeVisible();
  await expect(page.getByText('Nothing that is counted calls it')).toBeVisible();
});

test('says of which minutes the figures of a range are that is shorter than a few', async ({ page }) => {
  const note = page.getByText(/^Figures are of whole minutes: \d{4}-\d\d-\d\d \d\d:\d\d:00 to \d{4}-\d\d-\d\d \d\d:\d\d:00\.$/);
  for (const path of ['/services', '/service/checkout']) {
    await page.goto(`${path}?from=now-13m&to=now-9m`);
    await expect(note).toBeVisible();
    await page.goto(`${path}?from=now-45m`);
    await expect(page.getByText('checkout').first()).toBeVisible();
    await expect(note).toHaveCount(0);
  }
});

test('calls no service silent because the range is not over', async ({ page }) => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  await page.goto(`/services?from=now-1h&to=${inAnHour}`);
  await expect(row(page, 'checkout')).toContainText('healthy');
  await expect(row(page, 'mailer')).toContainText('silent');
});
