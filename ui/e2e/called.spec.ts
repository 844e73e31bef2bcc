import { expect, test } from './lab-test.ts';
import { sendOtlp } from './send-otlp.ts';

const TRACE = 'ca11ed00000000000000000000000001';
/** The same request, which the bank was not asked for. */
const OTHER_TRACE = 'ca11ed00000000000000000000000002';
const FLOW = 'called-1';

/** A request that asks others, by spans whose names say not whom. */
test.beforeAll(async ({ lab }) => {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const textsOf = (attributes: Readonly<Record<string, string>>) =>
    Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const span = (
    place: number,
    name: string,
    { kind, attributes }: { readonly kind: number; readonly attributes: Readonly<Record<string, string>> },
  ) => ({
    traceId: TRACE,
    spanId: `ca11ed000000000${place}`,
    ...(place > 1 && { parentSpanId: 'ca11ed0000000001' }),
    name,
    kind,
    startTimeUnixNano: String(start + BigInt(place) * 1_000_000n),
    endTimeUnixNano: String(start + BigInt(100 - place) * 1_000_000n),
    attributes: textsOf({ 'correlation.id': FLOW, ...attributes }),
  });
  const bank = 'https://shop:secret@bank.example/v2/charge?card=4111';
  const post = { 'http.request.method': 'POST' };
  const mail = { ...post, 'server.address': 'mail.example', 'url.full': 'https://mail.example/send' };
  const spans = [
    span(1, 'POST /orders', { kind: 2, attributes: { ...post, 'http.route': '/orders' } }),
    span(2, 'POST', { kind: 3, attributes: { ...post, 'server.address': 'bank.example', 'url.full': bank } }),
    span(3, 'SELECT', { kind: 3, attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'stock' } }),
    span(4, 'send orders.placed', { kind: 4, attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders.placed' } }),
    span(5, 'POST', { kind: 3, attributes: mail }),
  ];
  const others = spans
    .filter(({ spanId }) => !spanId.endsWith('2'))
    .map((each) => ({ ...each, traceId: OTHER_TRACE, attributes: each.attributes.filter(({ key }) => key !== 'correlation.id') }));
  const resource = { attributes: textsOf({ 'service.name': 'orders' }) };
  await sendOtlp(lab.collector.otlpHttp, 'traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [...spans, ...others] }] }] });
  await lab.collector.hasStored();
});

test('a trace and a flow say whom each call went to, without what is secret of it', async ({ page }) => {
  for (const { path, role } of [
    { path: `/trace/${TRACE}`, role: 'treegrid' },
    { path: `/flow/${FLOW}`, role: 'grid' },
  ] as const) {
    await page.goto(path);
    const row = (name: RegExp) => page.getByRole(role).last().getByRole('row', { name });
    await expect(row(/POST bank\.example\/v2\/charge/)).toBeVisible();
    await expect(row(/SELECT postgresql stock/)).toBeVisible();
    await expect(row(/send orders\.placed kafka/)).toBeVisible();
    await expect(page.getByRole(role).last()).not.toContainText(/secret|4111/);
  }
});

test('a call is found by whom it went to', async ({ page }) => {
  await page.goto(`/trace/${TRACE}`);
  await page.getByRole('searchbox', { name: 'Find by name, service or target' }).fill('BANK.example');
  await expect(page.getByText('1 found')).toBeVisible();
});

test('a comparison tells which of the calls of one name is missing', async ({ page }) => {
  await page.goto(`/trace/${OTHER_TRACE}?view=compare&with=${TRACE}`);
  const findings = page.getByRole('region', { name: /most telling first/ }).getByRole('button');
  await expect(findings.filter({ hasText: 'missing' })).toHaveText([/POST\s*bank\.example/]);
  const row = (name: RegExp) => page.getByRole('treegrid', { name: 'Calls of both' }).getByRole('row', { name });
  await expect(row(/POST bank\.example.*missing/)).toBeVisible();
  await expect(row(/POST mail\.example/)).not.toContainText('missing');
});
