import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const COLLECTOR = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url));

/** The built collector in a process of its own, on ports that the system gives. */
export interface RunningCollector {
  readonly otlpUrl: string;
  readonly apiUrl: string;
  stop(): Promise<void>;
  /** SIGKILL. Both are safe to repeat. */
  kill(): Promise<void>;
}

/** Rejects with what it printed when it ends before it is ready. `settings` are `THREADLINE_*`. */
export async function startCollector(settings: Readonly<Record<string, string>>): Promise<RunningCollector> {
  const ports = { THREADLINE_OTLP_HTTP_PORT: '0', THREADLINE_OTLP_GRPC_PORT: '0', THREADLINE_UI_PORT: '0' };
  const child = spawn(process.execPath, [COLLECTOR], {
    env: { PATH: process.env.PATH, ...ports, ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = once(child, 'exit');
  const [message]: unknown[] = await Promise.race([
    once(child, 'message'),
    exited.then(() => {
      throw new Error(`the collector ended before it was ready:\n${output}`);
    }),
  ]);
  const addresses = addressesIn(message);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return {
    otlpUrl: addresses.otlpHttp,
    apiUrl: addresses.ui,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function addressesIn(message: unknown): { otlpHttp: string; ui: string } {
  if (typeof message === 'object' && message !== null && 'addresses' in message) {
    const { addresses } = message;
    if (typeof addresses === 'object' && addresses !== null && 'otlpHttp' in addresses && 'ui' in addresses) {
      return { otlpHttp: String(addresses.otlpHttp), ui: String(addresses.ui) };
    }
  }
  throw new Error(`the collector did not say where it listens: ${JSON.stringify(message)}`);
}
