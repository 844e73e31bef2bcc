import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface CollectorProcess {
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly api: string;
  readonly directory: string;
  /** Ends it as SIGTERM does, and removes its data. */
  readonly stop: () => Promise<void>;
  /** `kill -9`; the data stays. */
  readonly kill: () => Promise<void>;
}

interface ReadyMessage {
  readonly addresses: { readonly otlpHttp: string; readonly otlpGrpc: string; readonly ui: string };
}

/**
 * The built collector as a process of its own, on ports of the system's choice. `directory`: the data of an earlier one.
 * Rejects with what it printed when it ends before it is ready.
 */
export async function startCollectorProcess(options: { readonly directory?: string } = {}): Promise<CollectorProcess> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'threadline-collector-')));
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      THREADLINE_DATA_DIR: directory,
      THREADLINE_OTLP_HTTP_PORT: '0',
      THREADLINE_OTLP_GRPC_PORT: '0',
      THREADLINE_UI_PORT: '0',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const { addresses } = await readyMessage(child, () => printed);
  return {
    otlpHttp: addresses.otlpHttp,
    otlpGrpc: addresses.otlpGrpc,
    api: addresses.ui,
    directory,
    stop: async () => {
      await end(child, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
    kill: () => end(child, 'SIGKILL'),
  };
}

function readyMessage(child: ChildProcess, printed: () => string): Promise<ReadyMessage> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as unknown as ReadyMessage));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the collector ended with ${code} before it was ready:\n${printed()}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
