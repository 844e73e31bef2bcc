import type { Page } from '@playwright/test';
import { expect, test } from './lab-test.ts';
import { sendOtlp } from './send-otlp.ts';

const row = (page: Page, name: RegExp) => page.getByRole('treegrid').getByRole('row', { name });
const detail = (page: Page) => page.getByRole('complementary', { name: 'Span' });

interface Sent {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startMillis: number;
  readonly endMillis: number;
}

async function send(otlpHttp: string, spans: readonly Sent[]): Promise<void> {
  const resourceSpans = [...Map.groupBy(spans, ({ service }) => service)].map(([service, own]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: own.map(({ service: _, startMillis, endMillis, ...span }) => ({
          ...span,
          kind: 2,
          startTimeUnixNano: `${startMillis}000000`,
          endTimeUnixNano: `${endMillis}000000`,
        })),
      },
    ],
  }));
  await sendOtlp(otlpHttp, 'traces', { resourceSpans });
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

test('says how long a message waited, in its row and in the span', async ({ page, lab }) => {
  await page.goto(`/trace/${lab.healthyTraceId}`);
  const taken = row(page, /process order.created/);
  await expect(taken.getByRole('gridcell').last()).toHaveAttribute('aria-label', /^6 ms \+\d+ ms \(waited 2 ms\)/);
  await expect(
    row(page, /POST \/charge/)
      .getByRole('gridcell')
      .last(),
  ).not.toHaveAttribute('aria-label', /waited/);
  await taken.click();
  await expect(detail(page).getByText('Its message waited')).toBeVisible();
  await expect(
    detail(page)
      .getByRole('definition')
      .filter({ hasText: /^2 ms$/ }),
  ).toBeVisible();
});

test('says of a span that it ends before it starts', async ({ page, lab }) => {
  const traceId = hex(0xbac0, 32);
  const at = Date.now() - 60_000;
  await send(lab.collector.otlpHttp, [
    { service: 'clock', traceId, spanId: hex(0xbac1, 16), name: 'whole', startMillis: at, endMillis: at + 200 },
    {
      service: 'clock',
      traceId,
      spanId: hex(0xbac2, 16),
      parentSpanId: hex(0xbac1, 16),
      name: 'back',
      startMillis: at + 80,
      endMillis: at + 30,
    },
  ]);
  await lab.collector.hasStored();
  await page.goto(`/trace/${traceId}`);
  await expect(row(page, /back/).getByRole('gridcell', { name: 'ends 50 ms before it starts +80 ms' })).toHaveCount(1);
  await row(page, /back/).click();
  await expect(detail(page)).toContainText('ends 50 ms before it starts');
});

test('knows what is usual of every service of a trace of forty', async ({ page, lab }) => {
  const services = Array.from({ length: 40 }, (_, number) => `part-${String(number).padStart(2, '0')}`);
  const now = Date.now();
  const usual = services.flatMap((service, number) =>
    Array.from({ length: 30 }, (_, call) => {
      const startMillis = now - 1_800_000 + call * 20_000;
      const id = 0xc0_0000 + number * 100 + call;
      return { service, traceId: hex(id, 32), spanId: hex(id, 16), name: 'GET /part', startMillis, endMillis: startMillis + 10 };
    }),
  );
  const traceId = hex(0xd0_0000, 32);
  const slow = services.map((service, number) => ({
    service,
    traceId,
    spanId: hex(0xd0_0001 + number, 16),
    ...(number > 0 && { parentSpanId: hex(0xd0_0001, 16) }),
    name: 'GET /part',
    startMillis: now - 60_000 + number,
    endMillis: now - 59_000,
  }));
  await send(lab.collector.otlpHttp, [...usual, ...slow]);
  await lab.collector.hasStored();
  await page.setViewportSize({ width: 1440, height: 1400 });
  await page.goto(`/trace/${traceId}`);
  const times = row(page, /part-\d\d/).getByRole('gridcell', { name: /Slower than p99/ });
  await expect(times).toHaveCount(services.length);
});
