import { expect, test } from './shop-test.ts';

test('a row says that its span links to others, to those who see it and those who do not, in both languages', async ({ page, shop }) => {
  const traceId = '11c'.repeat(10).padEnd(32, '0');
  const start = Date.now() - 60_000;
  const links = Array.from({ length: 2 }, (_, index) => ({ traceId: `${index + 1}`.repeat(32), spanId: `${index + 1}`.repeat(16) }));
  const span = (spanId: string, name: string, more: object) => ({
    traceId,
    spanId,
    name,
    kind: 5,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + 50}000000`,
    ...more,
  });
  const spans = [
    span('000000000000000a', 'process batch', { links }),
    span('000000000000000b', 'one of them', { parentSpanId: '000000000000000a', links: links.slice(1) }),
    span('000000000000000c', 'no link', { parentSpanId: '000000000000000a' }),
  ];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'mailer' } }] };
  await page.request.post(`${shop.collector.otlpHttp}/v1/traces`, { data: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] } });
  const row = (name: string) => page.getByRole('treegrid').getByRole('row').filter({ hasText: name });
  await expect(async () => {
    await page.goto(`/trace/${traceId}`);
    await expect(row('no link')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(row('process batch').getByRole('img', { name: 'Links to 2 spans' })).toHaveText('↗ 2');
  await expect(row('one of them').getByRole('img', { name: 'Links to 1 span' })).toHaveText('↗');
  await expect(row('no link').getByRole('img')).toHaveCount(0);
  const linking = (place: number) => ({
    ...span(`00000000000000f${place}`, `later ${place}`, { links: [{ traceId, spanId: '000000000000000c' }] }),
    traceId: `${place}`.repeat(32),
  });
  await page.request.post(`${shop.collector.otlpHttp}/v1/traces`, {
    data: { resourceSpans: [{ resource, scopeSpans: [{ spans: [linking(3), linking(4)] }] }] },
  });
  await expect(async () => {
    await page.reload();
    await expect(row('no link').getByRole('img', { name: '2 spans of other traces link to it' })).toHaveText('↙ 2', { timeout: 2_000 });
  }).toPass();
  await row('no link').click();
  await expect(page.getByRole('complementary', { name: 'Span' }).getByText('later 4')).toBeVisible();
  await row('process batch').click();
  await expect(page.getByRole('complementary', { name: 'Span' }).getByText('2'.repeat(16))).toBeVisible();
  await page.evaluate(() => localStorage.setItem('threadline.preferences', JSON.stringify({ language: 'ko' })));
  await page.reload();
  await expect(row('process batch').getByRole('img', { name: '스팬 2개를 가리키는 링크' })).toBeVisible();
});
