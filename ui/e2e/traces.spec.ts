import type { Locator, Page } from '@playwright/test';
import { LARGE_TRACE_SPANS, REPEATED_CALLS } from './seed.ts';
import { seriousViolations } from './serious-violations.ts';
import { expect, test } from './shop-test.ts';

test.use({ freshFor: 'traces' });
// The last file of its kind: two workers end sooner than one.
test.describe.configure({ mode: 'parallel' });

const list = (page: Page): Locator => page.getByRole('grid', { name: 'Traces' }).getByRole('row');
const tree = (page: Page): Locator => page.getByRole('treegrid', { name: 'Waterfall' });
const treeRow = (page: Page, name: string | RegExp): Locator => tree(page).getByRole('row', { name });
/** They come after the spans and move the rows below them. */
const logsHaveCome = (page: Page): Promise<void> => expect(treeRow(page, /INFO POST \/checkout received/)).toBeVisible();

test('finds traces by service, status and duration, and keeps the search in the address', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/traces');
  await expect(list(page).nth(1)).toBeVisible();
  await page.getByRole('combobox', { name: 'Service', exact: true }).selectOption('payments');
  await page.getByLabel('Status').selectOption('error');
  await expect(page).toHaveURL(/service=payments/);
  await expect(page).toHaveURL(/status=error/);
  await expect(list(page).nth(1)).toContainText('POST /checkout');
  await expect(list(page).nth(1)).toContainText('✕ 4');
  await page.getByLabel('At least', { exact: true }).fill('500ms');
  await page.getByLabel('At least', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/min=500ms/);
  await expect(list(page).nth(1)).toContainText(/1\.\d+ s/);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Service', exact: true })).toHaveValue('payments');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(list(page).filter({ hasText: 'process order.created' }).first()).toBeVisible();
});

test('writes how deep a span is beside what folds it, whatever the number', async ({ page, shop }) => {
  const depth = 10_020;
  const traceId = 'dee9'.repeat(8);
  const spanId = (index: number) => (index + 1).toString(16).padStart(16, '0');
  const start = Date.now() - 60_000;
  const spans = Array.from({ length: depth }, (_, index) => ({
    traceId,
    spanId: spanId(index),
    ...(index > 0 && { parentSpanId: spanId(index - 1) }),
    name: `level ${index}`,
    kind: 1,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + 1_000}000000`,
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'abyss' } }] };
  await page.request.post(`${shop.collector.otlpHttp}/v1/traces`, { data: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] } });
  for (const width of [1_440, 390]) {
    await page.setViewportSize({ width, height: 800 });
    // Elasticsearch takes so many in several parts.
    await expect(async () => {
      await page.goto(`/trace/${traceId}`);
      await expect(page.getByText(/10,020 spans/).first()).toBeVisible({ timeout: 5_000 });
    }).toPass();
    const row = tree(page)
      .getByRole('row')
      .filter({ hasText: `level ${depth - 2}` });
    // Rows come while the trace is read.
    await expect(async () => {
      await tree(page).focus();
      await page.keyboard.press('End');
      await expect(row).toBeVisible({ timeout: 500 });
    }).toPass();
    const number = await row.getByText(String(depth - 2), { exact: true }).evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const { left, right } = range.getBoundingClientRect();
      return { left, right };
    });
    const mark = await row.getByText('▾').boundingBox();
    expect(number.right).toBeLessThanOrEqual(mark?.x ?? 0);
    expect(number.left).toBeGreaterThanOrEqual(0);
  }
});

test('says what a duration looks like and what to let go of when nothing matches', async ({ page }) => {
  await page.goto('/traces');
  await page.getByLabel('At most', { exact: true }).fill('fast');
  await page.getByLabel('At most', { exact: true }).press('Enter');
  await expect(page.getByRole('alert')).toContainText('250ms, 1.5s');
  await page.goto('/traces?service=inventory&status=error');
  await expect(page.getByRole('heading', { name: 'No trace matches' })).toBeVisible();
});

test('completes operations of the chosen service', async ({ page }) => {
  await page.goto('/traces?service=inventory');
  await expect(page.locator('datalist option[value="inventory.Stock/Reserve"]')).toBeAttached();
  await page.getByLabel('Operation', { exact: true }).fill('inventory.Stock/Count');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(list(page)).toHaveCount(2);
  await expect(list(page).nth(1)).toContainText('GET /status');
});

test('opens a trace as a waterfall with its records in place', { tag: '@elasticsearch' }, async ({ page, shop }) => {
  await page.goto('/traces?q=correlationId:"order-failed"');
  await list(page).nth(1).click();
  await expect(page).toHaveURL(new RegExp(`/trace/${shop.failedTraceId}`));
  await expect(page.getByRole('heading', { name: 'POST /checkout' })).toBeVisible();
  await expect(page.getByText('4 errors')).toBeVisible();
  await expect(page.getByText('4 services')).toBeVisible();
  await expect(treeRow(page, /payments.*POST \/charge/).first()).toHaveAttribute('aria-level', '3');
  await expect(treeRow(page, /card declined/)).toHaveAttribute('aria-level', '4');
  await page.getByLabel('Logs between the spans').uncheck();
  await expect(treeRow(page, /card declined/)).toHaveCount(0);
  await expect(page).toHaveURL(/logs=0/);
  await page.goBack();
  await expect(page).toHaveURL(/\/traces\?q=/);
});

/** The details of the call that failed. */
async function openCharge(page: Page, traceId: string): Promise<Locator> {
  await page.goto(`/trace/${traceId}`);
  await logsHaveCome(page);
  await treeRow(page, /payments.*POST \/charge/)
    .first()
    .click();
  return page.getByRole('complementary', { name: 'Span' });
}

test('shows a span with attributes, events and its records, and filters by its values', { tag: '@elasticsearch' }, async ({
  page,
  shop,
}) => {
  const span = await openCharge(page, shop.failedTraceId);
  await expect(span.getByRole('heading', { name: 'POST /charge' })).toBeVisible();
  await expect(span.getByRole('table', { name: 'Attributes' })).toContainText('payment.amount');
  await expect(span.getByText('exception', { exact: true })).toBeVisible();
  await span
    .getByRole('row', { name: /payment.retry/ })
    .getByRole('button')
    .click();
  await page.getByRole('menuitem', { name: 'Include' }).click();
  await expect(page).toHaveURL(/\/traces\?q=payment.retry:false/);
  await page.goBack();
  await span.getByRole('button', { name: /ERROR card declined/ }).click();
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('CardDeclined');
});

test('walks the tree by keyboard: folds, unfolds, opens, next error', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await expect(treeRow(page, /POST \/orders/)).toBeVisible();
  await tree(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect(treeRow(page, /gateway.*POST \/checkout/)).toHaveAttribute('aria-expanded', 'false');
  await expect(treeRow(page, /POST \/orders/)).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await expect(treeRow(page, /POST \/orders/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { name: 'POST /checkout' })).toBeVisible();
  await page.keyboard.press('e');
  await expect(page.getByRole('complementary', { name: 'Span' }).getByRole('heading', { name: 'POST /orders' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary')).toHaveCount(0);
});

test('lists the trace’s records on a tab of their own', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?view=logs`);
  const logs = page.getByRole('grid', { name: 'Records of the trace' });
  await expect(logs.getByRole('row')).toHaveCount(7);
  await logs.getByRole('row').last().click();
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('checkout failed');
});

test('goes through the records of a trace by keys, which change nothing of its waterfall', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?view=logs`);
  const logs = page.getByRole('grid', { name: 'Records of the trace' });
  await expect(logs.getByRole('row')).toHaveCount(7);
  const address = page.url();
  for (const key of ['c', 'z', 's', '1', 'n']) await page.keyboard.press(key);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(logs).toBeFocused();
  await expect.poll(() => activeText(logs)).toBe(await logs.getByRole('row').nth(2).textContent());
  expect(page.url()).toBe(address);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Record' })).toBeVisible();
  await expect(page).toHaveURL(/log=/);
  await page.keyboard.press('e');
  await expect(page.getByRole('complementary', { name: 'Record' })).toContainText('card declined');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Record' })).toBeHidden();
});

test('shows every view of a trace at once: their code is there before they are asked for', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await expect(page.getByRole('treegrid')).toBeVisible();
  // It is fetched when the browser has nothing else to do, which on a busy machine may be after the network was idle for a while.
  for (const view of ['flame-view', 'calls-view', 'statistics-view'])
    for (const kind of ['js', 'css']) {
      const isFetched = ([name, extension]: readonly string[]): boolean =>
        performance.getEntriesByType('resource').some((entry) => entry.name.includes(`/${name}-`) && entry.name.endsWith(`.${extension}`));
      await page.waitForFunction(isFetched, [view, kind]);
    }
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    const shown = { beforeCode: 0 };
    Object.assign(globalThis, { shown });
    // What stands in for code is beside the panels of the tabs; in one, what stands in for the view's own figures.
    const isBeforeCode = (status: Element): boolean => status.closest('[role="tabpanel"]') === null;
    new MutationObserver(() => {
      if ([...document.querySelectorAll('[role="status"][aria-label="Loading"]')].some(isBeforeCode)) shown.beforeCode += 1;
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.route(/\/assets\/(?!views-worker)/, (route) => route.abort());
  for (const [tab, role] of [
    ['Flame graph', 'application'],
    ['Calls', 'grid'],
    ['Statistics', 'grid'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await expect(page.getByRole('tabpanel', { name: tab }).getByRole(role)).toBeVisible();
  }
  expect(await page.evaluate(() => (globalThis as unknown as { shown: object }).shown)).toEqual({ beforeCode: 0 });
});

test('zooms the time axis by drag and by keyboard', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  const minimap = page.getByRole('group', { name: /whole trace/ });
  await logsHaveCome(page);
  const box = await minimap.boundingBox();
  if (box === null) throw new Error('the minimap has no box');
  const axis = page.getByRole('columnheader', { name: /since the start/ });
  await expect(axis).toContainText('100 ms');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.55, box.y + 20, { steps: 3 });
  await page.mouse.up();
  await expect(axis).not.toContainText('100 ms');
  await page.getByRole('button', { name: 'All of the time' }).click();
  await expect(axis).toContainText('100 ms');
  await minimap.focus();
  await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'All of the time' })).toBeVisible();
  await expect(page).toHaveURL(/zoom=250000-750000$/);
  const shown = await axis.textContent();
  await page.reload();
  await logsHaveCome(page);
  await expect(axis).toHaveText(shown ?? '');
  await page.getByRole('button', { name: 'All of the time' }).click();
  await expect(page).not.toHaveURL(/zoom/);
});

test('comes back to the part of the time axis that was looked at, and gives a subtree its own', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?zoom=250000-750000`);
  await logsHaveCome(page);
  const axis = page.getByRole('columnheader', { name: /since the start/ });
  await treeRow(page, /orders.*POST \/orders/).click();
  // Beside the span there is room for fewer times.
  await expect(axis).not.toContainText('150 ms');
  const zoomed = (await axis.textContent()) ?? '';
  await page.keyboard.press('z');
  await expect(page).toHaveURL(/focus=/);
  await expect(page).not.toHaveURL(/zoom=/);
  await expect(axis).not.toHaveText(zoomed);
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/zoom=/);
  await page.goBack();
  await expect(page).not.toHaveURL(/focus=/);
  await expect(axis).toHaveText(zoomed);
  await expect(page).toHaveURL(/zoom=250000-750000/);
});

test('says what is missing, unfinished and lost', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.brokenTraceId}`);
  await expect(page.getByText('1 span missing')).toBeVisible();
  await expect(page.getByText('1 span unfinished')).toBeVisible();
  await expect(page.getByText(/orders reports 17 spans lost: buffer full/)).toBeVisible();
  await treeRow(page, /GET \/pending/).click();
  await expect(page.getByRole('complementary')).toContainText('no end has arrived');
  await treeRow(page, /has not arrived/).click();
  await expect(page.getByRole('complementary')).toContainText('name it as their parent');
});

test('opens a trace of many pages with only the rows in view in the page', { tag: '@elasticsearch' }, async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}`);
  await expect(tree(page)).toHaveAttribute('aria-rowcount', String(LARGE_TRACE_SPANS + 1));
  await expect(page.getByText(`${LARGE_TRACE_SPANS.toLocaleString('en')} spans`, { exact: true })).toBeVisible();
  expect(await tree(page).getByRole('row').count()).toBeLessThan(100);
  await page.keyboard.press('e');
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('row 2000 is not valid');
  await expect(treeRow(page, /step 2000/)).toBeVisible();
});

test('keeps rows in their order for a screen reader, and their contents, however far they are scrolled', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}?repeats=0`);
  await expect(tree(page)).toHaveAttribute('aria-rowcount', String(LARGE_TRACE_SPANS + 1));
  await expect(treeRow(page, /step 1 /).first()).toBeVisible();
  for (const rows of [7, 500, -13, 1_000]) {
    await tree(page).evaluate((grid, pixels) => grid.scrollBy(0, pixels), rows * 24);
    await expect
      .poll(() =>
        tree(page).evaluate((grid) => {
          const group = grid.querySelector('[role="rowgroup"]');
          const owned = group?.getAttribute('aria-owns')?.split(' ') ?? [...(group?.children ?? [])].map(({ id }) => id);
          const shown = owned.map((id) => document.getElementById(id));
          const top = Math.min(...shown.map((row) => row?.getBoundingClientRect().top ?? Number.NaN));
          return {
            all: owned.length === group?.children.length && owned.length > 10,
            // Each row is where its index says that it is, one below the other.
            inPlace: shown.every((row, place) => Math.abs((row?.getBoundingClientRect().top ?? 0) - top - place * 24) < 0.5),
            inOrder: shown.every((row, place) => Number(row?.ariaRowIndex) === Number(shown[0]?.ariaRowIndex) + place),
          };
        }),
      )
      .toEqual({ all: true, inPlace: true, inOrder: true });
  }
  expect(await seriousViolations(page, 'light')).toEqual([]);
  await test.step('a click while they are scrolled opens the row that is seen under it', async () => {
    const opened = await tree(page).evaluate(async (grid) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const middle = grid.getBoundingClientRect();
      const from = grid.scrollTop;
      for (let step = 1; step <= 4; step += 1) {
        grid.scrollTop = from + step * 240;
        await frame();
      }
      const [x, y] = [middle.left + 100, middle.top + 24 + 1 + 24 * 5 + 12];
      document.elementFromPoint(x, y)?.dispatchEvent(new MouseEvent('click', { clientX: x, clientY: y, bubbles: true }));
      return Math.floor((grid.scrollTop + 24 * 5 + 12) / 24) + 2;
    });
    await expect(tree(page).locator('[aria-selected="true"]')).toHaveAttribute('aria-rowindex', String(opened));
  });
});

test('folds one row after the other, and each stays folded', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await logsHaveCome(page);
  const charge = treeRow(page, /payments.*POST \/charge/).first();
  const orders = treeRow(page, /orders.*POST \/orders/).first();
  await charge.getByTitle('Fold', { exact: true }).click();
  await expect(charge).toHaveAttribute('aria-expanded', 'false');
  await orders.getByTitle('Fold', { exact: true }).click();
  await expect(charge).toHaveCount(0);
  const hidden = orders.getByTitle(/^\d+ errors in what is folded$/);
  await expect(hidden).toContainText('✕');
  // In the colour of errors, as their signs are.
  const colorOf = (sign: Locator) => sign.evaluate((element) => getComputedStyle(element).color);
  expect(await colorOf(hidden)).toBe(await colorOf(orders.getByRole('img', { name: 'error', exact: true })));
  await orders.getByTitle('Unfold', { exact: true }).click();
  await expect(charge).toHaveAttribute('aria-expanded', 'false');
});

test('keeps what is folded in the address: for a reload, for a link, and for back', async ({ page, shop, context }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await logsHaveCome(page);
  const charge = /payments.*POST \/charge/;
  const authorizing = /authorizing card/;
  await treeRow(page, charge).first().getByTitle('Fold', { exact: true }).click();
  await expect(treeRow(page, authorizing)).toHaveCount(0);
  await expect(page).toHaveURL(/folds=-[0-9a-f]{16}$/);
  await page.reload();
  await logsHaveCome(page);
  await expect(treeRow(page, charge).first()).toHaveAttribute('aria-expanded', 'false');
  await expect(treeRow(page, authorizing)).toHaveCount(0);
  await test.step('a link to a record in what is folded shows it, and the rest stays folded', async () => {
    const other = await context.newPage();
    await other.goto(page.url());
    await logsHaveCome(other);
    await tree(other).focus();
    await other.keyboard.press('1');
    await expect(tree(other)).toHaveAttribute('aria-rowcount', '2');
    await other.keyboard.press('e');
    await expect(other.getByRole('complementary', { name: 'Span' }).getByRole('heading', { name: 'POST /checkout' })).toBeVisible();
    await expect(tree(other)).toHaveAttribute('aria-rowcount', '2');
    await other.keyboard.press('e');
    await expect(treeRow(other, /orders.*POST \/orders/)).toBeVisible();
    await expect(other).toHaveURL(/folds=d0,r[0-9a-f]{16}/);
    const rows = await tree(other).getAttribute('aria-rowcount');
    await other.reload();
    await expect(other.getByRole('complementary', { name: 'Span' })).toBeVisible();
    await expect(tree(other)).toHaveAttribute('aria-rowcount', rows ?? '');
    await other.close();
  });
  await test.step('all is unfolded again, and the address says nothing of it', async () => {
    await tree(page).focus();
    await page.keyboard.press('u');
    await expect(treeRow(page, authorizing)).toBeVisible();
    await expect(page).not.toHaveURL(/folds/);
  });
});

test('says what a span costs the request, and where no span tells of its time', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.repeatsTraceId}`);
  await treeRow(page, /render/).click();
  const span = page.getByRole('complementary', { name: 'Span' });
  await expect(span).toContainText('the request would take 410 ms instead of 500 ms');
  await treeRow(page, /GET \/report/).click();
  await expect(span).toContainText('272 ms between sqlite SELECT item and render');
  await expect(page.getByLabel('Critical path')).toBeChecked();
  await page.getByLabel('Critical path').press('c');
  await expect(page).toHaveURL(/critical=0/);
});

test('folds equal calls into one row and lays them out again', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.repeatsTraceId}`);
  await expect(treeRow(page, /sqlite SELECT item/)).toHaveCount(1);
  await expect(treeRow(page, /sqlite SELECT item/)).toContainText(`×${REPEATED_CALLS}`);
  await treeRow(page, /sqlite SELECT item/)
    .getByTitle('Unfold', { exact: true })
    .click();
  await expect(treeRow(page, /sqlite SELECT item/)).toHaveCount(REPEATED_CALLS);
  await page.reload();
  await page.getByLabel('Fold repeats').uncheck();
  await expect(treeRow(page, /sqlite SELECT item/)).toHaveCount(REPEATED_CALLS);
  await expect(page).toHaveURL(/repeats=0/);
});

test('finds spans, leaves only those, and goes from one to the next', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.largeTraceId}`);
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).fill('step 199');
  await expect(page.getByText('11 found')).toBeVisible();
  await page.getByLabel('Only these').check();
  await expect(page).toHaveURL(/find=step.199&only=1/);
  // Eleven that are found, and the chain of 40 that they hang under.
  await expect(tree(page)).toHaveAttribute('aria-rowcount', '52');
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span' })).toContainText('step 199');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).fill('');
  await expect(tree(page)).toHaveAttribute('aria-rowcount', String(LARGE_TRACE_SPANS + 1));
});

test('says where it looks for a span, and leads to the records of the trace that have the text', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await logsHaveCome(page);
  const find = page.getByRole('searchbox', { name: 'Find by name, service or target' });
  await find.fill('charge');
  await expect(page.getByText(/^\d+ found$/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Search its logs' })).toBeHidden();
  await find.fill('card declined');
  await expect(page.getByText('in no name, service or target')).toBeVisible();
  await page.getByRole('link', { name: 'Search its logs' }).click();
  await expect(page).toHaveURL(/\/logs\?/);
  await expect(page.getByRole('textbox', { name: 'Query' })).toHaveValue(`traceId:${shop.failedTraceId} "card declined"`);
  await expect(page.getByRole('grid', { name: 'Log records' }).getByRole('row').nth(1)).toContainText('card declined');
});

test('looks at one subtree alone, and folds by depth and by service, with keys', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}`);
  await logsHaveCome(page);
  await treeRow(page, /orders.*POST \/orders/).click();
  await page.keyboard.press('z');
  await expect(page).toHaveURL(/focus=/);
  await expect(treeRow(page, /gateway/)).toHaveCount(0);
  await expect(treeRow(page, /POST \/orders/)).toHaveAttribute('aria-level', '1');
  await page.getByRole('button', { name: 'Show the whole trace' }).click();
  await expect(treeRow(page, /gateway/).first()).toBeVisible();
  await treeRow(page, /payments.*POST \/charge/)
    .first()
    .click();
  await page.keyboard.press('1');
  await expect(tree(page)).toHaveAttribute('aria-rowcount', '2');
  // The keys are on the row that the one they were on is folded into.
  await expect.poll(() => activeText(tree(page))).toContain('gateway');
  await page.keyboard.press('u');
  await expect.poll(() => activeText(tree(page))).toContain('POST /charge');
  await expect(treeRow(page, /card declined/)).toBeVisible();
  await treeRow(page, /payments.*POST \/charge/)
    .first()
    .click();
  await page.keyboard.press('s');
  await expect(treeRow(page, /authorizing card/)).toHaveCount(0);
  await expect(treeRow(page, /charging order/)).toBeVisible();
});

test('says that only a part of a trace came, and reads it again', async ({ page, shop }) => {
  const path = `**/api/v1/traces/${shop.failedTraceId}/columns`;
  const whole = await (await fetch(`${shop.collector.ui}/api/v1/traces/${shop.failedTraceId}/columns`)).text();
  await page.route(path, (route) =>
    route.fulfill({ body: whole.slice(0, whole.indexOf('{"type":"logs"')), contentType: 'application/x-ndjson' }),
  );
  await page.goto(`/trace/${shop.failedTraceId}`);
  await expect(page.getByRole('alert')).toContainText('Not all of the trace has come');
  await expect(treeRow(page, /POST \/orders/)).toBeVisible();
  await page.unroute(path);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(treeRow(page, /card declined/)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('keeps what leads on from a trace in sight on a phone, however long the correlation ID is', async ({ page, shop }) => {
  const id = 'c'.repeat(128);
  await page.route(`**/api/v1/traces/${shop.failedTraceId}/spans/*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('order-failed', id) });
  });
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`/trace/${shop.failedTraceId}`);
    const flow = page.getByRole('link', { name: `Flow ${id}` });
    await expect(flow).toBeVisible();
    for (const item of [flow, page.getByRole('button', { name: 'Copy the trace ID' })]) {
      const box = await item.boundingBox();
      if (box === null) throw new Error('what leads on has no box');
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
    }
  }
});

test('lists a dozen of many services, all on demand, and leaves the trace its room', async ({ page, shop }) => {
  const path = `/api/v1/traces/${shop.failedTraceId}/columns`;
  const [head = '', ...lines] = (await (await fetch(`${shop.collector.ui}${path}`)).text()).split('\n');
  const names = ['n'.repeat(300), ...Array.from({ length: 499 }, (_, place) => `service-${place}`)];
  const services = names.map((name) => ({ name, spanCount: 1, errorCount: 0 }));
  const many = JSON.parse(head, (key, value) => (key === 'services' ? services : value));
  await page.route(`**${path}`, (route) =>
    route.fulfill({ body: [JSON.stringify(many), ...lines].join('\n'), contentType: 'application/x-ndjson' }),
  );
  await page.goto(`/trace/${shop.failedTraceId}`);
  const list = page.getByRole('list', { name: 'Services' });
  await expect(list.getByRole('listitem')).toHaveCount(12);
  // A name of any length has one line beside the others, and nothing is out of reach of the keys.
  expect(
    await list.evaluate(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => [
      scrollWidth - clientWidth,
      scrollHeight - clientHeight,
    ]),
  ).toEqual([0, 0]);
  await expect(list.getByRole('listitem').first()).toHaveAttribute('title', /^n{300}: 1 span$/);
  await page.getByRole('button', { name: 'and 488 more' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(500);
  await expect.poll(async () => (await tree(page).boundingBox())?.height ?? 0).toBeGreaterThan(300);
  await page.getByRole('button', { name: 'Fewer' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(12);
});

test('shows each of several spans that have one id', async ({ page, shop }) => {
  await page.route(`**/api/v1/traces/${shop.failedTraceId}/spans/*`, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    const start = BigInt(answer.span.startTimeUnixNano);
    const events = [500, 90].map((millis) => ({
      name: `after ${millis}`,
      timeUnixNano: String(start + BigInt(millis) * 1_000_000n),
      attributes: [],
    }));
    await route.fulfill({ response, json: { ...answer, sameId: [{ ...answer.span, name: 'the other half', kind: 2, events }] } });
  });
  const span = await openCharge(page, shop.failedTraceId);
  await expect(span.getByRole('group', { name: '2 spans have this ID' })).toBeVisible();
  await expect(span.getByRole('heading', { name: 'POST /charge' })).toBeVisible();
  await span
    .getByText(/^payments · server$/i)
    .last()
    .click();
  await expect(span.getByRole('heading', { name: 'the other half' })).toBeVisible();
  // By time, however they were sent.
  await expect(span).toContainText(/\+90 ms\s*after 90.*\+500 ms\s*after 500/s);
});

test('says of a span that its trace does not have it', async ({ page, shop }) => {
  await page.goto(`/trace/${shop.failedTraceId}?span=0123456789abcdef`);
  await expect(page.getByRole('complementary')).toContainText('No span 0123456789abcdef in this trace');
});

test('leads from a span to the spans that link to it', { tag: '@elasticsearch' }, async ({ page }) => {
  await page.goto('/traces?q=name:"publish order.created"');
  await list(page).nth(1).click();
  await logsHaveCome(page);
  await treeRow(page, /publish order.created/).click();
  await page.getByRole('complementary').getByRole('link', { name: 'notifications process order.created' }).click();
  await expect(page.getByRole('heading', { name: 'process order.created' }).first()).toBeVisible();
  const back = page.getByRole('complementary').getByRole('link', { name: /orders publish order\.created/ });
  await expect(back).toHaveAttribute('title', /^Span [0-9a-f]{16} of trace [0-9a-f]{32}$/);
  const other = /[0-9a-f]{32}/.exec((await back.getAttribute('title')) ?? '')?.[0];
  await page
    .getByRole('complementary')
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: /orders publish order\.created/ }) })
    .getByRole('button', { name: 'Copy the trace ID' })
    .click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(other);
  await back.click();
  await expect(page.getByRole('heading', { name: 'publish order.created' })).toBeVisible();
});

test('says that a trace is unknown', async ({ page }) => {
  await page.goto('/trace/0123456789abcdef0123456789abcdef');
  await expect(page.getByRole('heading', { name: 'No such trace', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'All traces' })).toHaveAttribute('href', '/traces');
  await page.getByRole('link', { name: 'Search the logs for it' }).click();
  await expect(page).toHaveURL(/\/logs\?q=0123456789abcdef0123456789abcdef/);
});

/** What the row says that the keys are on; empty where they are on none. */
function activeText(rows: Locator): Promise<string> {
  return rows.evaluate(
    (element) => element.ownerDocument.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '',
  );
}
