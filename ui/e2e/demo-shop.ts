import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CollectorProcess, startCollector } from './collector-process.ts';

/** The demo as `npm run demo` starts it: five services under the SDK, each a process, and their visitors, in front of a collector. */
export interface DemoShop {
  readonly collector: CollectorProcess;
  /** Where the shop takes requests. */
  readonly gatewayUrl: string;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../demo/dist/main.js', import.meta.url));
const REQUESTS_PER_SECOND = 5;

export async function startDemoShop(): Promise<DemoShop> {
  const directory = await mkdtemp(join(tmpdir(), 'threadline-ui-demo-'));
  const collector = await startCollector();
  const child = fork(MAIN, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpHttp,
      // What an earlier run could not send is not this one's.
      THREADLINE_SDK_SPOOL_DIR: join(directory, 'spool'),
      SHOP_DATA_DIR: join(directory, 'shop'),
      SHOP_GATEWAY_PORT: '0',
      SHOP_REQUESTS_PER_SECOND: String(REQUESTS_PER_SECOND),
      SHOP_SEED: '1',
    },
  });
  const gatewayUrl = await ready(child);
  return {
    collector,
    gatewayUrl,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await collector.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${errors}`)));
    child.once('message', (message: { readonly gatewayUrl: string }) => resolve(message.gatewayUrl));
  });
}
