import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root, wherever the command was started from. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where packages' commands are linked; first on the path of everything we start. */
const BIN_DIRECTORY = path.join(ROOT, 'node_modules', '.bin');

/**
 * The Node that everything runs on, from the npm package `node`. Not the link under `.bin`: on Windows that is a script,
 * which cannot be started without a shell.
 */
export const NODE = path.join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** What the commands keep between runs: locks, tools' caches. Ignored by git; safe to delete. */
export const CACHE_DIRECTORY = path.join(ROOT, '.cache');

/**
 * The environment for what we start: the caller's, with the repository's own commands (and so its Node) first on the path.
 *
 * @param {Record<string, string | undefined>} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(extra = {}) {
  const { PATH = '', ...rest } = process.env;
  return { ...rest, PATH: [BIN_DIRECTORY, path.dirname(NODE), PATH].join(path.delimiter), ...extra };
}
