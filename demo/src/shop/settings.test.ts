import { describe, expect, it } from 'vitest';
import { readShopOptions } from './settings.ts';

describe('the settings of the demo', () => {
  it('have a default each', () => {
    expect(readShopOptions({})).toMatchObject({
      otlpUrl: 'http://127.0.0.1:4318',
      gatewayHost: '127.0.0.1',
      gatewayPort: 4300,
      requestsPerSecond: 5,
      seed: 1,
    });
  });

  it('have a data directory for each user of the machine', () => {
    expect(readShopOptions({}).dataDirectory).toMatch(new RegExp(`threadline-demo-${process.getuid?.() ?? 'user'}$`));
    expect(readShopOptions({ SHOP_DATA_DIR: '/srv/demo' }).dataDirectory).toBe('/srv/demo');
  });

  it('are taken from the environment', () => {
    const options = readShopOptions({
      SHOP_GATEWAY_PORT: '0',
      SHOP_REQUESTS_PER_SECOND: '0',
      SHOP_SEED: '9',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    });
    expect(options).toMatchObject({ gatewayPort: 0, requestsPerSecond: 0, seed: 9, otlpUrl: 'http://collector:4318' });
  });

  it.each([
    [{ SHOP_GATEWAY_PORT: '70000' }, 'SHOP_GATEWAY_PORT is "70000", expected an integer from 0 to 65535'],
    [{ SHOP_REQUESTS_PER_SECOND: '' }, 'SHOP_REQUESTS_PER_SECOND is "", expected an integer from 0 to 200'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is "collector", expected a URL'],
    [{ SHOP_SPEED: '1' }, "SHOP_SPEED is not a setting; the demo's settings are SHOP_GATEWAY_PORT"],
  ])('name what is wrong in %o', (environment, message) => {
    expect(() => readShopOptions(environment)).toThrow(message);
  });
});
