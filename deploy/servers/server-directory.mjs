// @ts-check
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sendSignal } from './process-tree.mjs';

/** Followed by the owner's pid, the server's name and six random characters. */
const PREFIX = 'threadline-server-';

/**
 * @typedef {object} ServerDirectory
 * @property {string} path without symbolic links
 * @property {boolean} isTemporary ours: removed with the server
 */

/**
 * The folder of one server's data, configuration and log: the caller's, which stays, or one under the system's temporary
 * folder. What processes that were killed have left there goes first.
 *
 * @param {string} name the server's
 * @param {string} [directory]
 * @returns {ServerDirectory}
 */
export function openServerDirectory(name, directory) {
  if (directory !== undefined) {
    mkdirSync(directory, { recursive: true });
    return { path: realpathSync(resolve(directory)), isTemporary: false };
  }
  removeStaleDirectories(tmpdir());
  return { path: realpathSync(mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${name}-`))), isTemporary: true };
}

/**
 * Keeps the server's process with its folder, so that `removeStaleDirectories` finds it.
 *
 * @param {string} directory
 * @param {number} pid
 */
export function recordProcess(directory, pid) {
  writeFileSync(pidFile(directory), String(pid));
}

/**
 * Removes the temporary folders whose owner is gone, and first ends a server that still runs in one. A server ends with
 * its owner by itself, so that is the rare case: its guard was killed as well.
 *
 * @param {string} parent
 */
export function removeStaleDirectories(parent) {
  for (const name of readdirSync(parent)) {
    const owner = ownerOf(name);
    if (owner === undefined || isAlive(owner)) continue;
    const directory = join(parent, name);
    endServerIn(directory);
    // Another process may remove the same one at this moment.
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {string} name a folder's */
function ownerOf(name) {
  const digits = name.startsWith(PREFIX) ? /^(\d+)-/.exec(name.slice(PREFIX.length))?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** @param {string} directory */
function endServerIn(directory) {
  if (!existsSync(pidFile(directory))) return;
  const pid = Number(readFileSync(pidFile(directory), 'utf8'));
  if (Number.isInteger(pid) && pid > 1 && worksIn(pid, directory)) sendSignal(-pid, 'SIGKILL');
}

/**
 * Whether that pid is still the server of this folder and not a later process with the same number.
 *
 * @param {number} pid
 * @param {string} directory
 */
function worksIn(pid, directory) {
  try {
    const current = readlinkSync(`/proc/${pid}/cwd`);
    const home = realpathSync(directory);
    return current === home || current.startsWith(`${home}/`);
  } catch {
    // Ended, or a system without /proc: then we cannot know, and leave it alone.
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @param {string} directory */
function pidFile(directory) {
  return join(directory, 'server.pid');
}
