import type { CDPSession, Page } from '@playwright/test';
import { expect, test } from './shop-test.ts';

interface SaidRow {
  readonly role: string;
  readonly name: string;
  readonly level: unknown;
  readonly expanded: unknown;
}

/** What Chromium tells a screen reader of the row that the keys are on. */
async function activeRow(session: CDPSession): Promise<SaidRow> {
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const focused = nodes.find(({ properties }) => properties?.some(({ name }) => name === 'activedescendant'));
  const related = focused?.properties?.find(({ name }) => name === 'activedescendant')?.value.relatedNodes?.[0];
  const row = nodes.find(({ backendDOMNodeId }) => backendDOMNodeId !== undefined && backendDOMNodeId === related?.backendDOMNodeId);
  const property = (wanted: string): unknown => row?.properties?.find(({ name }) => name === wanted)?.value.value;
  return { role: String(row?.role?.value), name: String(row?.name?.value), level: property('level'), expanded: property('expanded') };
}

async function openTree(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Accessibility.enable');
  return session;
}

test('says of each row of a large trace what it is, and where in it', async ({ page, shop }) => {
  test.slow();
  const session = await openTree(page);
  await page.goto(`/trace/${shop.largeTraceId}`);
  const tree = page.getByRole('treegrid', { name: 'Waterfall' });
  await expect(tree.getByText('nightly import')).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('j');
  await expect.poll(() => activeRow(session)).toMatchObject({ role: 'row', level: 1, expanded: true });
  expect((await activeRow(session)).name).toMatch(/^batch-0 nightly import [\d.]+ s \+0 ms$/);
  await expect(tree).toBeFocused();
  for (let row = 0; row < 200; row += 1) await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await activeRow(session)).name).toMatch(/^batch-\d step \d+ [\d.]+ ms \+[\d.]+ m?s$/);
  const row = page.locator(`#${escapedId(await tree.getAttribute('aria-activedescendant'))}`);
  await expect(row).toHaveAttribute('aria-rowindex', '202');
  const [level, place, of] = await Promise.all(
    ['aria-level', 'aria-posinset', 'aria-setsize'].map((name) => row.getAttribute(name).then(Number)),
  );
  expect((await activeRow(session)).level).toBe(level);
  // 40 spans in a chain, and the others shared out among them.
  expect(of).toBeGreaterThan(50);
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThanOrEqual(Number(of));
  await page.keyboard.press('e');
  await expect.poll(async () => (await activeRow(session)).name).toMatch(/^batch-0 error step 2000 /);
});

test('says a line of the log word by word', async ({ page }) => {
  const session = await openTree(page);
  await page.goto('/logs?q="bank answers"');
  await expect(page.getByText('the bank answers slowly').first()).toBeVisible();
  await page.keyboard.press('j');
  await expect.poll(async () => (await activeRow(session)).name).toMatch(/WARN payments the bank answers slowly bank\.latency_ms=\d+$/);
});

test('is called after what it shows', async ({ page, shop }) => {
  await page.goto('/logs?q=level:error');
  await expect(page).toHaveTitle('level:error · Logs · Threadline');
  await page.goto(`/trace/${shop.failedTraceId}`);
  await expect(page).toHaveTitle(`${shop.failedTraceId.slice(0, 8)} · Traces · Threadline`);
  await page.goto('/flow/order-failed');
  await expect(page).toHaveTitle('order-failed · Flows · Threadline');
  await page.goto('/service/orders');
  await expect(page).toHaveTitle('orders · Services · Threadline');
});

/** React's ids have characters that selectors do not take as they are. */
function escapedId(id: string | null): string {
  return String(id).replace(/[^\w-]/g, (character) => `\\${character}`);
}
