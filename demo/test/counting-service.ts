import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./fixtures/counting-service.mjs', import.meta.url));

export interface CountingService {
  readonly process: ChildProcess;
  /** Resolves when it has made all of its numbers; rejects with what it printed when it ends before. */
  readonly done: Promise<unknown>;
  /** Resolves when it has ended. Safe to repeat. */
  kill(): Promise<void>;
}

/** A service under the SDK that makes so many numbers, each two spans and a log. */
export function startCountingService(options: {
  readonly count: number;
  readonly otlpUrl: string;
  readonly spool: string;
}): CountingService {
  const child = spawn(process.execPath, ['--import', '@threadline/sdk/register', SCRIPT, String(options.count)], {
    env: {
      PATH: process.env.PATH,
      OTEL_SERVICE_NAME: 'counting',
      OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpUrl,
      THREADLINE_SDK_SPOOL_DIR: options.spool,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('done\n')) resolve();
    });
  }
  const exited = once(child, 'exit');
  exited.then(() => reject(new Error(`the service ended before it was done:\n${output}`)), reject);
  done.catch(() => undefined);
  return {
    process: child,
    done,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Resolves when nothing was written there for four seconds: twice as long as anything waits in memory. */
export async function settledOnDisk(folder: string): Promise<void> {
  let bytes = -1;
  for (let next = bytesIn(folder); next !== bytes; next = bytesIn(folder)) {
    bytes = next;
    await delay(4000);
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + (statSync(path.join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
