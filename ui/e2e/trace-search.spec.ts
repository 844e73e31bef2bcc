import type { Locator, Page, Response } from '@playwright/test';
import type { TraceSearchAnswer } from '@threadline/collector/api';
import { startCollector } from './collector-process.ts';
import { sendOtlp } from './send-otlp.ts';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

const list = (page: Page): Locator => page.getByRole('grid', { name: 'Traces' }).getByRole('row');
const scatter = (page: Page): Locator => page.getByRole('group', { name: /^Traces by start and duration/ });
const condition = (page: Page): Locator => page.getByLabel('and a span with');

async function boxOf(target: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('it has no place on the page');
  return box;
}

test('finds traces that have a span for each of several conditions, and keeps them in the address', { tag: '@elasticsearch' }, async ({
  page,
}) => {
  await page.goto('/traces?service=gateway');
  await expect(list(page).nth(1)).toBeVisible();
  await page.getByRole('button', { name: 'And a span with' }).click();
  await expect(condition(page)).toBeFocused();
  await condition(page).fill('service:payments status:error');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/with=service%253Apayments%2520status%253Aerror/);
  await expect(list(page).nth(1)).toContainText('POST /checkout');
  await expect(list(page).nth(1)).toContainText('✕');
  await page.reload();
  await expect(condition(page)).toHaveValue('service:payments status:error');
  await expect(list(page).filter({ hasText: 'GET /status' })).toHaveCount(0);
  await page.getByRole('button', { name: 'And a span with' }).click();
  await condition(page).nth(1).fill('service:payments status:ok');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Remove this condition' }).last().click();
  await expect(condition(page)).toHaveCount(1);
  await page.goBack();
  await expect(condition(page)).toHaveCount(2);
});

test('marks requests that took longer than usual, and none that go on long after their answer', { tag: '@elasticsearch' }, async ({
  page,
}) => {
  test.slow();
  const collector = await startCollector();
  const end = Date.now() - 60_000;
  const nanos = (millis: number): string => `${millis}000000`;
  const requests = Array.from({ length: 300 }, (_, number) => {
    const [traceId, start] = [(number + 1).toString(16).padStart(32, 'a'), end - number * 1_000];
    // One answers late; of all others a job works for a second after the answer.
    const millis = number === 100 ? 400 : 20;
    const root = {
      spanId: 'aaaaaaaaaaaaaaaa',
      name: 'POST /tickets',
      kind: 2,
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(start + millis),
    };
    const job = {
      spanId: 'bbbbbbbbbbbbbbbb',
      parentSpanId: root.spanId,
      name: 'print',
      kind: 5,
      startTimeUnixNano: nanos(start + 10),
      endTimeUnixNano: nanos(start + 1_000),
    };
    return [root, ...(number === 100 ? [] : [job])].map((span) => ({ ...span, traceId }));
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'desk' } }] };
  try {
    await sendOtlp(collector.otlpHttp, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: requests.flat() }] }] });
    await collector.hasStored();
    const marked = list(page).filter({ hasText: '▲' });
    for (const search of ['?', '?service=desk&operation=print&', '?q=kind:server&tmin=300ms&']) {
      await page.goto(`${collector.ui}/traces${search}from=now-1h&to=now`);
      await expect(list(page).nth(1)).toContainText('POST /tickets');
      await expect(list(page).nth(1)).toContainText(/2\d(\.\d+)? ms/);
      await expect(list(page).nth(1)).toContainText('root 20 ms1 s');
      if (search.includes('print')) await expect(marked).toHaveCount(0);
      else {
        await page.getByRole('grid', { name: 'Traces' }).focus();
        for (let step = 0; step < 4; step += 1) await page.keyboard.press('PageDown');
        await expect(marked).toHaveCount(1);
        await expect(marked).toContainText('400 ms');
        await expect(marked).not.toContainText('root');
      }
    }
  } finally {
    await collector.stop();
  }
});

test('draws durations beside each other at one scale, whether or not a trace goes on after its root', async ({ page }) => {
  test.slow();
  const collector = await startCollector();
  const start = Date.now() - 60_000;
  const span = (place: number, id: string, { millis, parent }: { millis: number; parent?: string }) => ({
    traceId: place.toString(16).padStart(32, 'a'),
    spanId: id,
    ...(parent !== undefined && { parentSpanId: parent }),
    name: parent === undefined ? 'GET /' : 'mail',
    kind: parent === undefined ? 2 : 5,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + millis}000000`,
  });
  const spans = [
    span(1, 'aaaaaaaaaaaaaaaa', { millis: 100 }),
    span(1, 'bbbbbbbbbbbbbbbb', { millis: 12_000, parent: 'aaaaaaaaaaaaaaaa' }),
    span(2, 'aaaaaaaaaaaaaaaa', { millis: 9_000 }),
    span(3, 'aaaaaaaaaaaaaaaa', { millis: 3_000 }),
  ];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'desk' } }] };
  try {
    await sendOtlp(collector.otlpHttp, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
    await collector.hasStored();
    await page.goto(`${collector.ui}/traces?sort=slowest`);
    await expect(list(page).nth(1)).toContainText('root 100 ms12 s');
    await expect(list(page).nth(3)).toContainText('3 s');
    const widths: number[] = [];
    for (const row of [1, 2, 3])
      widths.push((await boxOf(list(page).nth(row).getByRole('gridcell').nth(2).locator('span > span').first())).width);
    const [longest = 0, second = 0, third = 0] = widths;
    expect(longest).toBeGreaterThan(40);
    expect(second / longest).toBeCloseTo(0.75, 1);
    expect(third / longest).toBeCloseTo(0.25, 1);
  } finally {
    await collector.stop();
  }
});

test('says what is wrong with a further condition, and what no trace has', async ({ page }) => {
  await page.goto('/traces');
  await page.getByRole('button', { name: 'And a span with' }).click();
  await condition(page).fill('service:(payments');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(condition(page)).toHaveAttribute('aria-invalid', 'true');
  await condition(page).fill('service:nobody');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'No trace matches' })).toBeVisible();
  await expect(page.getByText('one for each further condition')).toBeVisible();
});

test('puts the slowest traces first, in the address', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/traces');
  await expect(list(page).nth(1)).not.toContainText('nightly import');
  await page.getByText('Slowest first').click();
  await expect(page).toHaveURL(/sort=slowest/);
  await expect(list(page).nth(1)).toContainText('nightly import');
  await expect(page.getByRole('columnheader', { name: 'Duration' })).toHaveAttribute('aria-sort', 'descending');
  await page.reload();
  await expect(list(page).nth(1)).toContainText('nightly import');
  await page.getByText('Newest first').click();
  await expect(list(page).nth(1)).not.toContainText('nightly import');
  await page.goBack();
  await expect(list(page).nth(1)).toContainText('nightly import');
});

test('goes on below the slowest, by the list and by the button of the dots', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.route('**/api/v1/traces?*', (route) =>
    route.continue({
      url: route
        .request()
        .url()
        .replace(/limit=\d+/, 'limit=4'),
    }),
  );
  const answers: Promise<string>[] = [];
  const listen = (response: Response): void => {
    // Which of them took longer than usual is asked by a further condition.
    if (/\/api\/v1\/traces\?(?!(.*&)?with=)/.test(response.url())) answers.push(response.text());
  };
  page.on('response', listen);
  await page.goto('/traces?sort=slowest');
  await expect(list(page).nth(1)).toContainText('nightly import');
  // The first pages come by themselves, as the list has room for them.
  const next = page.waitForRequest(/api\/v1\/traces\?.*cursor=/);
  const button = page.getByRole('button', { name: 'Load more' });
  await button.click();
  await next;
  await expect(page.getByText('Quicker ones are not loaded yet.')).toBeVisible();
  await expect.poll(() => answers.length).toBeGreaterThan(2);
  // More pages may be on their way: what comes of them once the test is over cannot be read.
  page.off('response', listen);
  const pages = (await Promise.all(answers)).map((text): TraceSearchAnswer => JSON.parse(text));
  const traces = pages.flatMap((one) => one.traces);
  const durations = traces.map(({ durationNano }) => Number(durationNano));
  expect(durations).toEqual(durations.toSorted((left, right) => right - left));
  expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(traces.length);
});

test('draws traces as dots that open, and a drag chooses a part of time and duration', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/traces');
  await expect(list(page).nth(1)).toBeVisible();
  const box = await boxOf(scatter(page));
  await page.mouse.move(box.x + box.width * 0.4, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.9, box.y + 64, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/tmin=/);
  await expect(page).toHaveURL(/from=20/);
  await expect(page.getByLabel('Whole trace at least')).not.toHaveValue('');
  await page.goBack();
  await expect(page).not.toHaveURL(/tmin=/);
  await expect(list(page).nth(1)).toBeVisible();
  await scatter(page).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const tip = scatter(page).getByRole('status').locator('div');
  await expect(tip).toBeVisible();
  const text = (await tip.textContent()) ?? '';
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/trace\/[0-9a-f]{32}/);
  const operation = / · \S+ (.+) · [^·]+ · [^·]+$/.exec(text)?.[1] ?? 'no operation';
  await expect(page.getByRole('heading', { name: operation })).toBeVisible();
});

test('opens the trace of a dot that is clicked', async ({ page }) => {
  await page.goto('/traces?service=payments&status=error');
  await expect(list(page).nth(1)).toBeVisible();
  await scatter(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(scatter(page).getByRole('status')).toContainText(/error/);
  // What is said of a dot stands beside it.
  const [box, tip] = [await boxOf(scatter(page)), await boxOf(scatter(page).getByRole('status').locator('div'))];
  const x = tip.x - box.x > box.width / 2 ? tip.x - 12 : tip.x + tip.width + 12;
  await page.mouse.click(x, tip.y + 12);
  await expect(page).toHaveURL(/\/trace\/[0-9a-f]{32}/);
});

test('has the percentiles of the operation beside each trace', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/traces');
  const row = list(page).filter({ hasText: 'POST /checkout' }).first();
  await expect(row).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'p50 p95 p99' })).toBeVisible();
  await expect(row.getByRole('gridcell').nth(3)).toContainText(/\d+(\.\d+)? (ms|s).*\d+(\.\d+)? (ms|s).*\d+(\.\d+)? (ms|s)/);
});

test('speaks Korean', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
  await page.goto('/traces?with=service%253Apayments');
  await expect(page.getByLabel('그리고 다음 스팬도')).toHaveValue('service:payments');
  await expect(page.getByLabel('전체 트레이스 최소')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has nothing serious for axe with conditions and dots in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto('/traces?service=gateway&with=service%253Apayments,service%253Aorders&tmin=10ms');
    await expect(list(page).nth(1)).toBeVisible();
    await scatter(page).focus();
    await page.keyboard.press('ArrowLeft');
    expect(await seriousViolations(page, colorScheme)).toEqual([]);
  });
}

/** The list has three traces a page, so that most of them are not read. */
async function readLittle(page: Page): Promise<void> {
  await page.route('**/api/v1/traces?*', (route) =>
    route.continue({
      url: route
        .request()
        .url()
        .replace(/limit=\d+/, 'limit=3'),
    }),
  );
}

async function pointAtBand(page: Page, text: RegExp): Promise<void> {
  const box = await boxOf(scatter(page));
  const tip = scatter(page).getByRole('status').filter({ hasText: text });
  await expect(async () => {
    for (let x = 0; x < box.width && (await tip.count()) === 0; x += 6) await page.mouse.move(box.x + x, box.y + 70);
    await expect(tip).toHaveCount(1, { timeout: 1_000 });
  }).toPass();
}

test('shows how long requests took where no dots are read yet, and reads on', async ({ page }) => {
  await readLittle(page);
  const figures = page.waitForResponse(/spans\/stats/);
  await page.goto('/traces');
  await figures;
  await pointAtBand(page, /From .* requests? · p50 .* · longest/);
  const older = page.waitForRequest(/api\/v1\/traces\?.*cursor=/);
  const button = page.getByRole('button', { name: 'Load more' });
  const [dots, place] = [await boxOf(scatter(page)), await boxOf(button)];
  expect(place.y, 'lies over no dots').toBeGreaterThanOrEqual(dots.y + dots.height);
  await button.click();
  await older;
});

test('shows how long the requests took that a filter picks, or why that is not known', { tag: '@elasticsearch' }, async ({ page }) => {
  await readLittle(page);
  await page.goto('/traces?service=gateway&operation=POST+%2Fcheckout');
  await pointAtBand(page, /From .* requests? begins? with such a span · p50 .* · longest/);
  await page.goto('/traces?service=payments');
  await expect(page.getByText('no request begins with such a span')).toBeVisible();
  await page.goto('/traces?service=gateway&with=service%253Apayments');
  await expect(page.getByText('several spans of a trace are asked for')).toBeVisible();
  await page.route('**/api/v1/spans/stats?*', (route) => route.fulfill({ status: 500, contentType: 'text/html', body: '<html>' }));
  await page.goto('/traces?service=gateway');
  await expect(page.getByText('could not be read')).toBeVisible();
});
