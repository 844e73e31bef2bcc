/** One way of running the service. */
export interface Variant {
  readonly name: string;
  /** As the report names it. */
  readonly title: string;
  /** What its project installs beside express and winston; `ours` stands for this package, packed. */
  readonly packages: readonly string[];
  /** What Node imports before the service: a package's path, or a file of `bench/service`. */
  readonly preload: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** Of the service itself; pinned, so that a run can be repeated. */
export const SERVICE_PACKAGES = ['express@5.3.0', 'winston@3.19.0'];

const STOCK_API = ['@opentelemetry/api@1.10.0', '@opentelemetry/winston-transport@0.34.0'];
/** What OpenTelemetry's defaults leave undecided: logs are sent, metrics, which ours has not, are not made. */
const STOCK_ENVIRONMENT = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none' };
const OURS = { packages: ['ours'], preload: '@threadline/sdk/register' };

export const VARIANTS: readonly Variant[] = [
  { name: 'bare', title: 'no SDK', packages: [], preload: undefined, environment: {} },
  {
    name: 'stock-auto',
    title: 'stock auto-instrumentations-node',
    packages: [...STOCK_API, '@opentelemetry/auto-instrumentations-node@0.82.0'],
    preload: '@opentelemetry/auto-instrumentations-node/register',
    environment: STOCK_ENVIRONMENT,
  },
  {
    name: 'stock-chosen',
    title: 'stock http+express+undici+winston',
    packages: [
      ...STOCK_API,
      '@opentelemetry/sdk-node@0.300.0',
      '@opentelemetry/instrumentation-http@0.300.0',
      '@opentelemetry/instrumentation-express@0.72.0',
      '@opentelemetry/instrumentation-undici@0.34.0',
      '@opentelemetry/instrumentation-winston@0.69.0',
    ],
    preload: './stock-chosen.mjs',
    environment: STOCK_ENVIRONMENT,
  },
  { name: 'floor', title: 'hand-made floor', packages: [], preload: './floor.mjs', environment: {} },
  { name: 'ours', title: 'ours', ...OURS, environment: {} },
  {
    name: 'ours-sampled',
    title: 'ours, 1 % at the head',
    ...OURS,
    environment: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  },
  {
    name: 'ours-tail',
    title: 'ours, 1 % with what failed or was slow',
    ...OURS,
    environment: { THREADLINE_SDK_TAIL_SAMPLING: 'on' },
  },
];
