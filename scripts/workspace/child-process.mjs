import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** How often we look whether npm, which started us, is still there. */
const PARENT_CHECK_MILLIS = 500;

/**
 * @typedef {object} Output
 * @property {number} exitCode 128 + the signal's number when a signal ended it
 * @property {string} output stdout and stderr in the order they came
 */

/**
 * Runs a command to its end and collects what it prints. Rejects only when it cannot be started.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { onOutput?: (text: string) => void }} [options]
 * @returns {Promise<Output>}
 */
export function capture(command, args, { onOutput, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
        onOutput?.(text);
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ exitCode: exitCodeOf(code, signal), output }));
  });
}

/**
 * The exit code that a shell would report.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/**
 * Calls `stop` for each signal that asks this process to end, and once if npm itself is gone: `kill -9` of npm would
 * otherwise leave us and all we started running, with their ports. The scripts in package.json say `exec`, so that npm is
 * our parent, passes signals on and waits for us; a shell between us would end first.
 *
 * @param {(signal: NodeJS.Signals) => void} stop
 * @returns {() => void} stops listening
 */
export function onStopRequest(stop) {
  const handlers = FORWARDED_SIGNALS.map((signal) => /** @type {const} */ ([signal, () => stop(signal)]));
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const parent = process.ppid;
  const underNpm = process.env.npm_lifecycle_event !== undefined;
  const timer = setInterval(() => {
    // A process whose parent has ended gets another one.
    if (!underNpm || process.ppid === parent) return;
    clearInterval(timer);
    stop('SIGTERM');
  }, PARENT_CHECK_MILLIS);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
