import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { exitCodeOf } from './child-process.mjs';
import { MEMORY_SETTINGS } from './memory-settings.mjs';
import { childEnvironment, NODE, ROOT } from './repository.mjs';

const FOLLOW_PARENT = pathToFileURL(path.join(ROOT, 'scripts', 'workspace', 'follow-parent.mjs')).href;
/**
 * One Ctrl-C reaches us several times, from the terminal and from npm, which passes it on. What comes within this time is
 * one request; only a later one is the impatient second.
 */
const SAME_REQUEST_MILLIS = 1_000;

/**
 * @typedef {object} ServerProcess
 * @property {Promise<unknown>} ready the first message that it sends; never settles when it ends before that
 * @property {Promise<number>} exited its exit code
 * @property {(signal: NodeJS.Signals) => void} stop passes the request on, once
 */

/**
 * A server of ours as a child that prints for itself, on our Node, with our environment. It leads a process group of its
 * own, so that a Ctrl-C reaches it exactly once: through `stop`. It ends with us, however we end.
 *
 * @param {string} script below the checkout's root
 * @param {Record<string, string | undefined>} [environment] beside our own
 * @returns {ServerProcess}
 */
export function startServer(script, environment) {
  const child = spawn(NODE, ['--import', FOLLOW_PARENT, path.join(ROOT, script)], {
    cwd: ROOT,
    // Whoever sets one of them themselves means it.
    env: { ...MEMORY_SETTINGS, ...childEnvironment(environment) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    ready: new Promise((resolve) => child.once('message', resolve)),
    exited: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
    }),
    stop: (signal) => {
      if (performance.now() - askedAt < SAME_REQUEST_MILLIS) return;
      askedAt = performance.now();
      // A closed terminal asks for an orderly end too.
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    },
  };
}
