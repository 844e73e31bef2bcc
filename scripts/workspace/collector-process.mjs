import { spawn } from 'node:child_process';
import path from 'node:path';
import { exitCodeOf } from './child-process.mjs';
import { childEnvironment, NODE, ROOT } from './repository.mjs';

/**
 * The collector as a child in front: it prints its own addresses and errors, has our environment and directory.
 *
 * @returns {{ readonly ready: Promise<unknown>, readonly exited: Promise<number>, readonly stop: (signal: NodeJS.Signals) => void }}
 *   `ready` resolves with the collector's message once it takes data, and never when it ends before that; `exited` with its exit code.
 */
export function startCollector() {
  const child = spawn(NODE, [path.join(ROOT, 'collector', 'dist', 'main.js')], {
    cwd: ROOT,
    env: childEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    ready: new Promise((resolve) => child.once('message', resolve)),
    exited: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
    }),
    stop: (signal) => {
      child.kill(signal);
    },
  };
}
