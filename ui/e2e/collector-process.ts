import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built collector as users start it, on ports of the system's choice and a data directory of its own. */
export interface CollectorProcess {
  readonly otlpHttp: string;
  readonly ui: string;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url));
/** A busy machine takes its time to open a database. */
const START_MILLIS = 60_000;

export async function startCollector(settings: Readonly<Record<string, string>> = {}): Promise<CollectorProcess> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'threadline-ui-e2e-'));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('THREADLINE_'));
  const child = fork(MAIN, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...Object.fromEntries(inherited),
      THREADLINE_DATA_DIR: dataDirectory,
      THREADLINE_OTLP_HTTP_PORT: '0',
      THREADLINE_OTLP_GRPC_PORT: '0',
      THREADLINE_UI_PORT: '0',
      ...settings,
    },
  });
  const addresses = await ready(child);
  return {
    ...addresses,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<{ otlpHttp: string; ui: string }> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the collector was not ready after ${START_MILLIS} ms: ${errors}`));
    }, START_MILLIS);
    child.stderr?.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the collector ended with ${code}: ${errors}`));
    });
    child.on('message', (message) => {
      if (!isReady(message)) return;
      clearTimeout(timer);
      resolve(message.addresses);
    });
  });
}

function isReady(message: unknown): message is { addresses: { otlpHttp: string; ui: string } } {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'threadline.ready' && 'addresses' in message
  );
}
