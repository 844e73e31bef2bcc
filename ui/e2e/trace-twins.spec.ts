import type { Locator, Page } from '@playwright/test';
import { expect, test } from './shop-test.ts';

const tree = (page: Page): Locator => page.getByRole('treegrid', { name: 'Waterfall' });
const detail = (page: Page): Locator => page.getByRole('complementary', { name: 'Span' });
const marked = (page: Page): Locator => tree(page).getByRole('row', { selected: true });

/** A trace with two spans of one id, a row between them and one behind. */
async function sendTwins(page: Page, otlpHttp: string, traceId: string): Promise<void> {
  const start = Date.now() - 60_000;
  const span = (spanId: string, name: string, [from, to]: readonly [number, number]) => ({
    traceId,
    spanId,
    ...(spanId !== '0000000000000001' && { parentSpanId: '0000000000000001' }),
    name,
    kind: 1,
    startTimeUnixNano: `${start + from}000000`,
    endTimeUnixNano: `${start + to}000000`,
  });
  const ofService = (name: string, spans: readonly object[]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: name } }] },
    scopeSpans: [{ spans }],
  });
  const sent = await page.request.post(`${otlpHttp}/v1/traces`, {
    data: {
      resourceSpans: [
        ofService('odd-a', [
          span('0000000000000001', 'root of twins', [0, 100]),
          span('0000000000000002', 'twin first', [10, 30]),
          span('0000000000000003', 'between', [32, 38]),
          span('0000000000000004', 'behind', [80, 90]),
        ]),
        ofService('odd-b', [span('0000000000000002', 'twin second', [40, 60])]),
      ],
    },
  });
  expect(sent.status()).toBe(200);
}

async function openTwins(page: Page, otlpHttp: string, traceId: string): Promise<void> {
  await sendTwins(page, otlpHttp, traceId);
  await expect(async () => {
    await page.goto(`/trace/${traceId}`);
    await expect(tree(page).getByRole('row', { name: /behind/ })).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

async function expectOpen(page: Page, name: string): Promise<void> {
  await expect(marked(page)).toHaveCount(1);
  await expect(marked(page)).toContainText(name);
  await expect(detail(page).getByRole('heading', { name })).toBeVisible();
}

test('each of two spans with one id is opened, marked, and there again from its address', { tag: '@elasticsearch' }, async ({
  page,
  shop,
}) => {
  await openTwins(page, shop.collector.otlpHttp, '7e1'.repeat(10).padEnd(32, '0'));
  await tree(page)
    .getByRole('row', { name: /twin second/ })
    .click();
  await expectOpen(page, 'twin second');
  await expect(page).toHaveURL(/span=0000000000000002-2/);
  await page.reload();
  await expectOpen(page, 'twin second');
  await tree(page)
    .getByRole('row', { name: /twin first/ })
    .click();
  await expectOpen(page, 'twin first');
  await expect(page).toHaveURL(/span=0000000000000002(&|$)/);
  // The choice in the detail moves the mark.
  await detail(page).getByText('odd-b · internal').click();
  await expectOpen(page, 'twin second');
  await detail(page).getByText('odd-a · internal').click();
  await expectOpen(page, 'twin first');
});

test('the keys go past two spans with one id', async ({ page, shop }) => {
  await openTwins(page, shop.collector.otlpHttp, '7e2'.repeat(10).padEnd(32, '0'));
  for (const name of ['root of twins', 'twin first', 'between', 'twin second', 'behind']) {
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expectOpen(page, name);
  }
  await page.keyboard.press('k');
  await expectOpen(page, 'twin second');
});
