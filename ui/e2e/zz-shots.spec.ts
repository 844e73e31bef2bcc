import { expect, test } from './shop-test.ts';

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 700])
    test(`shot ${colorScheme} ${width}`, async ({ page, shop }) => {
      const post = async (lines: string[], service: string) =>
        fetch(`${shop.collector.otlpHttp}/v1/logs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            resourceLogs: [
              {
                resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
                scopeLogs: [
                  {
                    logRecords: lines.map((body, i) => ({
                      timeUnixNano: `${Date.now() - i * 3000}000000`,
                      severityNumber: [9, 9, 13, 17][i % 4],
                      body: { stringValue: body },
                    })),
                  },
                ],
              },
            ],
          }),
        });
      const names = 'alice bora chul dana emre fatou gina hyun ines jiho kofi lena'.split(' ');
      await post(
        names.map((n) => `user ${n} logged in from 10.0.0.7:5${n.length}32`),
        'accounts',
      );
      await post(
        names.map(
          (n, i) =>
            `{"level":30,"time":17123456789${i}1,"msg":"request completed","req":{"id":${i},"url":"/api/v1/orders/${i}?page=${i}"},"responseTime":${i}}`,
        ),
        'a-service-with-a-very-long-name-indeed',
      );
      await post(
        names.map(
          (n, i) => `주문 ${i}건이 접수되었습니다 ${'3f2a9c1e-0000-4abc-8def-00112233445'}${i % 10} at 2026-11-26T15:10:4${i % 10}.551Z`,
        ),
        'accounts',
      );
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto('/logs?view=patterns');
      await expect(page.getByText('charging order=').first()).toBeVisible();
      await page.waitForTimeout(1500);
      await page.screenshot({ path: `/tmp/patterns-shot-${colorScheme}-${width}.png` });
      if (width === 1440) {
        await page.getByTitle('Open one of its records').first().click();
        await page.waitForTimeout(800);
        await page.screenshot({ path: `/tmp/patterns-shot-detail-${colorScheme}.png` });
      }
    });
