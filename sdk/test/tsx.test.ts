import { expect, it } from 'vitest';
import { IS_OLDEST_NODE, startApp, waitFor } from './app-process.ts';
import { collector } from './collector-each-test.ts';
import { get } from './http-get.ts';
import type { SpanLine } from './otlp.ts';

const CLIENT = 3;
const SERVER = 2;
const REGISTER = ['--import', '@threadline/sdk/register'];
const TSX = ['--import', 'tsx'];
/** The scripts use node:sqlite, of which Node 22 says that it is an experiment. */
const NO_EXPERIMENTS = '--disable-warning=ExperimentalWarning';

it.each<readonly [script: string, nodeArgs: readonly string[]]>([
  ['typescript-imported.mts', [...REGISTER, ...TSX]],
  ['typescript-imported.mts', [...TSX, ...REGISTER]],
  // Node 22 ends with an error at a .cts under tsx, whether our SDK is there or not.
  ...(IS_OLDEST_NODE
    ? []
    : [['typescript-required.cts', [...REGISTER, ...TSX]] as const, ['typescript-required.cts', [...TSX, ...REGISTER]] as const]),
  ['typescript-required.cjs', ['--require', 'tsx/cjs', ...REGISTER]],
])('%s under tsx is followed as any other: %s', async (script, nodeArgs) => {
  const app = startApp({
    script,
    nodeArgs: [NO_EXPERIMENTS, ...nodeArgs],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'shop' },
  });
  const { port } = await app.ready();
  const { body } = await get(`http://127.0.0.1:${port}/`, { 'x-correlation-id': 'order-7' });
  expect(JSON.parse(body)).toEqual({ id: 'order-7' });
  await waitFor('the span of the request, which ends last', () => collector.spans.some(({ name }) => name === 'GET'));
  const spanOf = (kind: number, name: string): SpanLine | undefined =>
    collector.spans.find((span) => span.kind === kind && span.name === name);
  const request = spanOf(SERVER, 'GET');
  const call = spanOf(CLIENT, 'shop.Payments/Charge');
  const charge = spanOf(SERVER, 'shop.Payments/Charge');
  expect(collector.spans).toHaveLength(4);
  expect(collector.spans.map(({ name, kind, parentSpanId }) => [name, kind, parentSpanId])).toEqual(
    expect.arrayContaining([
      ['shop.Payments/Charge', CLIENT, request?.spanId],
      ['shop.Payments/Charge', SERVER, call?.spanId],
      ['SELECT', CLIENT, charge?.spanId],
    ]),
  );
  await waitFor('the record', () => collector.logs.length > 0);
  expect(collector.logs).toMatchObject([{ body: 'charged debit', spanId: charge?.spanId, attributes: { 'correlation.id': 'order-7' } }]);
  expect(app.stderr()).toBe('');
});
