// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePorts, LOOPBACK } from './free-ports.mjs';
import { isRunning, processTree, sendSignal } from './process-tree.mjs';
import { openServerDirectory, recordProcess } from './server-directory.mjs';

/** A slow machine with many tests at once; a server that is not ready by then will not be. */
const READY_TIMEOUT_MILLIS = 90_000;
const READY_POLL_MILLIS = 25;
/** A server that does not end by itself in this time is killed. */
const STOP_TIMEOUT_MILLIS = 20_000;
/** For what watches for its parent's end by itself, after that has ended; then it is killed, and has as long again. */
const ORPHAN_TIMEOUT_MILLIS = 5_000;
/** Another process may take a free port between our finding it and the server's opening it. */
const MAX_ATTEMPTS = 3;
const PORT_TAKEN = /address (already )?in use|eaddrinuse/i;
const LOG_TAIL_CHARACTERS = 4_000;

/**
 * Runs "$@" in place of the shell, beside a guard in the same process group that reads our end of a pipe. When this
 * process is gone, however it ended, the pipe closes and the guard kills the group. One shell does both, so there is no
 * moment at which the server runs without its guard.
 */
const GUARDED = 'exec 3<&0 </dev/null; (while read -r line <&3; do :; done; kill -KILL "-$$") & exec "$@" 3<&-';

/**
 * @typedef {object} ServerOptions
 * @property {string} [directory] for data, configuration and log, kept when the server ends; a temporary folder by default
 * @property {number} [port] a free one by default
 */

/**
 * @typedef {object} RunningServer
 * @property {string} url as the server's clients want it
 * @property {string} host always 127.0.0.1
 * @property {number} port
 * @property {number} pid of the server, which leads a process group
 * @property {string} directory
 * @property {string} logFile
 * @property {number} readyMillis how long the start took
 * @property {Promise<void>} exited resolves when the process has ended, for whatever reason
 * @property {() => Promise<void>} stop ends it in order and removes a temporary folder; no process is left when it resolves. Safe to repeat
 * @property {() => Promise<void>} kill the same by SIGKILL, as a power cut would
 */

/**
 * What differs between servers.
 *
 * @typedef {object} ServerRecipe
 * @property {string} name
 * @property {number} ports how many it needs; the first is the clients'
 * @property {(place: Place) => Promise<Command> | Command} prepare writes what the command needs into the folder; called again for other ports
 * @property {(port: number) => Promise<boolean>} answers asks in the server's own protocol
 * @property {(port: number) => string} url
 * @property {NodeJS.Signals} [stopSignal] SIGTERM by default
 */

/** @typedef {{ directory: string, ports: readonly number[] }} Place */
/** @typedef {{ command: string, args: readonly string[], environment?: Record<string, string> }} Command */

/**
 * Done when this process exits. Its being killed is the guards' affair.
 * @type {Set<() => void>}
 */
const exitDuties = new Set();

/**
 * Starts a server as a plain process on 127.0.0.1 and resolves once it answers its own protocol. It ends with this
 * process, also when that is killed. Throws with the end of the server's log when it ends before, or is not ready in 90 s.
 *
 * @param {ServerRecipe} recipe
 * @param {ServerOptions} [options]
 * @returns {Promise<RunningServer>}
 */
export async function startServerProcess(recipe, { directory, port } = {}) {
  const home = openServerDirectory(recipe.name, directory);
  const removeHome = () => {
    if (home.isTemporary) rmSync(home.path, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
  };
  try {
    for (let attempt = 1; ; attempt++) {
      const free = await findFreePorts(recipe.ports);
      const ports = port === undefined ? free : [port, ...free.slice(1)];
      const failure = await startOnce(recipe, { directory: home.path, ports }, removeHome);
      if (!(failure instanceof Error)) return failure;
      if (port !== undefined || attempt === MAX_ATTEMPTS || !PORT_TAKEN.test(failure.message)) throw failure;
    }
  } catch (error) {
    removeHome();
    throw error;
  }
}

/**
 * @param {ServerRecipe} recipe
 * @param {Place} place
 * @param {() => void} removeHome
 * @returns {Promise<RunningServer | Error>}
 */
async function startOnce(recipe, place, removeHome) {
  const startedAt = performance.now();
  const { command, args, environment } = await recipe.prepare(place);
  const logFile = join(place.directory, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawn('/bin/sh', ['-c', GUARDED, 'sh', command, ...args], {
    cwd: place.directory,
    env: { ...process.env, ...environment },
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw await once(child, 'error').then(([error]) => error);
  // At once, while the guard keeps the group's number from being given to another: nothing of the group outlives the server.
  const exited = once(child, 'exit').then(() => sendSignal(-pid, 'SIGKILL'));
  recordProcess(place.directory, pid);
  const duty = () => {
    sendSignal(-pid, 'SIGKILL');
    removeHome();
  };
  atExit(duty);
  const end = endOf(child, pid, exited);
  const endAndForget = async (/** @type {NodeJS.Signals} */ signal) => {
    await end(signal);
    exitDuties.delete(duty);
  };
  try {
    const [port = 0] = place.ports;
    await whenReady(child, () => recipe.answers(port));
    const finish = (/** @type {NodeJS.Signals} */ signal) => async () => {
      await endAndForget(signal);
      removeHome();
    };
    return {
      url: recipe.url(port),
      host: LOOPBACK,
      port,
      pid,
      directory: place.directory,
      logFile,
      readyMillis: Math.round(performance.now() - startedAt),
      exited,
      stop: finish(recipe.stopSignal ?? 'SIGTERM'),
      kill: finish('SIGKILL'),
    };
  } catch (error) {
    await endAndForget('SIGKILL');
    const tail = readFileSync(logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS);
    const reason = error instanceof Error ? error.message : error;
    return new Error(`${recipe.name} did not start in ${place.directory}: ${reason}\n${tail}`, { cause: error });
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => Promise<boolean>} answers
 */
async function whenReady(child, answers) {
  const deadline = Date.now() + READY_TIMEOUT_MILLIS;
  while (Date.now() < deadline) {
    const answered = await answers();
    // In this order: an answer may come from a stranger on the port, whom our server then finds there.
    if (hasEnded(child)) throw new Error(`the process ended (${child.exitCode ?? child.signalCode})`);
    if (answered) return;
    await delay(READY_POLL_MILLIS);
  }
  throw new Error(`it did not answer within ${READY_TIMEOUT_MILLIS / 1000} s`);
}

/**
 * How to end a server. What has left its group (each of PostgreSQL's processes leads one) is waited for too.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} pid
 * @param {Promise<void>} exited
 * @returns {(signal: NodeJS.Signals) => Promise<void>}
 */
function endOf(child, pid, exited) {
  /** @type {Promise<void> | undefined} */
  let ending;
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    const tree = processTree(pid);
    if (!hasEnded(child)) child.kill(signal);
    await Promise.race([exited, delay(STOP_TIMEOUT_MILLIS, undefined, { ref: false })]);
    if (!hasEnded(child)) child.kill('SIGKILL');
    await exited;
    await whenGone(tree);
  };
  return (signal) => {
    // A server that takes long to stop can still be killed.
    if (ending !== undefined && signal === 'SIGKILL' && !hasEnded(child)) child.kill(signal);
    ending ??= end(signal);
    return ending;
  };
}

/** @param {import('./process-tree.mjs').ProcessEntry[]} tree */
async function whenGone(tree) {
  const startedAt = Date.now();
  for (let left = tree; left.length > 0; left = left.filter(isRunning)) {
    const waitedMillis = Date.now() - startedAt;
    if (waitedMillis > 2 * ORPHAN_TIMEOUT_MILLIS) throw new Error(`processes ${left.map(({ pid }) => pid).join(', ')} do not end`);
    if (waitedMillis > ORPHAN_TIMEOUT_MILLIS) for (const { pid } of left) sendSignal(pid, 'SIGKILL');
    await delay(READY_POLL_MILLIS);
  }
}

/** @param {() => void} duty */
function atExit(duty) {
  if (!process.listeners('exit').includes(runExitDuties)) process.once('exit', runExitDuties);
  exitDuties.add(duty);
}

function runExitDuties() {
  for (const duty of exitDuties) duty();
}

/** @param {import('node:child_process').ChildProcess} child */
function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}
