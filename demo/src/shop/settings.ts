import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ShopOptions } from './shop.ts';

/** Beyond this the visitors themselves are what is slow. */
const MAX_REQUESTS_PER_SECOND = 200;
const DEFAULT_GATEWAY_PORT = 4300;
const DEFAULT_REQUESTS_PER_SECOND = 5;

/**
 * The demo's settings: `OTEL_EXPORTER_OTLP_ENDPOINT` and `SHOP_*`. Throws with the setting's name, what it holds and
 * what it may hold; an unknown `SHOP_*` is an error too, as it is a typing mistake.
 */
export function readShopOptions(environment: NodeJS.ProcessEnv): ShopOptions {
  const known = ['SHOP_GATEWAY_PORT', 'SHOP_GATEWAY_HOST', 'SHOP_REQUESTS_PER_SECOND', 'SHOP_SEED', 'SHOP_DATA_DIR'];
  const unknown = Object.keys(environment).find((name) => name.startsWith('SHOP_') && !known.includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} is not a setting; the demo's settings are ${known.join(', ')}`);
  const otlpUrl = environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318';
  if (!URL.canParse(otlpUrl)) throw new Error(`OTEL_EXPORTER_OTLP_ENDPOINT is "${otlpUrl}", expected a URL such as http://127.0.0.1:4318`);
  return {
    otlpUrl,
    dataDirectory: environment.SHOP_DATA_DIR ?? path.join(tmpdir(), `threadline-demo-${userOfMachine()}`),
    gatewayHost: environment.SHOP_GATEWAY_HOST ?? '127.0.0.1',
    gatewayPort: readInteger(environment, 'SHOP_GATEWAY_PORT', { fallback: DEFAULT_GATEWAY_PORT, max: 65_535 }),
    requestsPerSecond: readInteger(environment, 'SHOP_REQUESTS_PER_SECOND', {
      fallback: DEFAULT_REQUESTS_PER_SECOND,
      max: MAX_REQUESTS_PER_SECOND,
    }),
    seed: readInteger(environment, 'SHOP_SEED', { fallback: 1, max: 2 ** 31 }),
  };
}

/** Each user of a machine has a directory of their own, where all share the one for temporary files. */
function userOfMachine(): string {
  return String(process.getuid?.() ?? 'user');
}

function readInteger(environment: NodeJS.ProcessEnv, name: string, { fallback, max }: { fallback: number; max: number }): number {
  const text = environment[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > max)
    throw new Error(`${name} is "${text}", expected an integer from 0 to ${max}`);
  return value;
}
