import { expect, it } from 'vitest';
import { describeUnusedSettings } from './unused-settings.ts';

const SET = {
  OTEL_BSP_EXPORT_TIMEOUT: '30000',
  OTEL_BLRP_EXPORT_TIMEOUT: '30000',
  OTEL_PROPAGATORS: 'tracecontext',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host',
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http',
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs',
  OTEL_CONFIG_FILE: '/otel.yaml',
};

it('names each setting that is not used, with the reason', () => {
  const lines = describeUnusedSettings(SET, true);
  expect(lines.map((line) => line.slice(0, line.indexOf(':', 12)))).toEqual(
    Object.keys(SET).map((name) => `threadline: ${name} is not used`),
  );
  expect(lines[3]).toBe('threadline: OTEL_METRICS_EXPORTER is not used: this SDK makes no metrics');
});

it('leaves those out that an app’s own NodeSDK reads itself', () => {
  expect(describeUnusedSettings(SET, false)).toHaveLength(3);
});

it.each([
  {},
  { OTEL_METRICS_EXPORTER: 'none' },
  { OTEL_METRICS_EXPORTER: ' ', OTEL_NODE_RESOURCE_DETECTORS: '' },
  { OTEL_PROPAGATORS: 'baggage, TraceContext' },
])('says nothing of %j, which asks for what is so anyway', (environment) => {
  expect(describeUnusedSettings(environment, true)).toEqual([]);
});
