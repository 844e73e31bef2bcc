import { spawn } from 'node:child_process';
import { exitCodeOf } from './child-process.mjs';

/** Between asking a group to end and ending it: time for a suite to stop its servers. */
const GRACE_MILLIS = 10_000;

/**
 * Runs a command as the head of a process group of its own and leaves nothing of the group behind, however it ends:
 * an install that was stopped must not go on writing, and what a crashed suite had started (collectors, Elasticsearch,
 * browsers) would take memory and time from what comes after it. Rejects when it cannot be started.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal, onOutput: (text: string) => void }} options
 * @returns {Promise<number>} the exit code
 */
export async function runGroup(command, args, { cwd, env, signal, onOutput }) {
  signal.throwIfAborted();
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const stop = () => {
    signalGroup(child.pid, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MILLIS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      // Not `close`: that waits for every process that holds the pipes, which a leftover server would do for ever.
      child.once('exit', (code, signalName) => resolve(exitCodeOf(code, signalName)));
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    signalGroup(child.pid, 'SIGKILL');
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the group has ended, which is what was asked for.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
