import { expect, test } from './lab-test.ts';
import { sendOtlp } from './send-otlp.ts';

const TRACE = 'abcdef00000000000000000000000001';
const FLOW = 'nameless-1';

/** A request whose spans are called nothing, as some senders send them. */
test.beforeAll(async ({ lab }) => {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const spanOf = (service: string, place: number) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: TRACE,
            spanId: `abcdef000000000${place}`,
            ...(place > 1 && { parentSpanId: `abcdef000000000${place - 1}` }),
            name: '',
            kind: 2,
            startTimeUnixNano: String(start + BigInt(place) * 1_000_000n),
            endTimeUnixNano: String(start + BigInt(100 - place) * 1_000_000n),
            attributes: [{ key: 'correlation.id', value: { stringValue: FLOW } }],
          },
        ],
      },
    ],
  });
  await sendOtlp(lab.collector.otlpHttp, 'traces', { resourceSpans: [spanOf('edge', 1), spanOf('ledger', 2)] });
  await lab.collector.hasStored();
});

test('says in every view of a trace that a span has no name', async ({ page }) => {
  await page.goto(`/trace/${TRACE}?view=statistics`);
  await expect(page.getByRole('grid', { name: 'Statistics' }).getByRole('row', { name: 'ledger (no name)' })).toBeVisible();
  await page.goto(`/trace/${TRACE}?view=calls&by=operation`);
  await expect(
    page.getByRole('grid', { name: 'Calls' }).getByRole('row', { name: /edge ?\(no name\).*ledger ?\(no name\)/ }),
  ).toBeVisible();
  await page.goto(`/trace/${TRACE}?view=flame`);
  const flame = page.getByRole('application', { name: 'Flame graph' });
  await expect(flame).toBeVisible();
  await flame.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('status').filter({ hasText: /level 1/ })).toHaveText(/edge \(no name\), level 1/);
  await page.goto(`/trace/${TRACE}?view=compare&with=${TRACE}`);
  await expect(page.getByRole('treegrid').getByRole('row', { name: 'ledger (no name)' })).toBeVisible();
});

test('says in a flow, its sequence and the search for traces that a span has no name', async ({ page }) => {
  await page.goto(`/flow/${FLOW}?view=sequence`);
  await expect(page.getByRole('grid', { name: 'Messages in causal order' }).getByRole('row', { name: '(no name)' })).toHaveCount(2);
  await expect(page.getByRole('list', { name: 'Traces' }).getByRole('link', { name: '(no name)' })).toBeVisible();
  await page.goto('/traces?service=edge');
  await expect(page.getByRole('grid').getByRole('row', { name: '(no name)' })).toBeVisible();
});
