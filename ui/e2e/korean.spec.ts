import type { Page } from '@playwright/test';
import { expect, test } from './shop-test.ts';

test.use({ locale: 'ko-KR' });

/** A sentence in English: two of its words after each other. Names of settings, addresses and forms of the language are none. */
const ENGLISH = /\b[a-z]{3,} [a-z]{2,}\b/;

/** What the page says where it failed, without names that are the same in every language. */
async function alerts(page: Page): Promise<string> {
  const said = await page.getByRole('alert').locator('h2, p:not([class*=details])').allTextContents();
  return said.join(' ');
}

test('says in Korean what is wrong with a query, at the bar and in the place of the list', async ({ page }) => {
  for (const query of ['level:nope', '(a OR', 'duration_ms:[1 5]', '"open']) {
    await page.goto(`/logs?q=${encodeURIComponent(query)}`);
    await expect(page.getByRole('heading', { name: '레코드를 읽지 못했습니다' })).toBeVisible();
    await expect(page.getByText('아직 쿼리가 아닙니다:')).toBeVisible();
    expect(await alerts(page), query).not.toMatch(ENGLISH);
    expect(await alerts(page), query).toMatch(/[가-힣]/);
  }
});

const FAULTS = [
  [
    503,
    'storage_unavailable',
    'Elasticsearch at http://127.0.0.1:9200 cannot take the request now (502 node_disconnected_exception)',
    '지금 요청을 받지 못합니다',
  ],
  [503, 'storage_unavailable', 'A sentence that this page does not know', '잠시 후 다시 시도하세요'],
  [
    504,
    'deadline_exceeded',
    'the storage did not answer before the deadline: ask again, or for a shorter time range',
    '시간 범위를 좁히세요',
  ],
  [
    400,
    'unsupported_query',
    'this search is more than Elasticsearch takes at a time (too_many_buckets_exception): choose a shorter time range or a narrower query',
    '시간 범위나 쿼리를 좁히세요',
  ],
] as const;

test('says in Korean why there is no answer, on every page', async ({ page }) => {
  test.slow();
  for (const [status, code, message, said] of FAULTS) {
    await page.route('**/api/v1/**', (route) =>
      route.fulfill({ status, contentType: 'application/json', body: JSON.stringify({ error: { code, message, field: 'query' } }) }),
    );
    for (const path of ['/logs', '/logs?view=patterns', '/traces', '/services', '/errors', '/flow/order-failed']) {
      await page.goto(path);
      await expect(page.getByRole('alert').filter({ hasText: said }).first(), `${path} ${code}`).toBeVisible();
      expect(await alerts(page), `${path} ${code}`).not.toMatch(ENGLISH);
      // It is no fault of what was written.
      await expect(page.getByText('아직 쿼리가 아닙니다:')).toBeHidden();
    }
    await page.unroute('**/api/v1/**');
  }
});

test('says in Korean what a call was made by, and what keeps the records', async ({ page }) => {
  await page.goto('/service/orders');
  await expect(
    page
      .getByRole('cell', { name: 'HTTP' })
      .or(page.getByRole('cell', { name: '데이터베이스' }))
      .first(),
  ).toBeVisible();
  await page.goto('/status');
  await expect(page.getByText('응답함')).toBeVisible();
  await expect(page.getByText('엔진').or(page.getByText('데이터 스트림')).first()).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText(/with the standard analyzer|deleted by the collector|segments with filters/);
});
