import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StatusAnswer } from '@threadline/collector/api';

/** The built collector as users start it, on ports of the system's choice and a data directory of its own. */
export interface CollectorProcess {
  readonly otlpHttp: string;
  readonly ui: string;
  /** Settings with which another collector has the same records; none where they are this one's own. */
  readonly place: Readonly<Record<string, string>>;
  /** Resolves when its storage has all that it took: a read waits for a second or two only. */
  hasStored(): Promise<void>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url));
/** Names, in this process's environment, where the collectors keep their records; unset, that is their own directory (`elasticsearch-node.ts`). */
export const ELASTICSEARCH_URL = 'E2E_ELASTICSEARCH_URL';
const STORED_MILLIS = 90_000;
const STORED_POLL_MILLIS = 100;
/** A live view's place is one of the storage's own where other processes have that too; else it is good for one collector's life. */
export const PLACES_OUTLIVE_A_COLLECTOR = process.env[ELASTICSEARCH_URL] !== undefined;
/** A busy machine takes its time to open a database. */
const START_MILLIS = 60_000;

export async function startCollector(settings: Readonly<Record<string, string>> = {}): Promise<CollectorProcess> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'threadline-ui-e2e-'));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('THREADLINE_'));
  const place = storageSettings();
  const child = fork(MAIN, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...Object.fromEntries(inherited),
      THREADLINE_DATA_DIR: dataDirectory,
      THREADLINE_OTLP_HTTP_PORT: '0',
      THREADLINE_OTLP_GRPC_PORT: '0',
      THREADLINE_UI_PORT: '0',
      ...place,
      ...settings,
    },
  });
  const addresses = await ready(child);
  return {
    ...addresses,
    place,
    hasStored: () => waitUntilStored(addresses.ui),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function waitUntilStored(ui: string): Promise<void> {
  const deadline = performance.now() + STORED_MILLIS;
  for (;;) {
    const response = await fetch(`${ui}/api/v1/status`);
    const { log }: StatusAnswer = JSON.parse(await response.text());
    if (log?.waitingRequests === 0) return;
    if (performance.now() > deadline) throw new Error(`${log?.waitingRequests} requests wait after ${STORED_MILLIS} ms`);
    await setTimeout(STORED_POLL_MILLIS);
  }
}

/** In Elasticsearch each collector has a namespace, as it has a directory otherwise. */
function storageSettings(): Readonly<Record<string, string>> {
  const url = process.env[ELASTICSEARCH_URL];
  if (url === undefined) return {};
  return {
    THREADLINE_STORAGE: 'elasticsearch',
    THREADLINE_ELASTICSEARCH_URL: url,
    THREADLINE_ELASTICSEARCH_NAMESPACE: `ui_${randomUUID().replaceAll('-', '')}`,
  };
}

function ready(child: ChildProcess): Promise<{ otlpHttp: string; ui: string }> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const timer = globalThis.setTimeout(() => {
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
