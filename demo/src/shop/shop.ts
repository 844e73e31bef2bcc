import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

/** How soon a batch is sent: a visitor of the demo should not have to wait for the SDK's usual seconds. */
const EXPORT_DELAY_MILLIS = 500;

export interface ShopOptions {
  /** Of the collector's OTLP/HTTP, as `http://127.0.0.1:4318`. */
  readonly otlpUrl: string;
  /** Databases and logs of the services. */
  readonly dataDirectory: string;
  /** Where the gateway listens, alone among the services; 0 lets the system choose. */
  readonly gatewayPort: number;
  readonly gatewayHost: string;
  /** 0 for a shop without visitors. */
  readonly requestsPerSecond: number;
  readonly seed: number;
}

export interface Shop {
  readonly gatewayUrl: string;
  /** Resolves with what happened when a service ends that nobody asked to. */
  readonly failure: Promise<string>;
  /** Stops all, visitors first. Safe to repeat. */
  shutdown(): Promise<void>;
}

/**
 * Starts the five services, each once those that it calls are there, then the visitors:
 *
 *     visitors -> gateway -> orders -> payments, notifications -> payments
 *                        \         \-> inventory (gRPC)
 *                         \-> inventory (gRPC)
 */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const started: ServiceProcess[] = [];
  let stopping = false;
  const shutdown = async () => {
    stopping = true;
    // The last one first: whoever calls is gone before whom it calls.
    for (const service of [...started].reverse()) await service.stop();
  };
  const failure = Promise.withResolvers<string>();
  const logDirectory = openLogDirectory(options.dataDirectory);
  const run = (service: string, environment: Record<string, string>, plain?: true) => {
    const serviceProcess = startServiceProcess({
      service,
      environment: { ...commonEnvironment(options), ...environment },
      logDirectory,
      ...(plain ? { plain } : {}),
    });
    started.push(serviceProcess);
    serviceProcess.exited.then((how) => {
      if (!stopping) failure.resolve(`${service} ended (${how}); see ${path.join(logDirectory, `${service}.log`)}`);
    }, failure.reject);
    return serviceProcess.url;
  };
  try {
    const [PAYMENTS_URL, INVENTORY_URL] = await Promise.all([run('payments', {}), run('inventory', {})]);
    const NOTIFICATIONS_URL = await run('notifications', { PAYMENTS_URL });
    const ORDERS_URL = await run('orders', { PAYMENTS_URL, INVENTORY_URL, NOTIFICATIONS_URL });
    const listen = { PORT: String(options.gatewayPort), HOST: options.gatewayHost };
    const gatewayUrl = await run('gateway', { ORDERS_URL, INVENTORY_URL, ...listen });
    if (options.requestsPerSecond > 0) {
      const { requestsPerSecond, seed } = options;
      const GATEWAY_URL = gatewayUrl.replace('0.0.0.0', '127.0.0.1');
      await run('traffic', { GATEWAY_URL, REQUESTS_PER_SECOND: String(requestsPerSecond), SEED: String(seed) }, true);
    }
    return { gatewayUrl, failure: failure.promise, shutdown };
  } catch (error) {
    await shutdown();
    throw error;
  }
}

/** Throws what to do, where nothing can be written there. */
function openLogDirectory(dataDirectory: string): string {
  const directory = path.join(dataDirectory, 'logs');
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return directory;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new Error(`${dataDirectory} cannot be written to (${reason}); set SHOP_DATA_DIR to a directory of your own`, { cause: error });
  }
}

function commonEnvironment({ otlpUrl, dataDirectory }: ShopOptions): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    OTEL_BSP_SCHEDULE_DELAY: String(EXPORT_DELAY_MILLIS),
    OTEL_BLRP_SCHEDULE_DELAY: String(EXPORT_DELAY_MILLIS),
    DATA_DIR: path.join(dataDirectory, 'databases'),
    PORT: '0',
    HOST: '127.0.0.1',
  };
}
